"""The steps of a probe, in order, and what they may cost."""

from __future__ import annotations

from collections.abc import Iterable

from voice_tui.probe import answers, basics, floor, turns
from voice_tui.probe.questions import QUESTIONS
from voice_tui.probe.step import Step, Tokens

_STORY = Tokens(text_in=400, audio_in=100, text_out=100, audio_out=150)  # of which a few seconds are made

# Most of what cannot be done without comes first: the whole has to end within `run.LIMIT_S`.
# fmt: off
STEPS: tuple[Step, ...] = (
    Step("opening", ("first_events",), basics.opening, handshake=True),
    Step("round-trip", ("ping", "round_trip"), basics.round_trip, handshake=True),
    Step("settings", ("settings",), basics.settings, handshake=True),
    Step("items", ("retrieve", "delete", "seed_history"), basics.items, handshake=True),
    Step("buffer", ("clear",), basics.buffer, handshake=True),
    Step("text-turn", ("text_turn", "first_audio", "audible"), answers.typed_turn,
         Tokens(text_in=200, text_out=30, audio_out=80)),
    Step("silence", ("speech_started", "silence_duration_ms"), turns.pauses),
    Step("audio-turn", ("create_response", "audio_turn"), floor.spoken_turn,
         Tokens(text_in=600, audio_in=160, text_out=60, audio_out=200)),
    Step("cancel", ("cancel", "pacing"), answers.cancel, _STORY),
    Step("truncate", ("truncate", "truncate_effect", "truncate_range"), answers.truncate, _STORY),
    Step("interruption", ("interrupt_response",), floor.interruption, _STORY + _STORY + _STORY + _STORY),
    Step("manual-turns", ("manual_turns",), floor.by_hand),
    Step("out-of-band", ("out_of_band",), answers.beside, Tokens(text_in=50, text_out=10)),
    Step("tools", ("tools",), answers.tools, Tokens(text_in=600, audio_in=100, text_out=40)),
    Step("threshold", ("threshold",), turns.threshold),
    Step("semantic-vad", ("semantic_vad",), turns.semantic),
    Step("prefix-padding", ("prefix_padding_ms",), turns.padding),
)
# fmt: on
NAMES = tuple(step.name for step in STEPS)
assert {name for step in STEPS for name in step.answers} | {"connects", "dialect"} == set(QUESTIONS)


def chosen(only: Iterable[str] = (), *, handshake: bool = False) -> tuple[Step, ...]:
    """The steps of a probe.

    Args:
        only: Names of steps; none: all.
        handshake: Only what costs nothing and is done in a few seconds.
    """
    wanted = set(only)
    return tuple(s for s in STEPS if (not wanted or s.name in wanted) and (s.handshake or not handshake))


def tokens(steps: Iterable[Step]) -> Tokens:
    """What they may cost together."""
    total = Tokens()
    for step in steps:
        total += step.tokens
    return total

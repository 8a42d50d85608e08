"""When settings cut the agent off: the policy of `natural` over its evidence, or a level that lasts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.audio.vad.segmenter import Debouncer
from voice_tui.conversation.turn_taking.policy import Action, PolicySettings
from voice_tui.replay.barge import decided
from voice_tui.replay.judge.tau_voice import YIELD_WINDOW_MS
from voice_tui.replay.sweep.talk import SweptTalk, Wanted
from voice_tui.replay.sweep.trial import Settings, Trial

EARLY_MS = 200
"""A cut so long before an onset is still for it: whoever labels is not exact, and a detector may be late."""


def sure_cuts_ms(talk: SweptTalk, policy: PolicySettings, settings: Settings) -> list[int]:
    """When evidence has added up: at the end of the frame that decides, ms of the talk."""
    moved: dict[str, Any] = dict(settings)
    steps = decided(talk.evidence(), replace(policy, **moved))
    return _times(talk, (round(d.t * 100) - 1 for d in steps if d.action is Action.CUT))


def loud_cuts_ms(talk: SweptTalk, settings: Settings) -> list[int]:
    """When a level has lasted, the same."""
    return _times(talk, _loud_steps(talk, settings))


def _times(talk: SweptTalk, steps: Iterable[int]) -> list[int]:
    return [(int(talk.at[step]) + 1) * FRAME_MS for step in steps]


def _loud_steps(talk: SweptTalk, settings: Settings) -> Iterable[int]:
    debouncer = Debouncer()
    levels = talk.level[talk.at]
    for step, (level, playing) in enumerate(zip(levels.tolist(), talk.playing.tolist(), strict=True)):
        if not playing:
            debouncer.reset()
        elif debouncer.feed(level > settings["interrupt_threshold"], settings["debounce_ms"]):
            yield step


def judged_cuts(wanted: Sequence[Wanted], agent_ms: int, cuts: Sequence[int]) -> Trial:
    """Which of them interruptions wanted.

    Args:
        wanted: The interruptions.
        agent_ms: How long the agent speaks.
        cuts: When it was cut off, ms.
    """
    latencies = []
    for want in wanted:
        first = next((c for c in cuts if want.start_ms - EARLY_MS <= c <= want.start_ms + YIELD_WINDOW_MS), None)
        if first is not None:
            latencies.append(max(0.0, float(first - want.start_ms)))
    false = sum(not any(w.start_ms - EARLY_MS <= cut <= w.end_ms for w in wanted) for cut in cuts)
    return Trial(len(latencies), len(wanted), tuple(latencies), false, agent_ms)

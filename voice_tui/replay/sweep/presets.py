"""Which presets a sweep can try, what it can turn in them, and what they decide: a row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from voice_tui.conversation.turn_taking.policy import POLICIES, PolicySettings
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.presets import PRESETS
from voice_tui.replay.sweep.cuts import judged_cuts, loud_cuts_ms, sure_cuts_ms
from voice_tui.replay.sweep.ends import ends_ms, judged_ends
from voice_tui.replay.sweep.talk import SweptTalk
from voice_tui.replay.sweep.trial import Settings, Trial


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, in words.

    Attributes:
        does: What is done of so many, as in "stops for 3 of 4 interruptions".
        wanted: What wants it.
        false: What is done where nobody wants it.
        of: In which time that may happen.
    """

    does: str
    wanted: str
    false: str
    of: str


CUT = Decision("stops for", "interruptions", "false cuts", "the agent's speech")
END = Decision("ends", "turns", "false ends", "the talk")


@dataclass(frozen=True, slots=True)
class SweptPreset:
    """A preset.

    Attributes:
        decision: What it decides.
        defaults: What can be turned, and where it stands.
        trial: What it does in a talk with these settings.
    """

    decision: Decision
    defaults: Settings
    trial: Callable[[SweptTalk, Settings], Trial]


def _sure(policy: PolicySettings) -> SweptPreset:
    numbers = {f.name: float(getattr(policy, f.name)) for f in fields(PolicySettings) if f.name != "act"}
    return SweptPreset(CUT, numbers, lambda talk, s: _cuts(talk, sure_cuts_ms(talk, policy, s)))


def _cuts(talk: SweptTalk, cuts: list[int]) -> Trial:
    return judged_cuts(talk.wanted, talk.agent_ms, cuts)


def _knobs(at: TurnSettings, *names: str) -> Settings:
    return {name: float(getattr(at, name)) for name in names}


SWEPT: dict[str, SweptPreset] = {
    **{name: _sure(policy) for name, policy in POLICIES.items()},
    "step2-local-vad": SweptPreset(
        END,
        _knobs(PRESETS["step2-local-vad"].settings, "local_threshold", "min_speech_ms", "max_silence_ms", "adapt"),
        lambda talk, settings: judged_ends(talk.turns, talk.length_ms, ends_ms(talk, settings)),
    ),
    "step4-cancel": SweptPreset(
        CUT,
        _knobs(PRESETS["step4-cancel"].settings, "interrupt_threshold", "debounce_ms"),
        lambda talk, settings: _cuts(talk, loud_cuts_ms(talk, settings)),
    ),
}
"""By name."""


def tried(talk: SweptTalk, preset: str, settings: Settings) -> Trial:
    """What a preset does in a talk with some of its settings moved."""
    swept = SWEPT[preset]
    return swept.trial(talk, {**swept.defaults, **settings})

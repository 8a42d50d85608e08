"""One setting over one talk: which cuts it makes, and how good they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.audio.vad.segmenter import Debouncer
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, PolicySettings
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.presets import PRESETS, Policy
from voice_tui.replay.barge import decided
from voice_tui.replay.judge.figures import PerMinute, Rate, Spread
from voice_tui.replay.judge.tau_voice import YIELD_WINDOW_MS
from voice_tui.replay.sweep.talk import SweptTalk

EARLY_MS = 200
"""A cut so long before an onset is still for it: whoever labels is not exact, and a detector may be late."""
LEVEL_SETTINGS = ("interrupt_threshold", "debounce_ms")
"""Of the presets in which a level interrupts."""
Settings = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a setting did.

    Attributes:
        hits: Interruptions at which it cut in time.
        wanted: Interruptions.
        latencies_ms: From the onset to the decision, of the hits.
        false_cuts: Cuts that nobody wanted.
        agent_ms: How long the agent speaks.
    """

    hits: int = 0
    wanted: int = 0
    latencies_ms: tuple[float, ...] = ()
    false_cuts: int = 0
    agent_ms: int = 0

    def __add__(self, other: Trial) -> Trial:
        """Both talks together."""
        return Trial(
            self.hits + other.hits,
            self.wanted + other.wanted,
            self.latencies_ms + other.latencies_ms,
            self.false_cuts + other.false_cuts,
            self.agent_ms + other.agent_ms,
        )

    @property
    def yields(self) -> Rate:
        """Interruptions at which it cut in time."""
        return Rate(self.hits, self.wanted)

    @property
    def latency(self) -> Spread:
        """From the onset to the decision."""
        return Spread(self.latencies_ms)

    @property
    def false_yields(self) -> PerMinute:
        """Cuts that nobody wanted, per minute of the agent's speech."""
        return PerMinute(self.false_cuts, self.agent_ms / 60_000)

    def cost(self, false_cost: float) -> float:
        """What it costs: 1 for each interruption it missed, its latency over 2 s for each other, and false cuts."""
        missed = self.wanted - self.hits
        return missed + sum(min(ms / YIELD_WINDOW_MS, 1.0) for ms in self.latencies_ms) + false_cost * self.false_cuts


def presets() -> list[str]:
    """Those whose interruptions our own ears decide, from a recording alone."""
    return [*POLICIES, *(p.name for p in PRESETS.values() if p.policy is Policy.CANCEL)]


def names(preset: str) -> list[str]:
    """The settings of a preset that a sweep can turn."""
    if preset in POLICIES:
        return [f.name for f in fields(PolicySettings) if f.name != "act"]
    return list(LEVEL_SETTINGS)


def defaults(preset: str) -> Settings:
    """Where those settings stand."""
    at: PolicySettings | TurnSettings = POLICIES[preset] if preset in POLICIES else PRESETS[preset].settings
    return {name: float(getattr(at, name)) for name in names(preset)}


def cuts_ms(talk: SweptTalk, preset: str, settings: Settings) -> list[int]:
    """When it cuts, ms of the talk: at the end of the frame that decided."""
    if preset in POLICIES:
        steps = _sure_steps(talk, policy_of(preset, settings))
    else:
        steps = _loud_steps(talk, {**defaults(preset), **settings})
    return [(int(talk.at[step]) + 1) * FRAME_MS for step in steps]


def policy_of(preset: str, settings: Settings) -> PolicySettings:
    """The preset's policy with some of its settings moved."""
    moved: dict[str, Any] = dict(settings)
    return replace(POLICIES[preset], **moved)


def _sure_steps(talk: SweptTalk, policy: PolicySettings) -> Iterable[int]:
    """Where the evidence has added up."""
    return (round(d.t * 100) - 1 for d in decided(talk.evidence(), policy) if d.action is Action.CUT)


def _loud_steps(talk: SweptTalk, settings: Settings) -> Iterable[int]:
    """Where a level has lasted."""
    debouncer = Debouncer()
    for step, (level, playing) in enumerate(zip(talk.level.tolist(), talk.playing.tolist(), strict=True)):
        if not playing:
            debouncer.reset()
        elif debouncer.feed(level > settings["interrupt_threshold"], settings["debounce_ms"]):
            yield step


def tried(talk: SweptTalk, preset: str, settings: Settings) -> Trial:
    """What a setting does in a talk."""
    cuts = cuts_ms(talk, preset, settings)
    latencies = []
    for want in talk.wanted:
        first = next((c for c in cuts if want.start_ms - EARLY_MS <= c <= want.start_ms + YIELD_WINDOW_MS), None)
        if first is not None:
            latencies.append(max(0.0, float(first - want.start_ms)))
    false = sum(not any(w.start_ms - EARLY_MS <= cut <= w.end_ms for w in talk.wanted) for cut in cuts)
    return Trial(len(latencies), len(talk.wanted), tuple(latencies), false, talk.agent_ms)


def together(trials: Sequence[Trial]) -> Trial:
    """Several talks."""
    total = Trial()
    for trial in trials:
        total += trial
    return total

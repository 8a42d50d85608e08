"""All measures of a conversation, and of several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_tui.audio.stream.audible import AGENT_PAUSE_MS, AUDIBLE_DBFS, METRICS, USER_PAUSE_MS
from voice_tui.replay.judge import eva, full_duplex, ours, tau_voice
from voice_tui.replay.judge.figures import Figure, Json
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.timeline import Timeline

FAMILIES: dict[str, tuple[Measure, ...]] = {
    "tau_voice": tau_voice.MEASURES,
    "full_duplex_bench": full_duplex.MEASURES,
    "eva": eva.MEASURES,
    "ours": ours.MEASURES,
}
"""Where a measure comes from, and the measures."""
TITLES = {
    "tau_voice": "tau-voice",
    "full_duplex_bench": "Full-Duplex-Bench",
    "eva": "EVA",
    "ours": "ours",
}
WINDOWS: dict[str, float] = {
    "audible_dbfs": AUDIBLE_DBFS,
    "agent_pause_ms": AGENT_PAUSE_MS,
    "user_pause_ms": USER_PAUSE_MS,
    "yield_ms": tau_voice.YIELD_WINDOW_MS,
    "no_yield_ms": tau_voice.NO_YIELD_WINDOW_MS,
    "no_answer_ms": tau_voice.NO_ANSWER_WINDOW_MS,
    "takeover_ms": full_duplex.TAKEOVER_MS,
    "dead_air_ms": ours.DEAD_AIR_MS,
}
"""What version `METRICS` of the measures looks at, beside the figures."""
MEASURES: dict[str, Measure] = {m.key: m for family in FAMILIES.values() for m in family}

Figures = Mapping[str, Figure | None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The figures of one conversation, or of several together.

    Attributes:
        name: Which.
        length_s: How long they were.
        figures: By the key of the measure; None: what the measure needs is not there.
    """

    name: str
    length_s: float
    figures: Figures

    def as_json(self) -> dict[str, object]:
        """The figures by family and key."""
        families: dict[str, dict[str, Json | None]] = {
            family: {m.key: figure.as_json() if (figure := self.figures[m.key]) else None for m in measures}
            for family, measures in FAMILIES.items()
        }
        head = {"name": self.name, "metrics": METRICS, "windows": WINDOWS, "length_s": round(self.length_s, 3)}
        return head | families


def judged(name: str, timeline: Timeline) -> Judgement:
    """All that can be said of a conversation."""
    return Judgement(name, timeline.length_ms / 1000, {key: m.take(timeline) for key, m in MEASURES.items()})


def together(name: str, judgements: Iterable[Judgement]) -> Judgement:
    """All events of several conversations as if they were of one; what one of them lacks is that of the others."""
    all_of_them = list(judgements)
    figures: dict[str, Figure | None] = {}
    for key in MEASURES:
        total: Figure | None = None
        for judgement in all_of_them:
            figure = judgement.figures[key]
            if figure is not None:
                total = figure if total is None else total + figure
        figures[key] = total
    return Judgement(name, sum(j.length_s for j in all_of_them), figures)


def worst_first(judgements: Iterable[Judgement], key: str) -> list[Judgement]:
    """In the order of a measure, the bad end first; those without an event last."""
    sign = -1.0 if MEASURES[key].more_is_worse else 1.0

    def order(judgement: Judgement) -> tuple[bool, float]:
        figure = judgement.figures[key]
        value = None if figure is None else figure.value
        return value is None, 0.0 if value is None else sign * value

    return sorted(judgements, key=order)

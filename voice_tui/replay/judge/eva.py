"""The turn-taking score of EVA (ServiceNow), 0 to 1 a turn, as tau2-bench routes turns to its formulas."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.replay.judge.figures import Spread
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.tau_voice import YIELD_WINDOW_MS, answers, yields
from voice_tui.replay.judge.timeline import Sound, Timeline

EARLY_MS = -500  # an answer that early, or earlier, is worth nothing
IDEAL_MS = (500, 2_000)
LATE_MS = 3_500
IDEAL_WITH_TOOL_MS = (500, 3_000)
LATE_WITH_TOOL_MS = 5_000
INTERRUPTED_AT_MOST = 0.5  # no turn into which the agent spoke is worth more
OVERLAP_MS = 2_000  # of talking over the user, and nothing is left
OVERLAPS = 3  # the same


@dataclass(frozen=True, slots=True)
class Scored:
    """A turn and its score, 0 to 1."""

    turn: Sound
    score: float


def latency_score(latency_ms: float, tool: bool = False) -> float:
    """How good an answer after so many ms is; a tool may take longer."""
    (first, last), late = (IDEAL_WITH_TOOL_MS, LATE_WITH_TOOL_MS) if tool else (IDEAL_MS, LATE_MS)
    rising = (latency_ms - EARLY_MS) / (first - EARLY_MS)
    falling = (late - latency_ms) / (late - last)
    return max(0.0, min(1.0, rising, falling))


def scores(timeline: Timeline) -> list[Scored]:
    """The turns that can be judged: not one that nothing follows, unless somebody was interrupted in it."""
    answered = {a.turn: a.latency_ms for a in answers(timeline)}
    yielded = {y.sound: y.latency_ms for y in yields(timeline)}
    found = []
    for turn in timeline.turns:
        latency_ms = answered.get(turn)
        reply = None if latency_ms is None else latency_score(latency_ms, timeline.has_tool(turn.end_ms, latency_ms))
        parts = []
        overlaps = [a for a in timeline.agent if turn.start_ms <= a.start_ms < turn.end_ms]
        if overlaps:
            over_ms = sum(min(a.end_ms, turn.end_ms) - a.start_ms for a in overlaps)
            parts.append(INTERRUPTED_AT_MOST * (1 - over_ms / OVERLAP_MS))
            parts.append(INTERRUPTED_AT_MOST * (1 - (len(overlaps) - 1) / (OVERLAPS - 1)))
            parts += [] if reply is None else [reply]
        if turn in yielded:
            stopped_ms = yielded[turn]
            parts.append(0.0 if stopped_ms is None else 1 - stopped_ms / YIELD_WINDOW_MS)
        if not parts and turn in answered:
            parts.append(0.0 if reply is None else reply)
        if parts:
            found.append(Scored(turn, max(0.0, min(parts))))
    return found


def turn_score(timeline: Timeline) -> Spread:
    """The scores of all turns."""
    return Spread(tuple(s.score for s in scores(timeline)), unit="", worst_is_least=True)


MEASURES = (
    Measure(
        "turn_score",
        "turn taking, 0 to 1",
        "1 at best; less for early and late answers, overlap, late stops.",
        turn_score,
        more_is_worse=False,
    ),
)

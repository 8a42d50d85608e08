"""Measures of our own: what the listener got, and what was taken from whom without need."""

from __future__ import annotations

from voice_tui.replay.judge.figures import PerMinute, Rate, Share, Spread
from voice_tui.replay.judge.full_duplex import stop_intervals
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.tau_voice import yields
from voice_tui.replay.judge.timeline import Timeline, Verdict

DEAD_AIR_MS = 2_000
"""So long both may be silent behind a turn."""


def heard(timeline: Timeline) -> Spread:
    """How long the agent was heard without a pause that counts."""
    return Spread(tuple(stretch.ms / 1000 for stretch in timeline.agent), unit="s", worst_is_least=True)


def double_talk(timeline: Timeline) -> Share:
    """Both speak."""
    return Share(sum(both.ms for both in stop_intervals(timeline)) / 1000, timeline.length_ms / 1000)


def dead_air(timeline: Timeline) -> Share:
    """Both are silent behind a turn, what is beyond `DEAD_AIR_MS` of it."""
    ms = 0
    starts = sorted([*(a.start_ms for a in timeline.agent), *(u.start_ms for u in timeline.user), timeline.length_ms])
    for turn in timeline.turns:
        if timeline.speaking(turn.end_ms) or any(u.start_ms < turn.end_ms < u.end_ms for u in timeline.user):
            continue
        silent_until_ms = next((start for start in starts if start >= turn.end_ms), turn.end_ms)
        ms += max(0, silent_until_ms - turn.end_ms - DEAD_AIR_MS)
    return Share(ms / 1000, timeline.length_ms / 1000)


def false_yields(timeline: Timeline) -> PerMinute | None:
    """Cuts that nobody wanted, per minute of the agent's speech; None where nobody gave a verdict."""
    verdicts = [verdict for verdict in timeline.verdicts if verdict is not Verdict.MISSED]
    if not verdicts:
        return None
    minutes = sum(stretch.ms for stretch in timeline.agent) / 60_000
    return PerMinute(sum(verdict is Verdict.FALSE for verdict in verdicts), minutes)


def cut_syllables(timeline: Timeline) -> Rate | None:
    """Of the stops for an interruption, those in the middle of a voiced sound; None where nobody listened for it."""
    if timeline.broken_off is None:
        return None
    stops = {y.sound.start_ms + y.latency_ms for y in yields(timeline) if y.latency_ms is not None}
    return Rate(len(stops & timeline.broken_off), len(stops))


MEASURES = (
    Measure("heard", "the agent is heard at a stretch", heard, more_is_worse=False),
    Measure("double_talk", "both speak", double_talk),
    Measure("dead_air", "both are silent beyond 2 s behind a turn", dead_air),
    Measure("cut_syllables", "stops inside a syllable", cut_syllables),
    Measure("false_yields", "stops that nobody wanted", false_yields),
)

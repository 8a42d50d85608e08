"""Measures of our own: what the listener got, and what was taken from whom without need."""

from __future__ import annotations

from collections.abc import Sequence

from voice_tui.replay.judge.facts import OwnCut
from voice_tui.replay.judge.figures import PerMinute, Rate, Share, Spread
from voice_tui.replay.judge.full_duplex import stop_intervals
from voice_tui.replay.judge.measure import Measure
from voice_tui.replay.judge.tau_voice import yields
from voice_tui.replay.judge.timeline import Ruling, Timeline, Verdict

DEAD_AIR_MS = 2_000
"""So long both may be silent behind a turn."""
BESIDE_MS = 200  # a verdict so far from a cut is still about it: somebody set its edges by ear


def heard(timeline: Timeline) -> Spread:
    """How much of an answer was heard; where nobody knows the answers, how long the agent was heard at a stretch."""
    if timeline.facts is None:
        seconds = [stretch.ms / 1000 for stretch in timeline.agent]
    else:
        seconds = [answer.heard_ms / 1000 for answer in timeline.facts.answers]
    return Spread(tuple(seconds), unit="s", worst_is_least=True)


def unheard_words(timeline: Timeline) -> Spread | None:
    """Of each answer that was cut: words that nobody heard, and that the model goes on believing it said."""
    if timeline.facts is None:
        return None
    kept = (answer.kept_words for answer in timeline.facts.answers)
    return Spread(tuple(words for words in kept if words is not None), unit="words")


def audible_share(timeline: Timeline) -> Rate | None:
    """Answers that came whole and could be heard, of those that came whole as sound."""
    if timeline.facts is None:
        return None
    whole = [answer for answer in timeline.facts.answers if answer.complete]
    audible = sum(any(a.start_ms < w.end_ms and w.start_ms < a.end_ms for a in timeline.agent) for w in whole)
    return Rate(audible, len(whole))


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
    """Cuts that nobody wanted, per minute of the agent's speech.

    Verdicts say it; of a cut without one that the voice yielded no word while more of the answer was there; None where
    nobody knows either.
    """
    minutes = sum(stretch.ms for stretch in timeline.agent) / 60_000
    if timeline.facts is not None:
        return PerMinute(sum(_unwanted(cut, timeline.rulings) for cut in timeline.facts.cuts), minutes)
    verdicts = [ruling.verdict for ruling in timeline.rulings if ruling.verdict is not Verdict.MISSED]
    return PerMinute(verdicts.count(Verdict.FALSE), minutes) if verdicts else None


def _unwanted(cut: OwnCut, rulings: Sequence[Ruling]) -> bool:
    """Whether nobody wanted a cut: by what somebody said of it, else by what came of it."""
    began_ms, ended_ms = cut.at_ms - cut.waited_ms - BESIDE_MS, cut.at_ms + BESIDE_MS
    said = [ruling.verdict for ruling in rulings if ruling.start_ms <= ended_ms and began_ms <= ruling.end_ms]
    judged = [verdict for verdict in said if verdict is not Verdict.MISSED]
    return judged[0] is Verdict.FALSE if judged else cut.needless


def cut_syllables(timeline: Timeline) -> Rate | None:
    """Of the stops for an interruption, those in the middle of a voiced sound; None where nobody listened for it."""
    if timeline.broken_off is None:
        return None
    stops = {y.sound.start_ms + y.latency_ms for y in yields(timeline) if y.latency_ms is not None}
    return Rate(len(stops & timeline.broken_off), len(stops))


RECORDING, SOUND = "a recording of ours", "the sound: voice-tui judge"
MEASURES = (
    Measure(
        "heard",
        "is heard of an answer, or at a stretch",
        "How much of each answer you heard.",
        heard,
        more_is_worse=False,
    ),
    Measure(
        "unheard_words",
        "stay with the model though nobody heard them",
        "Words of a cut answer that nobody heard but the model keeps.",
        unheard_words,
        needs=RECORDING,
    ),
    Measure(
        "audible_share",
        "whole answers that could be heard",
        "Answers that came whole as sound and were not silent.",
        audible_share,
        more_is_worse=False,
        needs=RECORDING,
    ),
    Measure("double_talk", "both speak", "Time in which you both spoke.", double_talk),
    Measure(
        "dead_air",
        "both are silent beyond 2 s behind a turn",
        "Silence behind your turns, what was more than 2 s of it.",
        dead_air,
    ),
    Measure(
        "cut_syllables",
        "stops inside a syllable",
        "Stops for you in the middle of a voiced sound.",
        cut_syllables,
        needs=SOUND,
    ),
    Measure(
        "false_yields",
        "stops that nobody wanted",
        "Stops without need: no word came of them, or your label says so.",
        false_yields,
        needs="verdicts in labels",
    ),
)

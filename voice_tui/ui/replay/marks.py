"""What happened where in a talk: what one jumps to, and what somebody said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.talk import Announced, Interrupted, Severity
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.replay.judge.facts import OWN_EARS
from voice_tui.replay.judge.label_book import verdict_on
from voice_tui.replay.judge.labels import Label
from voice_tui.replay.judge.timeline import Kind, Verdict
from voice_tui.tape.told import Told

SLOW_MS = 2_000  # an answer that is heard so late is a slow turn
CUT, ALARM, SLOW, ERROR = "✂", "▸", "◷", "✗"
FALSE, MISSED = "f", "m"
HUES = {
    CUT: "$interruption", ALARM: "$success", SLOW: "$warning", ERROR: "$error", FALSE: "$success", MISSED: "$error",
}  # fmt: skip
KINDS = {Kind.TURN: "t", Kind.INTERRUPTION: "i", Kind.BACKCHANNEL: "b", Kind.TIC: "c", Kind.OTHERS: "o"}
"""The sign of a sound that somebody named."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened.

    Attributes:
        t: When, s.
        sign, words: What.
        cut: Where a verdict on it belongs, ms of the recording: from the first sound of the voice to what was decided;
            None: it is none that ears decided.
        item: The answer that was cut, "" for none.
    """

    t: float
    sign: str
    words: str
    cut: Stretch | None = None
    item: str = ""


def marks_of(told: Sequence[Told], offset_ms: int = 0) -> list[Mark]:
    """Everything worth jumping to, in order: interruptions, false alarms, slow turns, errors.

    Args:
        told: The notices of a recording.
        offset_ms: Where the talk's clock stood as it began.
    """
    found: list[Mark] = []
    alarms: set[int] = set()
    for each in told:
        match each.notice:
            case Interrupted(source=source) as cut:
                began_ms, decided_ms = cut.origin_ms - offset_ms, cut.at_ms - offset_ms
                span = _span(began_ms, decided_ms) if source in OWN_EARS else None
                found.append(Mark(each.t, CUT, f"interrupted by {source}", span, cut.item_id))
            case InterruptionTimed(number=number, resumed=True) as alarm if number not in alarms:
                alarms.add(number)
                began_ms = alarm.at_ms - offset_ms
                span = _span(began_ms, began_ms + max((ms for _, ms in alarm.steps), default=0))
                found.append(Mark(each.t, ALARM, "false alarm", span))
            case TurnTimed() as turn if turn.audible_ms >= SLOW_MS:
                found.append(Mark(each.t, SLOW, f"slow turn: {turn.audible_ms / 1000:.1f} s"))
            case Announced(severity=Severity.ERROR, count=1, text=text):
                found.append(Mark(each.t, ERROR, text))
            case _:
                pass
    return found


def _span(start_ms: int, end_ms: int) -> Stretch:
    start_ms = max(0, start_ms)
    return Stretch(start_ms, max(end_ms, start_ms + 1))


def labelled(marks: Sequence[Mark], labels: Sequence[Label]) -> list[Mark]:
    """The marks with what somebody said of them, and what else somebody marked, in order."""
    spoken = [_judged(mark, labels) for mark in marks]
    cuts = [mark.cut for mark in marks if mark.cut is not None]
    for label in labels:
        t, span = label.start_ms / 1000, Stretch(label.start_ms, label.end_ms)
        if label.kind is not None:
            spoken.append(Mark(t, KINDS[label.kind], f"you: {kind_words(label.kind)}"))
        if label.verdict is not None and not any(_meet(span, cut) for cut in cuts):
            sign = {Verdict.MISSED: MISSED, Verdict.FALSE: FALSE}.get(label.verdict, CUT)
            spoken.append(Mark(t, sign, f"a cut: {label.verdict}"))
    return sorted(spoken, key=lambda mark: mark.t)


def _judged(mark: Mark, labels: Sequence[Label]) -> Mark:
    verdict = verdict_on(labels, mark.cut) if mark.cut is not None else None
    if verdict is None:
        return mark
    sign = {Verdict.FALSE: FALSE if mark.sign == CUT else mark.sign, Verdict.MISSED: MISSED}.get(verdict, mark.sign)
    return replace(mark, sign=sign, words=f"{mark.words}: {verdict}")


def _meet(one: Stretch, other: Stretch) -> bool:
    return one.start_ms < other.end_ms and other.start_ms < one.end_ms


def kind_words(kind: Kind) -> str:
    """What a kind of sound is called where one reads it."""
    return {Kind.TIC: "cough or the like", Kind.OTHERS: "to others"}.get(kind, kind.value)

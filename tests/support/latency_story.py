"""The latencies of a talk as they are told: turns of every origin, cuts by everybody, a context that grows."""

from __future__ import annotations

from voice_tui.messages.context import ContextChanged
from voice_tui.messages.measures import AnswerSupplied, Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.turns import InterruptionTimed, Stage

SPOKEN = (Moment.DECIDED, Moment.COMMITTED, Moment.CREATED, Moment.TEXT, Moment.AUDIO, Moment.QUEUED, Moment.PLAYED,
          Moment.AUDIBLE)  # fmt: skip
TYPED = SPOKEN[1:]


def turn(number: int, item: str, at_s: float, origin: Origin, *spent: int, tools_ms: int = 0) -> TurnTimed:
    """A turn whose parts took so long, ms, in the order of `SPOKEN`, or `TYPED` behind Enter."""
    names = TYPED if origin is Origin.ENTER else SPOKEN
    moments, at = [(Moment.ENDED, 0)], 0
    for name, ms in zip(names, spent, strict=True):
        at += ms
        moments.append((name, at))
    by = {Origin.ENTER: "text", Origin.KEY: "key"}.get(origin, "server")
    return TurnTimed(number, item, origin, round(at_s * 1000), tuple(moments), by, "server-vad", tools_ms, 31.0)


def cut(number: int, by: str, origin: Origin, quiet: int, *, resumed: bool = False) -> InterruptionTimed:
    """An interruption that was silent after so many ms; or a false alarm."""
    steps = ((Stage.ONSET, 0), (Stage.DUCK, 46), (Stage.RESUME, 420)) if resumed else (
        (Stage.ONSET, 0), (Stage.CONFIRM, quiet - 12), (Stage.CUT, quiet - 7), (Stage.QUIET, quiet))  # fmt: skip
    return InterruptionTimed(number, "i2", steps, resumed, origin, 4_000 * number, "" if resumed else by)


LATENCIES: list[Notice] = [
    turn(1, "i2", 2.6, Origin.VOICE, 594, 56, 12, 160, 4, 0, 24, 310),
    cut(1, "server", Origin.VOICE, 142),
    ContextChanged(total=900),
    turn(2, "i4", 9.3, Origin.VOICE, 522, 48, 14, 190, 9, 0, 22, 340),
    cut(2, "local", Origin.VOICE, 83),
    cut(3, "", Origin.VOICE, 0, resumed=True),
    ContextChanged(total=2_400),
    turn(3, "i6", 31.0, Origin.ENTER, 0, 40, 210, 6, 320, 25, 330),
    turn(4, "i8", 64.0, Origin.VOICE, 610, 51, 25, 1_640, 12, 0, 20, 350, tools_ms=1_400),
    ContextChanged(total=3_900),
    turn(5, "i10", 95.0, Origin.SERVER, 500, 60, 31, 280, 14, 0, 26, 290),
    cut(4, "key", Origin.KEY, 12),
    AnswerSupplied("i2", 0, 9.0, 410, 0),
    AnswerSupplied("i4", 0, 8.5, 380, 0),
    AnswerSupplied("i6", 2, 31.0, -140, 300),
    turn(6, "i12", 118.0, Origin.KEY, 0, 8, 44, 330, 12, 0, 21, 320),
]

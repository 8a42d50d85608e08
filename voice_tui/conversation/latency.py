"""How long an answer took: the moments from the end of the user's turn to the first sound of the answer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.measures import Moment, Origin, TurnTimed

_ORDER = {moment: i for i, moment in enumerate(Moment)}
LAST_PINGS = 5
"""The shortest of so many is the wire's time: the others waited behind a message that was under way."""
_OF_TURN = frozenset({Moment.ENDED, Moment.DECIDED, Moment.COMMITTED})
"""What a lost connection does not undo."""
_CHAIN = (Moment.PLAYED, Moment.QUEUED, Moment.AUDIO, Moment.CREATED)
"""Each is the cause of the one before."""


@dataclass(slots=True)
class _Turn:
    origin: Origin
    at_ms: int
    by: str
    preset: str
    moments: dict[Moment, int] = field(default_factory=dict)  # on the talk's clock
    answers: list[str] = field(default_factory=list)  # whose audio has come
    tools_ms: int = 0
    unsent: bool = False  # it ended while nobody could be told


class TurnTimer:
    """Follows the answer to the last turn; each moment counts once.

    Args:
        outbox: Of the conversation.
        knobs: Say how turns are taken.
    """

    def __init__(self, outbox: Outbox, knobs: Knobs) -> None:
        self._outbox, self._knobs = outbox, knobs
        self._turn: _Turn | None = None
        self._number = 0
        self._ticked_ms = 0
        self._round_trips: deque[float] = deque(maxlen=LAST_PINGS)  # ms

    def ended(self, origin: Origin, at_ms: int, by: str, *, decided_ms: int | None = None) -> None:
        """The user's turn is over: what comes answers it, and no turn before it.

        Args:
            origin: What marks its end.
            at_ms: Its end, on the talk's clock; not before it was decided.
            by: Who decided that it is over.
            decided_ms: When; None where that is the end itself.
        """
        at_ms = at_ms if decided_ms is None else min(at_ms, decided_ms)
        self._turn = _Turn(origin, at_ms, by, self._knobs.preset.name, {Moment.ENDED: at_ms})
        self._turn.unsent = not self._outbox.live
        if decided_ms is not None:
            self.reach(Moment.DECIDED, decided_ms)

    def reach(self, moment: Moment, at_ms: int | None = None) -> None:
        """A moment came, now or then."""
        turn = self._turn
        if turn is None or moment in turn.moments:
            return
        begun = Moment.CREATED in turn.moments
        if begun != (_ORDER[moment] > _ORDER[Moment.CREATED]):
            return  # it belongs to another answer, or to another request for this one
        turn.moments[moment] = self._outbox.ms if at_ms is None else at_ms

    def restored(self) -> None:
        """There is a connection again: a turn that ended while there was none is sent, and is measured from now on."""
        turn, now = self._turn, self._outbox.ms
        if turn is None or not turn.unsent:
            self.reach(Moment.RESTORED)
        else:
            turn.at_ms, turn.moments, turn.tools_ms, turn.unsent = now, {Moment.ENDED: now}, 0, False

    def audio_arrived(self, answer: str) -> None:
        """A piece of an answer's audio came."""
        turn = self._turn
        if turn is not None and Moment.CREATED in turn.moments and answer not in turn.answers:
            turn.answers.append(answer)
            self.reach(Moment.AUDIO)

    def sounded(self, moment: Moment, answer: str, at_ms: int | None = None) -> None:
        """An answer came so far on its way to the ear; behind the last moment the turn is timed."""
        turn = self._turn
        if turn is None or answer not in turn.answers:
            return
        self.reach(moment, at_ms)
        if moment is Moment.AUDIBLE:
            self._tell(turn, answer)

    def _tell(self, turn: _Turn, answer: str) -> None:
        last = turn.moments[Moment.AUDIBLE]
        before = last
        for moment in _CHAIN:  # what is played without a device may be looked at late: no cause comes behind its effect
            if moment in turn.moments:
                before = turn.moments[moment] = min(before, turn.moments[moment])
        passed = sorted(turn.moments.items(), key=lambda at: (at[1], _ORDER[at[0]]))
        moments = tuple((moment, max(0, ms - turn.at_ms)) for moment, ms in passed if ms <= last)
        self._number += 1
        self._outbox.notify(
            TurnTimed(
                self._number, answer, turn.origin, turn.at_ms, moments, turn.by, turn.preset, turn.tools_ms,
                min(self._round_trips, default=None),
            )
        )  # fmt: skip
        self._turn = None

    def pinged(self, round_trip_s: float) -> None:
        """A ping of the connection took so long there and back, s."""
        self._round_trips.append(round(round_trip_s * 1000, 1))

    def moved(self) -> None:
        """The wire is another one."""
        self._round_trips.clear()

    def forget(self) -> None:
        """No answer is to be timed: it was interrupted, or it failed."""
        self._turn = None

    def lost(self) -> None:
        """The connection is gone: the answer that has not sounded is the next session's."""
        self.moved()
        if self._turn is not None:
            self._turn.moments = {m: ms for m, ms in self._turn.moments.items() if m in _OF_TURN}
            self._turn.answers.clear()

    def tick(self, *, tools: bool) -> None:
        """Time has passed; whether tools were at work."""
        passed, self._ticked_ms = self._outbox.ms - self._ticked_ms, self._outbox.ms
        if tools and self._turn is not None:
            self._turn.tools_ms += passed

"""While the model acts: the silence that a tool makes, and the end of the talk that it may bring about."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.messages.tools import DEAD_AIR_S, DeadAir, GoodbyeSaid, ToolFinished

HEARD_OUT_S = 0.5  # nothing has come for so long behind the last answer: it was the last


class Silence:
    """Measures dead air: both are silent, and a tool is at work.

    Args:
        outbox: Of the conversation.
        working: Names of the tools that are at work.
        silent: Nobody can be heard.
    """

    def __init__(self, outbox: Outbox, working: Callable[[], str], silent: Callable[[], bool]) -> None:
        self._outbox, self._working, self._silent = outbox, working, silent
        self._since: float | None = None
        self._names = ""
        self._counts = False  # it has been told that this one counts
        self._total_s, self._count = 0.0, 0

    def tick(self) -> None:
        """Time has passed."""
        names, now = self._working(), self._outbox.now
        if not (names and self._silent()):
            self._end()
            return
        self._since, self._names = now if self._since is None else self._since, names
        if not self._counts and now - self._since >= DEAD_AIR_S:
            self._counts, self._count = True, self._count + 1
            self._tell(0.0, over=False)

    def _end(self) -> None:
        since, self._since = self._since, None
        if self._counts and since is not None:
            self._counts = False
            s = self._outbox.now - since - DEAD_AIR_S
            self._total_s += s
            self._tell(s, over=True)

    def _tell(self, s: float, *, over: bool) -> None:
        self._outbox.notify(DeadAir(self._names, round(s, 3), over, round(self._total_s, 3), self._count))


class Farewell:
    """Ends the talk that the model has ended: once its last answer was heard, unless the user says something more.

    Args:
        outbox: Of the conversation.
        turns: Counts the user's turns.
        idle: Nobody speaks and nothing is under way.
    """

    def __init__(self, outbox: Outbox, turns: Callable[[], int], idle: Callable[[], bool]) -> None:
        self._outbox, self._turns, self._idle = outbox, turns, idle
        self._wanted_at: int | None = None  # the turn in which it was wanted
        self._idle_since: float | None = None

    def begin(self) -> None:
        """The model wants to hang up."""
        self._wanted_at, self._idle_since = self._turns(), None

    def tick(self) -> None:
        """Time has passed."""
        if self._wanted_at is None:
            return
        if self._turns() != self._wanted_at:
            self._wanted_at = None  # there is more to talk about
        elif not self._idle():
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = self._outbox.now
        elif self._outbox.now - self._idle_since >= HEARD_OUT_S:
            self._wanted_at = None
            self._outbox.notify(GoodbyeSaid())


class Action:
    """Both of one conversation.

    Args:
        shared: Of the conversation.
        session: Which calls the tools.
        idle: Nobody speaks and nothing is under way.
    """

    def __init__(self, shared: Shared, session: Session, idle: Callable[[], bool]) -> None:
        self._session, self._timer = session, shared.timer

        def silent() -> bool:
            return not (shared.detector.speaking or session.hearing or session.sounding)

        def turns() -> int:
            return sum(row.role == "user" for row in shared.transcript)

        self._silence = Silence(shared.outbox, lambda: session.working, silent)
        self._farewell = Farewell(shared.outbox, turns, idle)

    def finished(self, result: ToolFinished) -> None:
        """A tool is done."""
        self._session.finished(result)
        if result.hangs_up:
            self._farewell.begin()

    def tick(self) -> None:
        """Time has passed."""
        self._timer.tick(tools=bool(self._session.working))
        self._silence.tick()
        self._farewell.tick()

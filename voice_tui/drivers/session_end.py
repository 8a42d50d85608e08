"""When a session will be ended by its server: another connection has to take over before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.link import SessionLimited
from voice_tui.messages.remarks import Remark
from voice_tui.messages.talk import Announced, Severity

LEAD_S = 240.0  # so long before a session would be ended another one takes over ...
LEAD_SHARE = 0.25  # ... and no more than such a share of what is left at first
LONGEST_S = 86_400.0  # no session lasts longer


class SessionEnd:
    """Plans for one line after the other. The server's word counts; without one, what is known of its provider.

    Args:
        clock: The time of day, s since 1970; None: nobody knows when a session will be ended.
        tell: Takes what is to be known of it.
        due: Called in time before.
    """

    def __init__(
        self,
        clock: Callable[[], float] | None,
        tell: Callable[[SessionLimited | Announced], None],
        due: Callable[[], None],
    ) -> None:
        self._clock, self._tell, self._call = clock, tell, due
        self._at: int | None = None
        self._named = False  # the server said so
        self._timer: asyncio.TimerHandle | None = None
        self._said: set[str] = set()

    def forget(self) -> None:
        """The line is over, or another one took its place."""
        self._named = False
        self._plan(None)

    def heard(self, remark: Remark, endpoint: Endpoint, age_s: float) -> None:
        """An event about the session came.

        Args:
            remark: What it says.
            endpoint: Whose session it is.
            age_s: So long the line has been open, s.
        """
        named = remark.expires_at
        if self._clock is None or not (remark.created or remark.configured) or (named is None and self._named):
            return
        now, limit_s = self._clock(), endpoint.session_limit_s
        if named is not None and 0 < named - now <= LONGEST_S:
            self._named = True
            self._plan(named)
            return
        if named is not None:
            words = f"session.expires_at: {named} is no time to come by the clock of this machine, and not used"
            self._say(Severity.WARNING, words)
        if limit_s:
            self._plan(round(now + limit_s - age_s))
            if remark.configured:  # it has had its chance to say
                words = f"{endpoint.host} does not say when it ends a session; it does so after {limit_s / 60:g} min"
                self._say(Severity.INFORMATION, f"{words}: another connection takes over before")

    def _say(self, severity: Severity, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            self._tell(Announced(severity, words))

    def _plan(self, at: int | None) -> None:
        if at == self._at or self._clock is None:
            return
        self._at = at
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        left_s = None if at is None else at - self._clock()
        if left_s is not None and left_s > 0:
            pause = left_s - min(LEAD_S, left_s * LEAD_SHARE)
            self._timer = asyncio.get_running_loop().call_later(pause, self._call)
        self._tell(SessionLimited(left_s))

"""How long a conversation has lasted, for everybody who follows its notices."""

from __future__ import annotations

from voice_tui.messages.link import CallEnded, Link, LinkChanged, Stopped
from voice_tui.messages.notices import Notice


class Elapsed:
    """Since the connection first was live, without what it was hung up for.

    Args:
        before_s: So long it had lasted when the clock stood at 0; 0: it had not begun.

    Attributes:
        since: When the connection first was live, s; None: it never was.
    """

    def __init__(self, before_s: float = 0.0) -> None:
        self.since: float | None = -before_s if before_s else None
        self._ended_at: float | None = None
        self._hung_up_s = 0.0

    def observe(self, now: float, notice: Notice) -> None:
        """This was told."""
        match notice:
            case LinkChanged(link=Link.LIVE):
                if self.since is None:
                    self.since = now
                elif self._ended_at is not None:
                    self._hung_up_s += now - self._ended_at
                self._ended_at = None
            case CallEnded():
                self._ended_at = now
            case Stopped() if self._ended_at is None:
                self._ended_at = now
            case _:
                pass

    def seconds(self, now: float) -> float:
        """How long by now; what comes behind its end does not count."""
        end = now if self._ended_at is None else self._ended_at
        return 0.0 if self.since is None else end - self.since - self._hung_up_s

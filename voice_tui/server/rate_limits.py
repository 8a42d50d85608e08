"""What is left of the endpoint's budgets. Nothing is refused for it here: clients that watch it see something true."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.endpoints.realtime.wire.items import RateLimit

TOKENS_PER_MINUTE = 250_000


class TokenBudget:
    """A budget that fills itself again, evenly.

    Args:
        clock: Seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._used = 0.0
        self._at = clock()

    def spend(self, tokens: int) -> RateLimit:
        """Take so many tokens; gives what is left, and when all of it is there again."""
        now = self._clock()
        per_second = TOKENS_PER_MINUTE / 60
        self._used = min(max(self._used - (now - self._at) * per_second, 0.0) + tokens, TOKENS_PER_MINUTE)
        self._at = now
        remaining = int(TOKENS_PER_MINUTE - self._used)
        return RateLimit("tokens", TOKENS_PER_MINUTE, remaining, round(self._used / per_second, 3))

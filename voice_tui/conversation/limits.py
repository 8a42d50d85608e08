"""Hanging up by itself: when it has cost or lasted enough, or when nobody speaks on a line that costs money.

Each limit is said when most of it is used up. Money is what the endpoint has counted so far, so the answer that goes
beyond the limit is paid.
"""

from __future__ import annotations

from decimal import Decimal

from voice_tui.conversation.shared import Shared
from voice_tui.messages.limits import HangUp, Limits
from voice_tui.messages.talk import Severity
from voice_tui.messages.usage import Billing, BillingChanged, dollars

WARNED = 0.8  # of a limit, when it is said
MINUTE_S = 60.0


class LimitWatch:
    """Watches one conversation.

    Args:
        shared: Of the conversation.
        limits: Where it hangs up.
    """

    def __init__(self, shared: Shared, limits: Limits) -> None:
        self._shared, self._outbox, self._limits = shared, shared.outbox, limits
        self._live_at: float | None = None
        self._active_at: float | None = None  # when somebody last did something on a line that may cost money
        self._billing: BillingChanged | None = None
        self._said: set[str] = set()
        self._paid = Decimal(0)  # in earlier calls
        self.over = False
        """It was hung up."""

    def renew(self) -> None:
        """The user calls again: each limit begins anew."""
        self.over, self._live_at, self._paid = False, None, self._shared.bill.cost
        self._said.clear()
        self.acted()

    def acted(self) -> None:
        """The user did something, if only with a key."""
        self._active_at = None
        self._said.discard("idle")

    def tick(self, *, active: bool) -> None:
        """Time has passed.

        Args:
            active: Somebody speaks, or something is under way.
        """
        if self.over:
            return
        live, now = self._outbox.live, self._outbox.now
        if live and self._live_at is None:
            self._live_at = now
        if active or not live or not self._shared.billing.billing.costs:
            self.acted()
        elif self._active_at is None:
            self._active_at = now
        self._cost()
        self._minutes(now)
        self._idle(now)

    # ---- each limit

    def _cost(self) -> None:
        limit, bill = self._limits.max_cost, self._shared.bill
        if limit is None:
            return
        if self._live_at is not None and self._shared.billing != self._billing:  # before that nobody has told it
            self._billing = self._shared.billing
            self._say_what_is_unknown(self._billing)
        if not bill.complete:
            self._once("unpriced", "--max-cost: of some of what was used the price is not known: it does not count")
        cost = bill.cost - self._paid
        if cost >= limit:
            self._hang_up(f"{dollars(cost)} is spent, {dollars(limit)} was allowed (--max-cost)")
        elif cost >= limit * Decimal(str(WARNED)):
            words = f"{dollars(cost)} of {dollars(limit)} is spent: beyond that it hangs up (--max-cost)"
            self._once("cost", words)

    def _say_what_is_unknown(self, told: BillingChanged) -> None:
        """A cost that can't be known is said at the start."""
        if told.billing is Billing.FREE:
            self._once("free", "--max-cost: this endpoint costs nothing", Severity.INFORMATION)
        elif not told.prices:
            what = told.model or "this model"
            self._once(f"price of {what}", f"--max-cost: what {what} costs here is not known: nothing counts")
        elif told.recogniser and told.per_minute is None:
            what = told.recogniser
            self._once(f"price of {what}", f"--max-cost: what {what} costs is not known: it does not count")

    def _minutes(self, now: float) -> None:
        limit = self._limits.max_minutes
        if not limit or self._live_at is None:
            return
        minutes = (now - self._live_at) / MINUTE_S
        if minutes >= limit:
            self._hang_up(f"{_minutes(limit)} are over (--max-minutes)")
        elif minutes >= limit * WARNED:
            self._once("minutes", f"it hangs up in {_minutes(limit * (1 - WARNED))} (--max-minutes)")

    def _idle(self, now: float) -> None:
        limit = self._limits.idle_minutes
        if not limit or self._active_at is None:
            return
        minutes = (now - self._active_at) / MINUTE_S
        if minutes >= limit:
            self._hang_up(f"nobody spoke for {_minutes(limit)}, and the line may cost money (--idle-minutes)")
        elif minutes >= limit * WARNED:
            left = _minutes(limit * (1 - WARNED))
            words = f"nobody has spoken for {_minutes(limit * WARNED)}: it hangs up in {left} (--idle-minutes 0: never)"
            self._once("idle", words)

    def _once(self, what: str, words: str, severity: Severity = Severity.WARNING) -> None:
        if what not in self._said:
            self._said.add(what)
            self._outbox.announce(severity, words)

    def _hang_up(self, why: str) -> None:
        if not self.over:
            self.over = True
            self._outbox.command(HangUp(why))


def _minutes(minutes: float) -> str:
    """A length: ``10 min``, ``30 s``."""
    rounded = round(minutes, 2)
    return f"{rounded:g} min" if rounded >= 1 else f"{rounded * MINUTE_S:.0f} s"

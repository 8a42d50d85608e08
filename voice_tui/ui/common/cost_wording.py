"""How money is said on every screen."""

from __future__ import annotations

from voice_tui.messages.usage import Bill, dollars


def spent(bill: Bill) -> str:
    """The sum, ``$0.034``; with + where something has no price, and in words where nothing has one."""
    if not bill.complete and not bill.cost:
        return "not known"
    return dollars(bill.cost) + ("" if bill.complete else "+")


def rate(bill: Bill, seconds: float) -> str:
    """A minute, ``$0.012/min``; ``–/min`` before the first is over."""
    each = bill.per_minute(seconds)
    return f"{'–' if each is None else dollars(each)}/min"

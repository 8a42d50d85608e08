"""What a talk with an endpoint that costs money uses, as it is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from voice_tui.endpoints.models import MODELS
from voice_tui.messages.notices import Notice
from voice_tui.messages.usage import TRANSCRIPTION, Amount, Billing, BillingChanged, UsageCounted, UsageKind

MODEL = "gpt-realtime-2.1"
PRICE = MODELS.models[MODEL].price
assert PRICE is not None
PER_MINUTE = Decimal("0.006")
PRICES = {kind: each for kind in UsageKind if (each := PRICE.of(kind)) is not None}
KNOWN = BillingChanged(Billing.TOKENS, MODEL, PRICES, "whisper-1", PER_MINUTE, date(2026, 11, 22))
UNKNOWN = BillingChanged(Billing.UNKNOWN, "grok-voice-latest")
FREE = BillingChanged(Billing.FREE, "demo")


def answer(item: str, status: str = "completed", *, purpose: str = "", **counts: int) -> UsageCounted:
    """A response with so many tokens of each kind."""
    amounts = tuple(
        Amount(kind, count, count * PRICES[kind] / 1_000_000)
        for kind, count in ((UsageKind(k), v) for k, v in counts.items())
    )
    read = sum(count for name, count in counts.items() if not name.endswith("_out"))
    cost = sum((amount.cost or Decimal(0) for amount in amounts), Decimal(0))
    return UsageCounted(f"R-{item}", status, read, sum(counts.values()) - read, purpose, amounts, cost, (item,), MODEL)


def written(item: str, seconds: str) -> UsageCounted:
    """A turn of the user that was written down."""
    amount = Amount(UsageKind.SECONDS, Decimal(seconds), Decimal(seconds) * PER_MINUTE / 60)
    return UsageCounted("", "completed", 0, 0, TRANSCRIPTION, (amount,), amount.cost, (item,), "whisper-1")


PAID: list[Notice] = [
    KNOWN,
    written("i1", "3"),
    answer("i2", text_in=420, audio_in=30, text_out=52, audio_out=240),
    written("i3", "2.5"),
    answer("i4", "cancelled", text_in=96, text_cached=384, audio_in=31, audio_cached=290, text_out=30, audio_out=610),
    answer("x", purpose="summary", text_in=1_240, text_cached=512, text_out=88),
    UsageCounted("R-i6", "completed", 900, 120, "",
                 (Amount(UsageKind.OTHER_IN, 900), Amount(UsageKind.OTHER_OUT, 120)), None, ("i6",), MODEL),
]  # fmt: skip

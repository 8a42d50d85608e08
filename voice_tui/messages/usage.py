"""What a conversation uses, as its endpoint counts it, and what that costs. Money is exact: `Decimal`, US dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

NOTHING: Final = Decimal(0)
LEAST: Final = Decimal("0.001")
TEN: Final = Decimal(10)
TRANSCRIPTION: Final = "transcription"
"""The purpose of what the recogniser of the user's words used."""


class UsageKind(StrEnum):
    """What is counted. Each token is of one kind: one that came from the cache is of no other."""

    TEXT_IN = "text_in"
    TEXT_CACHED = "text_cached"
    AUDIO_IN = "audio_in"
    AUDIO_CACHED = "audio_cached"
    IMAGE_IN = "image_in"
    IMAGE_CACHED = "image_cached"
    OTHER_IN = "other_in"
    TEXT_OUT = "text_out"
    AUDIO_OUT = "audio_out"
    OTHER_OUT = "other_out"
    SECONDS = "seconds"

    @property
    def written(self) -> bool | None:
        """Tokens that the model wrote, or that it read; None: they are no tokens."""
        return None if self is UsageKind.SECONDS else self.endswith("_out")


class Billing(StrEnum):
    """Whether what an endpoint does costs money, and by what."""

    FREE = "free"
    """It runs here, or on a machine of the user's."""
    TOKENS = "tokens"
    """By the tokens that it counts, at the prices of the model's maker."""
    UNKNOWN = "unknown"
    """It may cost something; what, nobody here knows."""

    @property
    def costs(self) -> bool:
        """It may cost money."""
        return self is not Billing.FREE


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of one kind.

    Attributes:
        kind: Of what.
        count: Tokens, or seconds.
        cost: US dollars; None: there is no price that is known.
    """

    kind: UsageKind
    count: int | Decimal
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UsageCounted:
    """What one response used, or the recogniser for one of the user's turns, as the server counted it.

    Attributes:
        response_id: "" for the recogniser.
        input_tokens, output_tokens: Of all kinds.
        purpose: Of a response beside the conversation (``summary``), or `TRANSCRIPTION`; "" of an answer.
        amounts: The same by kind, each with its cost.
        cost: US dollars for all of it; None: of something the price is not known.
        items: What the response made, or what was written down.
        model: What was paid for; "" where the server does not say.
    """

    response_id: str
    status: str
    input_tokens: int
    output_tokens: int
    purpose: str = ""
    amounts: tuple[Amount, ...] = ()
    cost: Decimal | None = None
    items: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class BillingChanged:
    """What is known of the prices of the session that begins.

    Attributes:
        billing: Whether it costs money.
        model: As the session names it, "" where it does not.
        prices: US dollars for a million tokens, by kind; what is not known is not there.
        recogniser: Model of the recogniser, "" for none.
        per_minute: US dollars for a minute that it writes down; None: not known.
        read: When the prices were read at their source.
    """

    billing: Billing = Billing.FREE
    model: str = ""
    prices: Mapping[UsageKind, Decimal] = field(default_factory=dict)
    recogniser: str = ""
    per_minute: Decimal | None = None
    read: date | None = None


@dataclass(slots=True)
class Bill:
    """The sum of what was counted.

    Attributes:
        counts: Tokens or seconds of each kind.
        costs: US dollars of each kind, as far as prices are known.
        unpriced: Of each kind what has no known price.
        cost: US dollars, as far as prices are known.
    """

    counts: dict[UsageKind, int | Decimal] = field(default_factory=dict)
    costs: dict[UsageKind, Decimal] = field(default_factory=dict)
    unpriced: dict[UsageKind, int | Decimal] = field(default_factory=dict)
    cost: Decimal = NOTHING

    def add(self, used: UsageCounted) -> None:
        """Count this as well."""
        for amount in used.amounts:
            kind, count = amount.kind, amount.count
            self.counts[kind] = self.counts.get(kind, 0) + count
            if amount.cost is None:
                self.unpriced[kind] = self.unpriced.get(kind, 0) + count
            else:
                self.costs[kind] = self.costs.get(kind, NOTHING) + amount.cost
                self.cost += amount.cost

    @property
    def complete(self) -> bool:
        """The cost is that of everything."""
        return not self.unpriced

    def per_minute(self, seconds: float) -> Decimal | None:
        """US dollars a minute over so long a time; None before a minute is over: it would say nothing."""
        return self.cost * 60 / Decimal(str(seconds)) if seconds >= 60 else None


def dollars(usd: Decimal | float) -> str:
    """Money: ``$0.021``, ``$12.34``, ``<$0.001``."""
    if 0 < usd < LEAST:
        return f"<${LEAST}"
    return f"${usd:.3f}" if usd < TEN else f"${usd:.2f}"


UsageNotice: TypeAlias = UsageCounted | BillingChanged

"""How long a conversation may last and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

HUNG_UP = 4
"""The exit code of a run that a limit has ended."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a conversation hangs up by itself.

    Attributes:
        max_cost: US dollars; None: it may cost anything.
        max_minutes: Since the first session was live; 0: for ever.
        idle_minutes: In which nobody spoke or typed, where the endpoint may cost money; 0: for ever.
    """

    max_cost: Decimal | None = None
    max_minutes: float = 0.0
    idle_minutes: float = 0.0


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class HangUp:
    """The conversation is over: what has come is still heard; ``why`` is one line."""

    why: str

"""What a setting was seen to do: being acknowledged is not yet having an effect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Seen(StrEnum):
    """Whether a setting takes effect at the endpoint."""

    UNKNOWN = "unknown"
    WORKS = "works"
    NOT_SEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Observed:
    """One setting at the endpoint.

    Attributes:
        seen: Whether it takes effect.
        reason: What was seen, or missed; one line.
    """

    seen: Seen = Seen.UNKNOWN
    reason: str = ""

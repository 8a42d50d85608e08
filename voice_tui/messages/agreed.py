"""What the endpoint has agreed to of the settings, in a form that can be taken elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SessionAgreed:
    """The endpoint has taken settings.

    Attributes:
        update: Everything that it has taken in this session of how it hears, answers and sounds, as the JSON of the
            event that asks for it; "" while it has taken nothing. Instructions and tools are not in it.
    """

    update: str = ""


AgreedNotice: TypeAlias = SessionAgreed

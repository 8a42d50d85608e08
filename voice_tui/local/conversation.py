"""What a brain is told: who said what, as far as it was really heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution.

    Attributes:
        role: Who.
        text: What was said; of an interrupted answer only what the listener heard. "" where the user was not
            understood.
        interrupted: Whether the assistant was cut off here.
    """

    role: Literal["user", "assistant", "system"]
    text: str
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything an answer is made from.

    Attributes:
        instructions: What the session tells the assistant to be.
        turns: Oldest first.
        response_instructions: What this one answer is told instead, "" where nothing.
    """

    instructions: str
    turns: tuple[Turn, ...]
    response_instructions: str = ""

    @property
    def last_user_text(self) -> str:
        """The user's newest words, "" where there are none."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

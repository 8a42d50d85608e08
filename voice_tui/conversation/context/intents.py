"""What a user can want of the context."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Pin:
    """Never summarise or delete an item; None: the other way round. A tool's call and output go together."""

    item_id: str
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class SummariseNow:
    """Summarise everything but pinned items and the newest turns, at the next pause."""


@dataclass(frozen=True, slots=True)
class UndoSummary:
    """Put the items of the last summary back as text; possible until the user's next turn."""


@dataclass(frozen=True, slots=True)
class EditSummary:
    """Give the summary other words."""

    text: str


@dataclass(frozen=True, slots=True)
class SetContext:
    """Change settings (see `ContextSettings`); None leaves one as it is."""

    mode: str | None = None
    budget: int | None = None
    keep_turns: int | None = None
    summary_words: int | None = None
    topic_mode: str | None = None
    topic_threshold: float | None = None
    topic_min_words: int | None = None


class How(StrEnum):
    """What becomes of the old topic."""

    CARRY_ON = "carry_on"
    START_CLEAN = "start_clean"
    """Delete everything before the turn that changed the topic, but pinned items, system messages and the summary."""
    SUMMARISE = "summarise"


@dataclass(frozen=True, slots=True)
class NewTopic:
    """Go on with another topic."""

    how: How


@dataclass(frozen=True, slots=True)
class ChangeInstructions:
    """Tell the assistant to be somebody else, at once; placeholders are filled as in the profile."""

    text: str


ContextIntent: TypeAlias = Pin | SummariseNow | UndoSummary | EditSummary | SetContext | NewTopic | ChangeInstructions

"""What a user can want of the memory. The drivers act on it, but for `ExtractFacts`, which is the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.conversation.memory_notices import FoundFact


@dataclass(frozen=True, slots=True)
class ExtractFacts:
    """Look for facts in what was said since the last time, but for the items to ``skip``; answered by `FactsFound`."""

    skip: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListFacts:
    """The facts that a text finds; all of them, newest first, where it is empty."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class ListTalks:
    """The conversations."""


@dataclass(frozen=True, slots=True)
class KeepFacts:
    """Store these of the proposed facts; the others are not proposed again."""

    facts: tuple[FoundFact, ...]


@dataclass(frozen=True, slots=True)
class EditFact:
    """Give a fact other words."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class DeleteFact:
    """Delete a fact, at once."""

    id: int


@dataclass(frozen=True, slots=True)
class RestoreFact:
    """Put a fact back that was deleted in this run."""

    id: int


@dataclass(frozen=True, slots=True)
class ExportMemory:
    """Write everything to a new file, as JSON."""

    path: str


@dataclass(frozen=True, slots=True)
class WipeMemory:
    """Delete everything."""


@dataclass(frozen=True, slots=True)
class SetPrivate:
    """Store nothing from now on, or store again; None: the other way round."""

    on: bool | None = None


MemoryRequest: TypeAlias = (
    ListFacts | ListTalks | KeepFacts | EditFact | DeleteFact | RestoreFact | ExportMemory | WipeMemory | SetPrivate
)

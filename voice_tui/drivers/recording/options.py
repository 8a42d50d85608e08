"""How conversations are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GIGABYTE = 1_000_000_000
LIMIT = 4 * GIGABYTE  # eight hours


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """How conversations are kept.

    Attributes:
        folder: Each recording is a folder in it.
        limit: Bytes that all of them may take; the oldest go first.
        always: It begins with the conversation.
        secrets: Are taken out of everything that is written.
        beside: Files are written by a thread of their own; else at once, where time is virtual.
    """

    folder: Path
    limit: int = LIMIT
    always: bool = False
    secrets: Iterable[str] = ()
    beside: bool = True

"""What a check found: one line, how bad it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """Not as one may want it, and a conversation can be held all the same."""
    WARNING = "warning"
    PROBLEM = "problem"
    """A conversation can't be held, or not as it is configured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line.

    Attributes:
        name: What was looked at.
        grade: How bad it is.
        words: What was found.
        advice: What to do, "" for nothing.
        facts: Figures and names for programs; no secrets.
    """

    name: str
    grade: Grade
    words: str
    advice: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

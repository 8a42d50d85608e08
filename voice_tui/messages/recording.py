"""Recordings: what a user can want of them, and what is told. The drivers act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Record:
    """Keep the conversation from now on, or no longer; None: the other way round."""

    on: bool | None = None


@dataclass(frozen=True, slots=True)
class RecordingChanged:
    """The conversation is being kept, or no longer.

    Attributes:
        on: It is.
        folder: Where; "" before there was any.
        problem: Why it ended though nobody wanted that, or is not all that it should be, one line; "" for nothing.
    """

    on: bool
    folder: str = ""
    problem: str = ""


RecordingRequest: TypeAlias = Record
RecordingNotice: TypeAlias = RecordingChanged

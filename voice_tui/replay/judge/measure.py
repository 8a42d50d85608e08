"""A measure is a row: its name, what it says, and how it is taken from a timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.replay.judge.figures import Figure
from voice_tui.replay.judge.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Measure:
    """One of them.

    Attributes:
        key: In JSON, and what a table is sorted by.
        words: What it says, for people, in a few words.
        meaning: The same in a sentence.
        take: Gives the figure; None where the timeline lacks what it needs, so that it is not shown.
        more_is_worse: Which end is the bad one.
        needs: What is missing where it gives none.
    """

    key: str
    words: str
    meaning: str
    take: Callable[[Timeline], Figure | None]
    more_is_worse: bool = True
    needs: str = ""

"""Tables of tests that are too long to be run whole each time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

C = TypeVar("C")


def taking_turns(rows: Collection[str], columns: Sequence[C], name: Callable[[C], str] = str) -> list[ParameterSet]:
    """Each row with each column: one pair a row is tested always, by the columns in turn; the others are outside."""
    return [
        pytest.param(
            row,
            column,
            id=f"{row}-{name(column)}",
            marks=() if place == turn % len(columns) else pytest.mark.outside,
        )
        for turn, row in enumerate(rows)
        for place, column in enumerate(columns)
    ]

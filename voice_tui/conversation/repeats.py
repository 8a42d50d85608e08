"""What is said again and again is told once, and then counted."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

QUIET_S: Final = 2.0
"""After so long without it the same is news again."""
COUNT_S: Final = 0.25
"""A count that grows is told at most so often."""
BEGINNING: Final = 150
"""Characters of a line that was cut by which it is known again."""

# Ids and figures: they differ from one error to the next, and the error is the same.
_NAMES = re.compile(r"\b(?:event|item|msg|resp|sess|conv|call|req)[_-][\w-]+|[\w-]*\d[\w-]*")

T = TypeVar("T")


def alike(text: str) -> str:
    """What two texts have in common that say the same of different things.

    Where a long one was cut depends on its ids and figures, so of that only the beginning counts.
    """
    same = _NAMES.sub("#", text)
    return same[:BEGINNING] if text.endswith("…") else same


@dataclass(slots=True)
class _Said(Generic[T]):
    what: T
    count: int
    told: int
    at: float
    told_at: float


class Repeats(Generic[T]):
    """Counts what is said in a row; the time, in s, comes from the caller and never runs backwards."""

    def __init__(self) -> None:
        self._said: dict[Hashable, _Said[T]] = {}

    def take(self, key: Hashable, what: T, now: float) -> bool:
        """Somebody says this.

        Args:
            key: What makes two of them the same.
            what: What is told, now or with its count; the last one counts.
            now: s.

        Returns:
            Whether it is news, and to be told at once. Else `due` gives it later.
        """
        said = self._said.get(key)
        if said is None or now - said.at >= QUIET_S:
            self._said[key] = _Said(what, 1, 1, now, now)
            return True
        said.what, said.at = what, now
        said.count += 1
        return False

    def due(self, now: float) -> list[tuple[T, int]]:
        """What was said again since it was told, and how often by now; to be told now."""
        if not self._said:
            return []
        out = self._untold(now, now - COUNT_S)
        self._said = {key: said for key, said in self._said.items() if now - said.at < QUIET_S}
        return out

    def rest(self) -> list[tuple[T, int]]:
        """What `due` would still have given: it is over."""
        return self._untold(0.0, float("inf"))

    def _untold(self, now: float, told_before: float) -> list[tuple[T, int]]:
        out = []
        for said in self._said.values():
            if said.count > said.told and said.told_at <= told_before:
                said.told, said.told_at = said.count, now
                out.append((said.what, said.count))
        return out

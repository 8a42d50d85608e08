"""What is remembered of things that come without end: the newest of them."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def newest(kept: dict[K, V], most: int) -> dict[K, V]:
    """The same, without its oldest entries where there are more than so many."""
    while len(kept) > most:
        del kept[next(iter(kept))]
    return kept

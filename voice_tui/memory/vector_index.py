"""The vectors of all facts in one matrix, so that a question is compared with all of them at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.memory.embedding import Vectors

FIRST_ROWS = 256


class VectorIndex:
    """Vectors by fact and revision; adding and removing one does not copy the others."""

    def __init__(self) -> None:
        self._rows: Vectors = np.zeros((0, 0), np.float32)
        self._ids: list[int] = []
        self._place: dict[int, int] = {}
        self._revision: dict[int, int] = {}

    def __contains__(self, fact: int) -> bool:
        return fact in self._place

    def __len__(self) -> int:
        return len(self._ids)

    def put(self, fact: int, revision: int, vector: Vectors) -> None:
        """Add the vector of a fact, or replace it."""
        place = self._place.get(fact, len(self._ids))
        if place == len(self._rows):
            self._grow(len(vector))
        if place == len(self._ids):
            self._ids.append(fact)
        self._rows[place], self._place[fact], self._revision[fact] = vector, place, revision

    def drop_outdated(self, revisions: dict[int, int]) -> None:
        """Remove the facts that are gone, or are of another revision."""
        for fact in [f for f, revision in self._revision.items() if revisions.get(f) != revision]:
            self._remove(fact)

    def nearest(self, vector: Vectors, count: int) -> list[tuple[int, float]]:
        """Facts with their scalar product with a vector, the highest first."""
        if not self._ids:
            return []
        # Not `@`: BLAS would spread this over all cores and wait for the busy ones (1 ms against 20 beside a talk).
        products: NDArray[np.float32] = np.einsum("ij,j->i", self._rows[: len(self._ids)], vector)
        best = np.argpartition(-products, min(count, len(products)) - 1)[:count]
        best = best[np.argsort(-products[best], kind="stable")]
        return [(self._ids[i], float(products[i])) for i in best]

    def product(self, fact: int, vector: Vectors) -> float:
        """The scalar product with one fact's vector; 0 if it has none yet."""
        place = self._place.get(fact)
        return 0.0 if place is None else float(self._rows[place] @ vector)

    def _remove(self, fact: int) -> None:
        """The last row takes the place of the removed one."""
        place, last = self._place.pop(fact), self._ids.pop()
        del self._revision[fact]
        if last != fact:
            self._ids[place], self._place[last] = last, place
            self._rows[place] = self._rows[len(self._ids)]

    def _grow(self, dimensions: int) -> None:
        rows = np.zeros((max(FIRST_ROWS, 2 * len(self._rows)), dimensions), np.float32)
        if self._ids:
            rows[: len(self._ids)] = self._rows
        self._rows = rows

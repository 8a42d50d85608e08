"""How late the generator itself is: what it says of a server is worth nothing where it is late itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

BIN_S = 0.000_1
VOID_S = 0.010
"""A generator whose 99th percentile is later than this has measured itself: half a frame of 20 ms."""


class Lag:
    """How late frames were handed to the network, counted in steps of 0.1 ms.

    Args:
        counts: Step → frames, of another one.
    """

    def __init__(self, counts: Iterable[tuple[int, int]] = ()) -> None:
        self._counts = Counter(dict(counts))

    def add(self, seconds: float) -> None:
        """A frame was so late, s."""
        self._counts[int(seconds / BIN_S) if seconds > 0 else 0] += 1

    def merge(self, other: Lag) -> None:
        """Add what another generator counted."""
        self._counts.update(other._counts)

    @property
    def frames(self) -> int:
        """How many were counted."""
        return self._counts.total()

    def percentile(self, share: float) -> float:
        """So late were ``share`` of the frames at most, s; 0 where there were none."""
        wanted, seen = share * self.frames, 0
        for step in sorted(self._counts):
            seen += self._counts[step]
            if seen >= wanted:
                return (step + 1) * BIN_S
        return 0.0

    def packed(self) -> list[tuple[int, int]]:
        """The counts, for the constructor of another process."""
        return list(self._counts.items())

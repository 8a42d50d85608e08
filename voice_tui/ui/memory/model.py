"""A list that the memory's screen shows: what was listed, and what was deleted since one looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class Numbered(Protocol):
    """A fact or a conversation."""

    @property
    def id(self) -> int:
        """Its number."""
        ...


T = TypeVar("T", bound=Numbered)


class RowList(Generic[T]):
    """Rows in their order; a deleted one stays in sight, so that it can be taken back."""

    def __init__(self) -> None:
        self.rows: list[T] = []
        self.total: int | None = None
        """How many are in the memory; None while nobody has said."""
        self._gone: dict[int, T] = {}  # in the order in which they were deleted

    def take(self, listed: Sequence[T], total: int, *, current: bool) -> None:
        """Take over a list.

        Args:
            listed: What was found.
            total: How many there are in all.
            current: It is what is searched for now: what was deleted stays where it was.
        """
        rows = list(listed)
        known = {row.id for row in rows}
        for place, row in enumerate(self.rows):
            if self.gone(row) and row.id not in known and current:
                rows.insert(min(place, len(rows)), row)
        self.rows, self.total = rows, total

    def at(self, row: int) -> T | None:
        """What stands in a row."""
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def gone(self, row: T | None) -> bool:
        """Whether it was deleted here."""
        return row is not None and row.id in self._gone

    @property
    def struck(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._gone)

    def delete(self, row: T | None) -> int | None:
        """Strike a row; gives its id, None if there is nothing to delete."""
        if row is None or self.gone(row):
            return None
        self._gone[row.id] = row
        return row.id

    def undo(self, row: T | None) -> int | None:
        """Take back a deleted row, else the one deleted last; gives its id, None if there is none."""
        if not self._gone:
            return None
        number = row.id if row is not None and self.gone(row) else next(reversed(self._gone))
        del self._gone[number]
        return number

    def clear(self) -> None:
        """Everything was wiped."""
        self.rows.clear()
        self._gone.clear()

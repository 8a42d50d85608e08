"""Rows in conversation order, for everybody who follows `RowChanged` and `RowRemoved`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Row, RowChanged, RowRemoved


def place(after: str | None, index_of: Callable[[str], int | None], count: int) -> int:
    """Where among ``count`` others a row stands: the one rule of their order.

    Args:
        after: The row that it names as the one before it: behind that one; first where it names none; last where it
            names one that is not there (it was removed meanwhile, or the listener came late).
        index_of: Where a row is, None where it is not there.
        count: How many others there are.
    """
    if after is None:
        return 0
    index = index_of(after)
    return count if index is None else index + 1


class RowOrder:
    """The rows as they stand."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._rows: dict[str, Row] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[row_id] for row_id in self._ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rows, in order."""
        return tuple(self._ids)

    def get(self, row_id: str) -> Row | None:
        """A row by its id."""
        return self._rows.get(row_id)

    def observe(self, notice: Notice) -> bool:
        """Follow a notice; True when it was about a row."""
        match notice:
            case RowChanged(row, after):
                self._place(row, after)
            case RowRemoved(row_id):
                if self._rows.pop(row_id, None) is not None:
                    self._ids.remove(row_id)
            case _:
                return False
        return True

    def _place(self, row: Row, after: str | None) -> None:
        if self._rows.get(row.item_id) is not None:
            at = self._ids.index(row.item_id)
            if (self._ids[at - 1] if at else None) == after:
                self._rows[row.item_id] = row
                return
            del self._ids[at]
        self._rows[row.item_id] = row
        self._ids.insert(place(after, self._index_of, len(self._ids)), row.item_id)

    def _index_of(self, row_id: str) -> int | None:
        return self._ids.index(row_id) if row_id in self._ids else None

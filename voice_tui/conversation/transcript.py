"""The transcript: rows in conversation order, which is not the order in which things arrive."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from voice_tui.conversation.bus import Bus
from voice_tui.conversation.notices import Row, RowChanged, RowRemoved

LABELS = {"user": "You", "assistant": "Assistant", "system": "System"}


class Transcript:
    """Keeps one row per message item and tells every change.

    Order follows ``previous_item_id``. An item whose predecessor is not known yet stands at the end and moves when the
    predecessor comes. Items without a row (function calls) keep their place in the chain.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._order: list[str] = []
        self._rows: dict[str, Row] = {}
        self._waiting: dict[str, list[str]] = {}
        self._unnamed: deque[str] = deque()  # committed placeholders, oldest first
        self._placeholders = 0

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._rows

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[i] for i in self._order if i in self._rows)

    def row(self, item_id: str) -> Row | None:
        """The row of an item."""
        return self._rows.get(item_id)

    @property
    def last(self) -> str | None:
        """The item at the end."""
        return self._order[-1] if self._order else None

    def open(self, item_id: str, role: str, **changes: Any) -> None:
        """Make sure that an item has a row; a new one stands at the end."""
        if item_id in self._rows:
            self.update(item_id, **changes)
            return
        if item_id not in self._order:
            self._order.append(item_id)
        self._rows[item_id] = replace(Row(item_id, role, LABELS.get(role, role.title())), **changes)
        self._tell(item_id)
        self._adopt(item_id)

    def place(self, item_id: str, previous: str | None) -> None:
        """Put an item behind ``previous``; None says nothing (services leave it out where they should not)."""
        if previous is None:
            if item_id not in self._order:
                self._order.append(item_id)
                self._adopt(item_id)
            return
        if previous not in self._order:
            self._waiting.setdefault(previous, []).append(item_id)
            if item_id not in self._order:
                self._order.append(item_id)
                self._adopt(item_id)
            return
        if previous == item_id:
            return
        old = self._order.index(item_id) if item_id in self._order else None
        if old is not None and old > 0 and self._order[old - 1] == previous:
            return
        if old is not None:
            del self._order[old]
        self._order.insert(self._order.index(previous) + 1, item_id)
        self._tell(item_id)
        self._adopt(item_id)

    def update(self, item_id: str, **changes: Any) -> None:
        """Change fields of a row, if it is there and they differ."""
        row = self._rows.get(item_id)
        if row is None:
            return
        changed = replace(row, **changes)
        if changed != row:
            self._rows[item_id] = changed
            self._tell(item_id)

    def open_unnamed(self, role: str, **changes: Any) -> str:
        """Open a placeholder for something the server has no item for yet; returns its id."""
        self._placeholders += 1
        item_id = f"local_{self._placeholders}"
        self.open(item_id, role, pending=True, **changes)
        return item_id

    def await_name(self, placeholder: str) -> None:
        """A placeholder's audio was committed: the next item that the server commits is its."""
        self._unnamed.append(placeholder)

    def named(self, item_id: str) -> None:
        """The server committed an item: the oldest placeholder that waits becomes it."""
        if self._unnamed:
            self.rename(self._unnamed.popleft(), item_id)

    def rename(self, old: str, new: str) -> None:
        """A local placeholder became the server's item ``new``."""
        if old not in self._rows:
            return
        if new in self._order:
            self.remove(old)
            return
        self._order[self._order.index(old)] = new
        row = self._rows.pop(old)
        self._rows[new] = replace(row, item_id=new)
        self._bus.notify(RowRemoved(old))
        self._tell(new)
        self._adopt(new)

    def remove(self, item_id: str) -> None:
        """Forget an item."""
        if item_id in self._unnamed:
            self._unnamed.remove(item_id)
        if item_id in self._order:
            self._order.remove(item_id)
        if self._rows.pop(item_id, None) is not None:
            self._bus.notify(RowRemoved(item_id))

    def _adopt(self, item_id: str) -> None:
        for child in self._waiting.pop(item_id, []):
            self.place(child, item_id)

    def _tell(self, item_id: str) -> None:
        row = self._rows.get(item_id)
        if row is None:
            return
        at = self._order.index(item_id)
        after = next((i for i in reversed(self._order[:at]) if i in self._rows), None)
        self._bus.notify(RowChanged(row, after))

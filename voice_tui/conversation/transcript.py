"""The transcript: rows in conversation order, which is not the order in which things arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import dropwhile, islice
from typing import Any

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.talk import Row, RowChanged, RowRemoved

ONLY_THE_SERVER = "only the server heard a voice: not answered"  # the note of a turn that is no part of the talk
LABELS = {"user": "You", "assistant": "AI", "system": "System"}


class Transcript:
    """Keeps one row for each contribution and tells every change.

    Order follows what the endpoint says stands before what. A row whose predecessor is not known yet stands at the end
    and moves when the predecessor comes. What has no row (a tool's call) keeps its place in the chain.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._order: list[str] = []
        self._rows: dict[str, Row] = {}
        self._since: dict[str, float] = {}  # when each row came
        self._previous: dict[str, str] = {}  # item -> what the server says it stands behind
        self._unnamed: dict[str, None] = {}  # committed placeholders, oldest first
        self._placeholders = 0
        self.version = 0
        """Grows with every change."""
        self.forgotten: set[str] = set()
        """Rows of what the endpoint does not hold any more: it was deleted, to make room or because nobody heard it."""

        self._refused: set[str] = set()  # rows of what the endpoint did not take: it puts nothing behind them

        self.removed: set[str] = set()
        """Rows that were taken away: no late word brings one back."""

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._rows

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[i] for i in self._order if i in self._rows)

    def row(self, item_id: str) -> Row | None:
        """The row of an item."""
        return self._rows.get(item_id)

    def since(self, item_id: str) -> float:
        """When the row of an item came, s on the driver's clock; now where it has none."""
        return self._since.get(item_id, self._outbox.now)

    @property
    def order(self) -> tuple[str, ...]:
        """All items in conversation order, those without a row too."""
        return tuple(self._order)

    @property
    def last(self) -> str | None:
        """The item at the end."""
        return self._order[-1] if self._order else None

    def open(self, item_id: str, role: str, **changes: Any) -> None:
        """Make sure that an item has a row; a new one stands at the end."""
        if item_id in self._rows:
            self.update(item_id, **changes)
            return
        self._rows[item_id] = replace(Row(item_id, role, LABELS.get(role, role.title())), **changes)
        self._since[item_id] = self._outbox.now
        if item_id in self._order:
            self._tell(item_id)
        else:
            self._append(item_id)

    def place(self, item_id: str, previous: str | None) -> None:
        """Put an item behind ``previous``; None says nothing (services leave it out where they should not)."""
        self._refused.discard(item_id)
        if item_id not in self._order:
            self._append(item_id)
        if previous is None or self._leads_to(previous := self._behind_unheld(previous), item_id):
            return
        self._previous[item_id] = previous
        if previous in self._order:
            self._move(item_id, previous)

    def _behind_unheld(self, previous: str) -> str:
        """What an item stands behind on the screen, if the server, which does not hold some, puts it there."""
        if previous not in self._order:
            return previous
        at = self._order.index(previous) + 1
        while at < len(self._order) and (self._order[at] in self.forgotten or self._order[at] in self._refused):
            at += 1
        return self._order[at - 1]

    def _append(self, item_id: str) -> None:
        """A new item stands at the end; those that waited for it stand behind it."""
        self._order.append(item_id)
        self._tell(item_id)
        self._gather(item_id)

    def _gather(self, item_id: str) -> None:
        for child in [i for i, previous in self._previous.items() if previous == item_id and i in self._order]:
            self._move(child, item_id)

    def _leads_to(self, item_id: str, end: str) -> bool:
        """Whether an item stands behind ``end``, by what the server says: a circle must not be closed."""
        at: str | None = item_id
        while at is not None and at != end:
            at = self._previous.get(at)
        return at == end

    def _move(self, item_id: str, previous: str) -> None:
        """Put an item, with what stands behind it, directly behind ``previous``."""
        at = self._order.index(item_id)
        if at > 0 and self._order[at - 1] == previous:
            return
        end, block = at + 1, {item_id}
        while end < len(self._order) and self._previous.get(self._order[end]) in block:
            block.add(self._order[end])
            end += 1
        moved = self._order[at:end]
        del self._order[at:end]
        behind = self._order.index(previous) + 1
        self._order[behind:behind] = moved
        for moved_id in moved:
            self._tell(moved_id)

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
        """A placeholder's audio was committed: the next turn that the endpoint names is its."""
        self._unnamed[placeholder] = None

    def forget_names(self) -> None:
        """The endpoint that was to name turns is gone."""
        self._unnamed.clear()

    def forget_name(self, placeholder: str) -> None:
        """The endpoint refused the commit of a placeholder: it will not be named."""
        self._unnamed.pop(placeholder, None)
        self.refused(placeholder)

    def refused(self, item_id: str) -> None:
        """The endpoint did not take an item whose row stays: it keeps its place, though no other is put behind it."""
        self._refused.add(item_id)

    def named(self, item_id: str) -> bool:
        """The server committed an item: the oldest placeholder that waits becomes it; False when none waits."""
        oldest = next(iter(self._unnamed), None)
        if oldest is None:
            return False
        del self._unnamed[oldest]
        self.rename(oldest, item_id)
        return True

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
        self._since[new] = self._since.pop(old)
        self._outbox.notify(RowRemoved(old))
        self._tell(new)
        self._gather(new)

    def remove(self, item_id: str) -> None:
        """Forget an item."""
        self.version += 1
        self.removed.add(item_id)
        self._unnamed.pop(item_id, None)
        if item_id in self._order:
            self._order.remove(item_id)
        self._since.pop(item_id, None)
        if self._rows.pop(item_id, None) is not None:
            self._outbox.notify(RowRemoved(item_id))

    def _tell(self, item_id: str) -> None:
        self.version += 1
        row = self._rows.get(item_id)
        if row is None:
            return
        before = dropwhile(lambda other: other != item_id, reversed(self._order))  # what changes is mostly near the end
        after = next((i for i in islice(before, 1, None) if i in self._rows), None)
        self._outbox.notify(RowChanged(row, after))

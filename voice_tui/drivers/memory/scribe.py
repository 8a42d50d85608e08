"""Writes the conversation down as it happens: each item once it is final, and again whenever it changes later."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from voice_tui.drivers.memory.thread import Memory, MemoryThread
from voice_tui.memory.subjects import tells
from voice_tui.messages.context import ContextChanged, SummaryMade
from voice_tui.messages.link import LinkChanged
from voice_tui.messages.memory import RETOLD
from voice_tui.messages.notices import Notice
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import Row, RowChanged, RowRemoved

Submitted = Callable[[Future[Any]], None]
ROLES = ("user", "assistant")
UNLABELLED = ("You", "AI")


class Scribe:
    """One conversation on its way into the store; it begins with its first item.

    Every method returns at once. What is not final yet is nowhere but here.

    Args:
        pen: The thread that writes; it does nothing else, so that an item never waits for a model.
        submitted: Takes every request's future.
    """

    def __init__(self, pen: MemoryThread, submitted: Submitted) -> None:
        self._pen, self._submitted = pen, submitted
        self.private = False
        """Store nothing."""
        self.talk: int | None = None
        """The conversation, once something of it is stored."""
        self._endpoint = ""
        self._rows = RowOrder()
        self._written: dict[str, Row] = {}
        self._unwritable: set[str] = set()  # they were seen in private
        self._pinned: frozenset[str] = frozenset()
        self._summary: SummaryMade | None = None  # until it is told which items it stands for

    def observe(self, notice: Notice) -> None:
        """Follow the conversation."""
        match notice:
            case LinkChanged(endpoint=endpoint):
                self._endpoint = endpoint or self._endpoint
            case RowChanged(row):
                self._rows.observe(notice)
                self._changed(row)
            case RowRemoved():
                self._rows.observe(notice)
            case ContextChanged(items=items):
                self._pin(frozenset(i.item_id for i in items if i.pinned))
                self._summarised([i.item_id for i in items if not i.in_server])
            case SummaryMade() if not self.private:
                self._summary = notice

    @property
    def unwritten(self) -> frozenset[str]:
        """What was said in private, or before everything was wiped."""
        return frozenset(self._unwritable)

    def end(self, topic: str) -> None:
        """It is over; ``topic`` says what it was about, "" if nobody knows."""
        if not self._written:
            return
        if not topic and not any(row.role == "user" and tells(row.text) for row in self._written.values()):
            self._write(lambda m, talk: m.store.conversations.delete(talk))  # nothing was said in it
            return
        title = None if self.private else topic or None
        self._write(lambda m, talk: m.store.conversations.end(talk, title=title))

    def wiped(self) -> None:
        """The store is empty: what was written before is not written again, what comes is a new conversation."""
        self._unwritable |= set(self._written)
        self._written.clear()
        self.talk = None

    # ---- rows

    def _changed(self, row: Row) -> None:
        if row.role not in ROLES or row.item_id.startswith(RETOLD):  # of another conversation, where it stays
            return
        if self.private:
            self._unwritable.add(row.item_id)
        if row.pending or row.item_id in self._unwritable or not (row.text.strip() or row.item_id in self._written):
            return
        before = self._written.get(row.item_id)
        if before is not None and _said(before) == _said(row):
            return
        self._written[row.item_id] = row
        if before is None:
            self._add(row)
        else:
            self._write(lambda m, talk: m.store.conversations.update_item(talk, row.item_id, **_said(row)))

    def _add(self, row: Row) -> None:
        order = [item_id for item_id in self._rows.ids if item_id in self._written]
        at = order.index(row.item_id) + 1
        behind = {item_id: place for place, item_id in enumerate(order, 1) if place > at}
        pinned = row.item_id in self._pinned

        def add(memory: Memory, talk: int) -> None:
            items = memory.store.conversations
            items.add_item(talk, row.item_id, row.role, pinned=pinned, **_said(row))
            if behind:  # a transcript that came later than the answer to it
                for item_id, place in {row.item_id: at, **behind}.items():
                    items.update_item(talk, item_id, position=place)

        self._write(add)

    def _pin(self, pinned: frozenset[str]) -> None:
        for item_id in (self._pinned ^ pinned) & self._written.keys() if not self.private else ():
            self._write(partial(_pin, item_id=item_id, on=item_id in pinned))
        self._pinned = pinned

    def _summarised(self, gone: list[str]) -> None:
        """Keep the summary that stands for these items; one that tells what was said in private is not kept."""
        made, self._summary = self._summary, None
        items = [item_id for item_id in gone if item_id in self._written]
        if made is None or not items or not self._unwritable.isdisjoint(gone):
            return
        covers = {"first_item": items[0], "last_item": items[-1]}
        tokens = {"tokens_before": made.before, "tokens_after": made.after}
        self._write(lambda m, talk: m.store.conversations.add_summary(talk, made.text, **covers, **tokens))  # type: ignore[arg-type]  # by name

    # ---- writing

    def _write(self, request: Callable[[Memory, int], object]) -> None:
        self._submitted(self._pen.submit(lambda memory: self._in_talk(memory, request)))

    def _in_talk(self, memory: Memory, request: Callable[[Memory, int], object]) -> None:
        """On the thread. Another process may have wiped the store: then it is a new conversation."""
        if self.talk is None:
            self.talk = memory.store.conversations.begin(endpoint=self._endpoint)
        try:
            request(memory, self.talk)
        except sqlite3.IntegrityError:
            self.talk = memory.store.conversations.begin(endpoint=self._endpoint)
            request(memory, self.talk)


def _pin(memory: Memory, talk: int, *, item_id: str, on: bool) -> None:
    memory.store.conversations.update_item(talk, item_id, pinned=on)


def _said(row: Row) -> dict[str, Any]:
    """What the store keeps of a row: of a cut answer what was heard."""
    speaker = "" if row.speaker in UNLABELLED else row.speaker
    cut = {} if row.cut is None else {"heard_ms": row.cut.heard_ms, "total_ms": row.cut.received_ms}
    return {"speaker": speaker, "text": row.text, **cut}

"""Replacing items at the server: the new ones first, and only when they are there the old ones go.

- A new item is refused, or not confirmed in time: those that did come are deleted again. Nothing has changed.
- Every deletion is refused: the same.
- Some deletions are refused: the new items stay, for they stand for what is gone; what was not deleted is there twice.
- The connection is lost before all new items are there: nothing has changed. Afterwards: it is done, as the next
  session is told the new items and not the old ones.

Old items go when nobody speaks and nothing is under way, so that no answer reads half of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.context.items import HeldItems
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, ConversationItemCreate, ConversationItemDelete
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Item

PATIENCE_S = 5.0  # a server that has not answered by then does not
UNANSWERED = "the server did not answer"
LOST = "the connection was lost"
ROOT = "root"


@dataclass(frozen=True, slots=True)
class New:
    """An item to be created behind another."""

    item: Item
    previous: str = ROOT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        gone: Items that the server does not hold any more.
        kept: Items that it refused to delete.
        reason: Why everything is as it was; "" when it worked.
    """

    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    reason: str = ""


class _Step(StrEnum):
    CREATING = "creating"
    PAUSE = "waiting for a pause"
    DELETING = "deleting"


@dataclass(slots=True)
class _Work:
    new: list[New]
    old: list[str]
    done: Callable[[Outcome], None]
    step: _Step = _Step.CREATING
    sent: float = 0.0
    waiting: dict[str, str] = field(default_factory=dict)  # event id → item that is not confirmed
    gone: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # item → reason


class Exchange:
    """One replacement at a time."""

    def __init__(self, outbox: Outbox, sender: EventSender, book: HeldItems) -> None:
        self._outbox, self._sender, self._book = outbox, sender, book
        self._work: _Work | None = None
        self._ours: set[str] = set()  # deletions of ours that the server may still confirm
        self._ignored: set[str] = set()  # event ids whose errors mean nothing

    @property
    def active(self) -> bool:
        """Something is being replaced."""
        return self._work is not None

    def deleting(self, item_id: str) -> bool:
        """The server has been told to delete this item and has not answered."""
        work = self._work
        return work is not None and work.step is _Step.DELETING and item_id in work.waiting.values()

    def begin(self, new: list[New], old: list[str], done: Callable[[Outcome], None]) -> None:
        """Replace items; `done` is told what came of it.

        Args:
            new: To be created, in this order.
            old: To be deleted.
            done: Called once.
        """
        self._work = work = _Work(new, old, done, sent=self._outbox.now)
        for one in new:
            event = ConversationItemCreate(item=one.item, previous_item_id=one.previous)
            work.waiting[self._send(event)] = str(one.item.id)
        if not new:
            self._delete(work)

    def added(self, item_id: str) -> None:
        """The server confirmed an item."""
        work = self._work
        if work is None or work.step is not _Step.CREATING or item_id not in work.waiting.values():
            return
        work.waiting = {event: i for event, i in work.waiting.items() if i != item_id}
        if not work.waiting:
            work.step = _Step.PAUSE

    def deleted(self, item_id: str) -> bool:
        """The server deleted an item; True when it was ours to delete."""
        if item_id not in self._ours:
            return False
        self._ours.discard(item_id)
        work = self._work
        if work is not None and work.step is _Step.DELETING and item_id in work.waiting.values():
            work.waiting = {event: i for event, i in work.waiting.items() if i != item_id}
            work.gone.append(item_id)
            self._book.deleted(item_id, keep_row=True)
            self._settle(work)
        else:
            self._book.deleted(item_id, keep_row=True)  # a late word still counts
        return True

    def _send(self, event: ClientEvent) -> str:
        return self._sender.send(event, refused=self._refused)

    def _refused(self, error: ErrorDetails) -> bool:
        work, event_id = self._work, error.event_id or ""
        if event_id in self._ignored:
            self._ignored.discard(event_id)
            return True
        if work is None or event_id not in work.waiting:
            return False
        item_id = work.waiting.pop(event_id)
        if work.step is _Step.CREATING:
            self._roll_back(work, error.message)
        else:
            self._ours.discard(item_id)
            if "not found" in error.message or "invalid_item_id" in (error.code or ""):
                work.gone.append(item_id)  # it is gone already
                self._book.deleted(item_id, keep_row=True)
            else:
                work.refused[item_id] = error.message
            self._settle(work)
        return True

    def tick(self, *, free: bool) -> None:
        """Go on when nobody speaks, and wait no longer for a server that does not answer."""
        work = self._work
        if work is None:
            return
        if work.step is _Step.PAUSE:
            if free:
                self._delete(work)
        elif self._outbox.now - work.sent >= PATIENCE_S:
            if work.step is _Step.CREATING:
                self._roll_back(work, UNANSWERED)
            else:
                work.refused |= dict.fromkeys(work.waiting.values(), UNANSWERED)
                work.waiting = {}
                self._settle(work)

    def connection_lost(self) -> None:
        """The session is gone, with everything that was sent to it."""
        work, self._work = self._work, None
        self._ours.clear()
        self._ignored.clear()
        if work is None:
            return
        if work.step is _Step.CREATING:
            for one in work.new:
                self._book.deleted(str(one.item.id), keep_row=False)
            work.done(Outcome(reason=LOST))
        else:
            work.old = self._unpinned(work)
            for item_id in work.old:
                self._book.deleted(item_id, keep_row=True)
            work.done(Outcome(tuple(work.old)))

    def _unpinned(self, work: _Work) -> list[str]:
        """What may still be deleted: the user can have pinned some of it since."""
        pinned = {i.item_id for i in self._book.items() if i.pinned}
        return [item_id for item_id in work.old if item_id not in pinned]

    def _delete(self, work: _Work) -> None:
        work.old = self._unpinned(work)
        if not work.old:
            self._roll_back(work, "everything that was to go is pinned now")
            return
        work.step, work.sent = _Step.DELETING, self._outbox.now
        for item_id in work.old:
            work.waiting[self._send(ConversationItemDelete(item_id=item_id))] = item_id
        self._ours |= set(work.old)
        self._settle(work)

    def _settle(self, work: _Work) -> None:
        if work.waiting:
            return
        if work.refused and not work.gone:
            self._roll_back(work, next(iter(work.refused.values())))
            return
        self._work = None
        work.done(Outcome(tuple(work.gone), tuple(work.refused)))

    def _roll_back(self, work: _Work, reason: str) -> None:
        """Take the new items away again; those of which nothing was heard may be there too."""
        self._work = None
        self._ignored |= set(work.waiting)
        for one in work.new:
            item_id = str(one.item.id)
            self._ours.add(item_id)
            self._ignored.add(self._send(ConversationItemDelete(item_id=item_id)))
            self._book.deleted(item_id, keep_row=item_id in self._book.transcript.order)
        work.done(Outcome(reason=reason))

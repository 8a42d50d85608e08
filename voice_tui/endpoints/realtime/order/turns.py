"""The user's side put in order: each turn is heard, ends, is committed and becomes an item, by one name.

Servers leave each of these events out, or do not name the turn, or name it twice. What is missing is made up for as
soon as what follows it shows that it must have happened, or when it has not come for a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.order.names import Names
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.order.words import WORDS, TurnWords
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item

STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED, ADDED = "input_audio_buffer.committed", "conversation.item.added"
COMMIT_S = 2.0  # a server that has heard the end of a turn and has not committed it by then does not
NAME_S = 6.0  # ... and one that has not named a turn of ours
QUIET_S = 12.0  # nobody speaks for so long: a turn that goes on has ended (a patient server waits for 8 s)
ABOUT_ITEMS = (
    *(se.ConversationItemAdded, se.ConversationItemDone, se.ConversationItemRetrieved),
    *(se.ConversationItemTruncated, se.ConversationItemDeleted),
)


def spoken(item_id: str) -> Item:
    """A turn as an item, of which nothing more is known."""
    part = ContentPart("input_audio", transcript=None)
    return Item("message", id=item_id, role="user", status="completed", content=[part])


class TurnOrder:
    """Follows the turns that the server finds, and those of our own making.

    Args:
        outbox: Of the conversation.
        oddities: Take what is to be said.
        names: Of all items.
        finds: The server is to find the turns.
        unnamed: When the oldest turn of our own making was committed that the server has not named, s; None: none.
        loud_at: When the microphone was last louder than silence, s.
    """

    def __init__(
        self,
        outbox: Outbox,
        oddities: Oddities,
        names: Names,
        finds: Callable[[], bool],
        unnamed: Callable[[], float | None],
        loud_at: Callable[[], float],
    ) -> None:
        self._outbox, self._oddities, self._names = outbox, oddities, names
        self._finds, self._unnamed, self._loud_at = finds, unnamed, loud_at
        self.used: set[str] = set()
        """Names that an item has or had, by the server's word; another session may use them again."""
        self._open = ""  # the turn that is being heard, by our name
        self._began_nameless = False  # the server did not name it when it began
        self._began, self._began_ms = 0.0, 0  # on our clock, and on that of what was sent
        self._stopped: float | None = None
        self._answered = False  # an answer has begun since the turn did
        self._last = ""  # the newest committed turn
        self._last_ms = 0  # where the turn before ended
        self._late: set[str] = set()  # turns of which something was taken as read, and may still be said
        self._nameless = ""  # a committed turn that the server has not named yet
        self._items: dict[str, str | None] = {}  # committed, and no item yet → what it stands behind
        self._spoken = TurnWords(outbox, oddities, names, self.used.__contains__)

    def mend(self, event: Any) -> Iterator[Any]:
        """An event with what must have come before it; every item in it has our name."""
        match event:
            case se.InputSpeechStarted():
                yield from self._start(event)
            case se.InputSpeechStopped():
                yield from self._stop(event)
            case se.BufferCommitted():
                yield from self._commit(event)
            case se.BufferCleared():
                self._open, self._stopped = "", None
                yield event
            case se.TimeoutTriggered():
                self._open, self._stopped = self._own(event.item_id or "", "timeout_triggered"), self._outbox.now
                yield msgspec.structs.replace(event, item_id=self._open)
            case se.ConversationItemAdded(item=Item(type="message", role="user")):
                yield from self._enter(event)
            case se.ResponseCreated():
                self._answered = True
                yield from self._missing_items()
                yield event
            case _ if isinstance(event, WORDS):
                yield from self._words(event)
            case _ if isinstance(event, ABOUT_ITEMS):
                event = self._names.read(event)
                if isinstance(event, se.ConversationItemDeleted):
                    self._spoken.gone(event.item_id)
                yield event
            case _:
                yield event

    def tick(self) -> Iterator[Any]:
        """What has not come for too long."""
        now, committed = self._outbox.now, self._unnamed()
        if committed is not None and now - committed >= NAME_S:
            self._oddities.tell(COMMITTED, "it does not come for a turn that was committed: taken as read")
            yield from self._commit(se.BufferCommitted(item_id=""), made_up=True)
        yield from self._spoken.tick(self._open)
        if not self._open or not self._finds():
            return
        if self._stopped is None:
            if now - max(self._began, self._loud_at()) < QUIET_S:
                return
            self._oddities.tell(
                STOPPED, f"it does not come, though nobody has spoken for {QUIET_S:.0f} s: taken as read"
            )
            self._stopped, self._last_ms = now, self._now_ms()
            yield se.InputSpeechStopped(audio_end_ms=self._last_ms, item_id=self._open)
        elif now - self._stopped >= COMMIT_S:
            if self._answered:  # it was committed, and nobody said so
                self._open, self._stopped = "", None
                return
            self._oddities.tell(COMMITTED, "it does not come: the turn counts as committed")
            yield from self._commit(se.BufferCommitted(item_id=self._open), made_up=True)

    def forget(self) -> None:
        """Another detector takes over."""
        self._open, self._stopped = "", None

    def connection_lost(self) -> None:
        """What was under way comes to nothing."""
        self.forget()
        self._nameless, self._last, self._last_ms = "", "", 0
        self._items.clear()
        self._late.clear()
        self._spoken.connection_lost()

    # ---- one turn

    def _start(self, event: se.InputSpeechStarted) -> Iterator[Any]:
        theirs = event.item_id or ""
        if not self._finds():
            yield event
            return
        ours = self._names.ours(theirs)
        if ours in self._late and ours != self._open and event.audio_start_ms < self._last_ms:
            return  # it was taken as read
        if not theirs or ours != self._open:
            ours = self._own(theirs, STARTED)
        self._open, self._stopped, self._answered = ours, None, False
        self._began_nameless = not theirs
        self._began, self._began_ms = self._outbox.now, event.audio_start_ms
        yield msgspec.structs.replace(event, item_id=ours)

    def _stop(self, event: se.InputSpeechStopped) -> Iterator[Any]:
        theirs = event.item_id or ""
        if not self._finds() or self._names.ours(theirs) in self.used:
            yield self._names.read(event)
            return
        if not self._open:
            yield from self._heard_nothing_of(theirs, STOPPED)
        self._same(theirs, STOPPED)
        self._stopped, self._last_ms = self._outbox.now, event.audio_end_ms
        yield msgspec.structs.replace(event, item_id=self._open)

    def _commit(self, event: se.BufferCommitted, *, made_up: bool = False) -> Iterator[Any]:
        theirs, event = event.item_id or "", self._names.read(event)
        late = self._nameless and not (made_up or self._open) and self._unnamed() is None
        if late and theirs and theirs not in self.used:
            self._name(theirs)  # it was taken as read
            return
        by_hand, known = self._unnamed() is not None, self._names.ours(theirs)
        twice = known in self._items or known in self._late or (known == self._last and not self._answered)
        if not (by_hand or self._open) and theirs and twice:
            self._late.discard(known)
            return  # it is said twice, or was taken as read
        if by_hand or not self._finds():
            ours = self._names.new("turn") if made_up and not theirs else self._own(theirs, COMMITTED)
        else:
            if not self._open:
                yield from self._heard_nothing_of(theirs, COMMITTED)
            ours = self._open
            self._same(theirs, COMMITTED)
            if self._stopped is None:
                self._oddities.tell(STOPPED, f"it does not come before {COMMITTED}: taken as read")
                self._last_ms = self._now_ms()
                yield se.InputSpeechStopped(audio_end_ms=self._last_ms, item_id=ours)
        if made_up:
            self._late.add(ours)
        self._open, self._stopped, self._answered, self._last = "", None, False, ours
        self.used.add(ours)
        if not (theirs and by_hand):  # a turn before one of our own making may still get its name
            self._nameless = ours if self._names.made_up(ours) else ""
        self._items[ours] = event.previous_item_id
        yield msgspec.structs.replace(event, item_id=ours)
        yield from self._spoken.whole(ours)

    def _enter(self, event: se.ConversationItemAdded) -> Iterator[Any]:
        event = self._names.read(event)
        item = event.item
        ours = item.id if isinstance(item.id, str) else ""
        if not ours and self._items:
            self._oddities.tell(ADDED, "it names no item: it is that of the turn that was committed")
            ours = next(iter(self._items))
        if not any(part.type == "input_audio" for part in item.content or []):
            self.used.add(ours)
            yield event
            return
        if (turn := self._before_it(event)) and ours not in self.used:
            self._oddities.tell(ADDED, "it names another item than the turn that was committed: they count as one")
            ours = turn
        elif self._nameless and ours not in self._items:
            self._name(ours)
            ours = self._nameless or self._names.ours(ours)
        elif ours not in self._items and ours not in self.used and (self._finds() or self._unnamed() is not None):
            self._oddities.tell(COMMITTED, f"it does not come before {ADDED}: the turn counts as committed")
            made_up = se.BufferCommitted(item_id=ours, previous_item_id=event.previous_item_id)
            yield from self._commit(made_up, made_up=True)
            ours = self._names.ours(ours)
        self._items.pop(ours, None)
        self.used.add(ours)
        yield msgspec.structs.replace(event, item=msgspec.structs.replace(item, id=ours))

    def _before_it(self, event: se.ConversationItemAdded) -> str:
        """The one turn that waits for its item, if it stands where this one does: behind the same; else ""."""
        same = event.previous_item_id and list(self._items.values()) == [event.previous_item_id]
        return next(iter(self._items)) if same else ""

    def _words(self, event: Any) -> Iterator[Any]:
        """Words may come before their turn is committed, and show which it is."""
        theirs = event.item_id or ""
        if self._open and self._began_nameless and self._is_new(theirs):
            self._names.call(theirs, self._open)  # words of a turn that is still being spoken
        self._name(theirs)
        ours = self._names.ours(theirs)
        if self._unnamed() is not None and ours not in self.used and ours != self._open:
            self._oddities.tell(COMMITTED, "it does not come before the words of a turn: the turn counts as committed")
            yield from self._commit(se.BufferCommitted(item_id=theirs), made_up=True)
        yield from self._spoken.mend(self._names.read(event), heard=self._open)

    def _missing_items(self) -> Iterator[Any]:
        for ours, previous in list(self._items.items()):
            self._oddities.tell(ADDED, "it does not come for what the user said: taken as read")
            del self._items[ours]
            yield se.ConversationItemAdded(item=spoken(ours), previous_item_id=previous)

    def _now_ms(self) -> int:
        """This moment on the clock of what was sent, as far as it is known."""
        return self._began_ms + round((self._outbox.now - self._began) * 1000)

    # ---- names

    def _heard_nothing_of(self, theirs: str, name: str) -> Iterator[Any]:
        """A turn that was never heard to begin."""
        self._oddities.tell(STARTED, f"it does not come before {name}: taken as read")
        self._late.add(theirs)
        yield from self._start(se.InputSpeechStarted(audio_start_ms=self._last_ms, item_id=theirs))

    def _own(self, theirs: str, name: str) -> str:
        """A name of its own for a turn that begins."""
        if theirs not in self.used and self._names.free(theirs):
            return theirs
        odd = f"the name {theirs!r} is used again" if theirs else "it names no item"
        self._oddities.tell(name, f"{odd}: the turn gets another name here")
        ours = self._names.new(theirs or "turn")
        self._names.call(theirs, ours)
        return ours

    def _same(self, theirs: str, name: str) -> None:
        """The server calls the turn that is heard so."""
        if not theirs:
            self._oddities.tell(name, "it names no item: it is about the turn that was heard")
        elif self._names.ours(theirs) != self._open:
            if not self._began_nameless:  # else that was told, and this is its name
                self._oddities.tell(name, "it names another item than the turn that was heard: they count as one")
            self._names.call(theirs, self._open)

    def _name(self, theirs: str) -> None:
        """The server names a turn that it had not named."""
        if self._nameless and self._is_new(theirs):
            self._names.call(theirs, self._nameless)
            self._nameless = ""

    def _is_new(self, theirs: str) -> bool:
        """Whether the server has called nothing by this name."""
        return theirs not in self.used and self._names.free(theirs)

"""The assistant's side put in order: a response begins, gets its items, each item its parts, and the response ends.

Servers leave each of these events out, or say them under another id, or use an id again. Whatever comes of an answer
comes behind its beginning here, by the name of its response and of an item that belongs to it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.order import renamed
from voice_tui.endpoints.realtime.order.kinds import CALL, MESSAGE, TYPES, UTTERED, typed
from voice_tui.endpoints.realtime.order.made import Made
from voice_tui.endpoints.realtime.order.names import Names
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.items import Item, Response

CREATED, DONE = "response.created", "response.done"
ITEM_ADDED, ADDED = "response.output_item.added", "conversation.item.added"
KEPT = 64  # responses that have ended and may still be named
PIECES = (
    *(se.OutputItemAdded, se.OutputItemDone, se.ContentPartAdded, se.ContentPartDone),
    *(se.OutputTextDelta, se.OutputTextDone, se.OutputAudioTranscriptDelta, se.OutputAudioTranscriptDone),
    *(se.OutputAudioDelta, se.OutputAudioDone, se.FunctionCallArgumentsDelta, se.FunctionCallArgumentsDone),
)
NOT_MADE = ("message", "function_call_output")
"""Types of items that others than the model put into a conversation; of messages the role says who did."""
CALLS = (se.FunctionCallArgumentsDelta, se.FunctionCallArgumentsDone)


class AnswerOrder:
    """Follows the one response that the conversation can have at a time.

    Args:
        outbox: Of the conversation.
        oddities: Take what is to be said.
        names: Of all items.
        used: Names that items of the user have; those of answers are added.
        stopped: Whether a response, by our name, was stopped: nothing more of it is to be heard.
        owed: Whether the server owes an answer that has not begun.
    """

    def __init__(
        self,
        outbox: Outbox,
        oddities: Oddities,
        names: Names,
        used: set[str],
        stopped: Callable[[str], bool],
        owed: Callable[[], bool],
    ) -> None:
        self._outbox, self._oddities, self._names, self._used = outbox, oddities, names, used
        self._stopped, self._owed = stopped, owed
        self._now: Made | None = None
        self._past: dict[str, Made] = {}
        self._early: set[str] = set()  # items that entered the conversation before any response had them
        self._number = 0

    def mend(self, event: Any) -> Iterator[Any]:
        """An event with what must have come before it."""
        event = typed(event, self._oddities.tell)
        match event:
            case se.ResponseCreated():
                yield from self._begin(event)
            case se.ResponseDone():
                yield from self._end(event)
            case se.ConversationItemAdded(item=item) if item.role == "assistant" or item.type not in NOT_MADE:
                yield from self._enter(event)
            case _ if isinstance(event, PIECES):
                yield from self._piece(event)
            case _:
                yield event

    def overdue(self, seconds: float) -> Iterator[Any]:
        """The end of a response of which nothing more has come for so long, though all of it is there."""
        now = self._now
        if now is not None and now.complete and self._outbox.now - now.heard >= seconds:
            self._oddities.tell(DONE, f"it does not come {seconds:.0f} s after all of the answer: taken as read")
            yield from self.close()

    def close(self, status: str = "completed") -> Iterator[Any]:
        """End the response that is being made: nobody waits for the server's word any more."""
        if self._now is not None:
            yield se.ResponseDone(response=Response(self._now.id, status))
            self._bury()

    def name(self, response_id: str) -> str:
        """What the server knows a response by, from our name; "" where that is not certain."""
        return next((made.name for made in self._all() if made.id == response_id), response_id)

    def called(self, response_id: str) -> bool:
        """Whether the server calls an answer so: the one that is being made, or one that has ended."""
        return any(made.called(response_id) for made in self._all())

    def elsewhere(self, response_id: str) -> None:
        """A response that was taken for one of the conversation's is beside it."""
        if self._now is not None and self._now.id == response_id:
            self._now = None

    def connection_lost(self) -> None:
        """Nothing more comes of any response."""
        self._now = None
        self._past.clear()
        self._early.clear()

    # ---- responses

    def _begin(self, event: se.ResponseCreated) -> Iterator[Any]:
        response = event.response
        if self._now is not None and self._now.called(response.id):
            return  # it was seen to begin before it was said
        if self._now is not None:
            self._oddities.tell(DONE, "it does not come before the next response.created: the answer counts as whole")
            yield from self.close()
        if not response.id:
            self._oddities.tell(CREATED, "it names no response: the next answer is taken for it")
            response = msgspec.structs.replace(response, id=self._new_id())
        self._open(response.id, made_up=not event.response.id)
        yield msgspec.structs.replace(event, response=response)

    def _end(self, event: se.ResponseDone) -> Iterator[Any]:
        response, now = event.response, self._now
        if now is None or response.id in self._past:
            owners = (self._owner("", renamed.key(item.id, 0)) for item in response.output)
            known = self._ended(response.id) or next((owner for owner in owners if owner), None)
            if known is not None:
                known.over = True
                yield renamed.done(event, id=known.id)
            elif any(item.type == "message" for item in response.output):
                yield from self._unannounced(response.id, DONE)
                yield from self._end(event)
            else:
                yield event
            return
        if not now.called(response.id):
            what = "it names another response than the one that began" if response.id else "it names no response"
            self._oddities.tell(DONE, f"{what}: it counts as its end")
        output: list[Item] = []
        messages = 0
        for place, item in enumerate(response.output):
            theirs = renamed.key(item.id, place)
            messages += item.type == "message"
            if theirs not in now.items and item.type == "message" and messages > now.messages:
                self._oddities.tell(DONE, "it has items that were not there before: they are shown")
                yield from self._piece(se.OutputItemDone(response_id=now.id, item=item, output_index=place))
            ours = now.items.get(theirs)
            output.append(item if ours is None else msgspec.structs.replace(item, id=ours))
        if response.status == "completed" and now.items and not now.complete:
            self._oddities.tell("response.output_item.done", "it does not come before response.done: taken as read")
        yield from self._missing_entries(now, [i for i in output if i.type == "message"])
        yield renamed.done(event, id=now.id, output=output)
        now.over = True
        self._bury()

    def _ended(self, response_id: str) -> Made | None:
        """The answer that has ended and is called so; by another name than its own only while none is being made."""
        past = self._past.get(response_id)
        if past is None and response_id and self._now is None:
            past = next((made for made in reversed(self._past.values()) if made.called(response_id)), None)
        return past

    def _unannounced(self, response_id: str, name: str) -> Iterator[Any]:
        self._oddities.tell(CREATED, f"it does not come before {name}: the answer begins there")
        ours = response_id or self._new_id()
        self._open(ours, made_up=not response_id)
        yield se.ResponseCreated(response=Response(ours))

    def _open(self, response_id: str, *, made_up: bool) -> None:
        self._past.pop(response_id, None)
        self._now = Made(response_id, made_up, heard=self._outbox.now)

    def _bury(self) -> None:
        if self._now is not None:
            self._past[self._now.id] = self._now
            self._now = None
            newest(self._past, KEPT)

    def _new_id(self) -> str:
        self._number += 1
        return f"response_{self._number}"

    # ---- items

    def _piece(self, event: Any) -> Iterator[Any]:
        name = event.__struct_config__.tag
        theirs = renamed.key(event.item.id if hasattr(event, "item") else event.item_id, event.output_index)
        answer = self._owner(event.response_id, theirs)
        stopped = answer is not None and self._stopped(answer.id)
        if answer is None or (theirs not in answer.items and self._now is not None and not stopped):
            if self._now is None:
                yield from self._unannounced(event.response_id, name)
            answer = self._now
            assert answer is not None
            self._call(answer, event.response_id, name)
        elif theirs not in answer.items and not stopped:
            self._oddities.tell(name, "it comes after response.done: the answer goes on")
            yield from self._resume(answer)
        answer.heard = self._outbox.now
        ours = answer.items.get(theirs)
        if isinstance(event, se.OutputItemAdded):
            if ours is not None:
                return  # it was seen before it was said
            ours = self._own(answer, theirs, event.item.type, ITEM_ADDED)
            if renamed.nameless(theirs):
                answer.nameless.add(ours)
            if ours == theirs or ours in answer.nameless:  # else nobody knows what it will be called
                answer.announced[ours] = event.output_index
            yield renamed.piece(event, answer.id, ours)
            return
        kind = event.item.type if isinstance(event, se.OutputItemDone) else ""
        kind = kind or (CALL if isinstance(event, CALLS) else MESSAGE)
        if ours is None and (ours := answer.going_on(event.output_index, kind)) is not None:
            if ours not in answer.nameless:
                self._oddities.tell(name, "it names another item than the one that began: it is taken for its own")
            self._adopt(answer, theirs, ours)
        if ours is None:
            ours = self._own(answer, theirs, kind, name)
            self._oddities.tell(ITEM_ADDED, f"it does not come before {name}: the item begins there")
            role = "assistant" if kind == MESSAGE else msgspec.UNSET
            yield se.OutputItemAdded(response_id=answer.id, item=Item(kind, id=ours, role=role))
        elif isinstance(event, UTTERED) and answer.types[ours] not in TYPES:
            self._oddities.tell(name, "it belongs to an item of no known type: that is taken for a message")
            answer.types[ours] = MESSAGE
            yield se.OutputItemAdded(response_id=answer.id, item=Item(MESSAGE, id=ours, role="assistant"))
        if ours in answer.announced:
            answer.announced[ours] = event.output_index  # it may have been said wrongly when it began
        if isinstance(event, se.OutputItemDone):
            answer.done.add(ours)
            yield from self._missing_entries(answer, [msgspec.structs.replace(event.item, id=ours)])
        yield renamed.piece(event, answer.id, ours)

    def _owner(self, response_id: str, theirs: str) -> Made | None:
        """The answer that has ended and is spoken of again; None: it is the one being made, or a new one."""
        if self._now is not None and (response_id == self._now.id or theirs in self._now.items):
            return None
        past, now = self._ended(response_id), self._now
        if past is not None and now is None and past.over and theirs not in past.items and self._owed():
            return None  # it calls its answers all alike
        if past is None and not (now is not None and now.called(response_id)) and not renamed.nameless(theirs):
            past = next((a for a in reversed(self._past.values()) if theirs in a.items), None)
        return past

    def _call(self, answer: Made, response_id: str, name: str) -> None:
        """What is said of the answer under this name is about the one that is being made."""
        if answer.called(response_id):
            return
        answer.also.add(response_id)
        what = "it names another response than the one that began" if response_id else "it names no response"
        self._oddities.tell(name, f"{what}: it is taken for its own")

    def _resume(self, answer: Made) -> Iterator[Any]:
        del self._past[answer.id]
        self._now = answer
        yield se.ResponseCreated(response=Response(answer.id))

    def _enter(self, event: se.ConversationItemAdded) -> Iterator[Any]:
        """An answer's item is in the conversation: by the server's name of the newest item that it calls so."""
        event = self._names.read(event)
        item, now = event.item, self._now
        if now is not None and not item.content and item.id not in self._used and (ours := now.unnamed(item.type)):
            self._adopt(now, str(item.id), ours)
            event = self._names.read(event)
        item_id = str(event.item.id)
        owner = next((m for m in self._all() if item_id in m.items.values()), None)
        (self._early if owner is None else owner.entered).add(item_id)
        yield event

    def _adopt(self, answer: Made, theirs: str, ours: str) -> None:
        """The server calls an item of an answer so too: in the conversation, where it has no other name there."""
        answer.items[theirs] = ours
        if ours in answer.nameless or (theirs in self._early and ours not in answer.entered):
            self._names.call(theirs, ours)
        if theirs in self._early:
            self._early.discard(theirs)
            answer.entered.add(ours)
        answer.nameless.discard(ours)

    def _all(self) -> list[Made]:
        return [*([self._now] if self._now is not None else []), *self._past.values()]

    def _missing_entries(self, answer: Made, items: list[Item]) -> Iterator[Any]:
        for item in items:
            if item.id not in answer.entered:
                answer.entered.add(str(item.id))
                self._oddities.tell(ADDED, "it does not come for an item of an answer: taken as read")
                content: Any = [] if item.type == "message" else msgspec.UNSET
                yield se.ConversationItemAdded(item=msgspec.structs.replace(item, content=content))

    def _own(self, answer: Made, theirs: str, kind: str, name: str) -> str:
        """A name for an item that no other has."""
        ours = theirs
        if renamed.nameless(theirs):
            ours = self._names.new("item")
            self._oddities.tell(name, "it names no item: it gets a name here")
        elif theirs in self._used or not self._names.free(theirs):
            ours = self._names.new(theirs)
            self._names.call(theirs, ours)
            self._oddities.tell(name, f"the name {theirs!r} is used again: the item gets another name here")
        if ours in self._early:
            answer.entered.add(ours)
            self._early.discard(ours)
        answer.items[theirs] = ours
        answer.types[ours] = kind
        self._used.add(ours)
        return ours

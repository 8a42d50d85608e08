"""Asking the model something beside the conversation: responses out of band, of which the listener learns nothing.

One at a time. They are told apart from answers by a mark in ``metadata``; where a server does not give it back, by
their ``conversation_id``, which is null. All their events are taken here, before anything else sees them. They come as
text where an answer comes as sound: that tells apart what began without a name while an answer is owed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from msgspec import UNSET

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ResponseCancel, ResponseCreate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Response, ResponseParams
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.plain_text import extended

MARK = "voice_tui_aside"
PATIENCE_S = 20.0  # without a sign of life
LOST = "the connection was lost"
GIVEN_UP = "given up"

TEXTS = (se.OutputTextDelta, se.OutputTextDone)
WRITTEN = (se.OutputItemAdded, se.ContentPartAdded, se.OutputTextDelta, se.OutputTextDone)
"""What can begin a response that is written."""
TEXT_PARTS = ("text", "output_text")

Done: TypeAlias = Callable[[str, str], None]
"""Takes the text, and why there is none ("" when there is one)."""


@dataclass(slots=True)
class _Aside:
    purpose: str
    params: dict[str, Any]
    done: Done
    mark: str
    event_id: str = ""
    response_id: str = ""
    heard: float = 0.0  # when the server last gave a sign
    nameless: bool = False  # its beginning was said, and not what it is called
    passed: bool = False  # a response has come that was taken for an older one's
    texts: dict[str, str] = field(default_factory=dict)  # by item


class OutOfBand:
    """Asks beside the conversation.

    Args:
        outbox: Of the conversation.
        sender: Of the session.
        ended: Called when a response of ours has ended: a server that makes only one at a time has room again.
        alone: Whether the conversation makes no answer, and none is owed.
        answers: Whether the server calls an answer of the conversation so.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: EventSender,
        ended: Callable[[], None],
        alone: Callable[[], bool],
        answers: Callable[[str], bool],
    ) -> None:
        self._outbox, self._sender, self._ended = outbox, sender, ended
        self._alone, self._answers = alone, answers
        self._held: list[se.OutputItemAdded] = []  # whose they are shows with what comes next of their response
        self._now: _Aside | None = None
        self._queue: deque[_Aside] = deque()
        self._responses: set[str] = set()  # all that were ours, those that were given up too
        self._items: set[str] = set()
        self._unbegun = 0  # given up before they began: they may still come
        self._number = 0
        self._marks = True
        self._nulls = True  # only what is out of band has a null conversation_id, as far as we have seen

    @property
    def active(self) -> bool:
        """Something is being asked."""
        return self._now is not None

    def ask(
        self, purpose: str, instructions: str, items: list[dict[str, Any]], done: Done, max_output_tokens: int = 1_024
    ) -> None:
        """Ask, as soon as nothing else is being asked.

        Args:
            purpose: For the usage.
            instructions: In place of the session's.
            items: Raw items: all that the model is shown.
            done: Called once, within `ask` when there is no session.
            max_output_tokens: Where the model has to stop; a text that is cut off there is a failure.
        """
        if not self._outbox.live:
            done("", "not connected")
            return
        self._number += 1
        params = {"instructions": instructions, "input": items, "max_output_tokens": max_output_tokens}
        self._queue.append(_Aside(purpose, params, done, str(self._number)))
        self._next()

    def _next(self) -> None:
        if self._now is None and self._queue:
            self._now = self._queue.popleft()
            self._send(self._now)

    def _send(self, aside: _Aside) -> None:
        params = ResponseParams(
            conversation="none",
            output_modalities=["text"],
            tools=[],
            metadata={MARK: aside.mark} if self._marks else UNSET,
            **aside.params,
        )
        aside.heard = self._outbox.now
        aside.event_id = self._sender.send(ResponseCreate(response=params), refused=self._refused)

    # ---- what comes of it

    def purpose_of(self, event: object) -> str:
        """What a response that has ended was asked for; "" where it is none of ours."""
        if not isinstance(event, se.ResponseDone):
            return ""
        now, response = self._now, event.response
        begun = now is not None and now.response_id == response.id
        failed = now is not None and not now.response_id and self._mark(response) == now.mark  # before it was created
        if now is not None and (begun or failed):
            return now.purpose
        return GIVEN_UP if response.id in self._responses or self._mark(response) else ""

    def takes(self, event: object) -> bool:
        """Take an event, if it is about a response of ours: nobody else must see it."""
        match event:
            case se.ResponseCreated(response=response):
                return self._created(response)
            case se.ResponseDone(response=response):
                return self._finished(response)
            case se.ConversationItemAdded(item=item) | se.ConversationItemDone(item=item):
                return item.id in self._items
        self._named_by(event)
        if self._holds(event):
            return True
        if getattr(event, "response_id", None) not in self._responses:
            return False
        if isinstance(event, se.OutputItemAdded):
            self._items.add(str(event.item.id))
        if self._now is not None and getattr(event, "response_id", None) == self._now.response_id:
            self._now.heard = self._outbox.now
            self._collect(self._now, event)
        return True

    def _named_by(self, event: object) -> None:
        """A response of ours that began without a name has that of a piece that can be nobody else's."""
        aside = self._unnamed
        if aside is None or not isinstance(event, WRITTEN) or not event.response_id:
            return
        text = isinstance(event, TEXTS) or (isinstance(event, se.ContentPartAdded) and event.part.type in TEXT_PARTS)
        if self._alone() or (text and not self._answers(event.response_id)):
            aside.response_id = event.response_id
            self._responses.add(event.response_id)
            self._items |= {str(item.item.id) for item in self._held if item.response_id == event.response_id}

    @property
    def _unnamed(self) -> _Aside | None:
        """What is being asked, where it has begun and nobody has said yet what it is called."""
        now = self._now
        return now if now is not None and now.nameless and not now.response_id else None

    def _holds(self, event: object) -> bool:
        """Keep an item back that may be of an answer that is owed, or of what began without a name."""
        if self._unnamed is None or not isinstance(event, se.OutputItemAdded) or event.item.type != "message":
            return False
        known = not event.response_id or event.response_id in self._responses or self._answers(event.response_id)
        if not known:
            self._held.append(event)
        return not known

    def released(self, event: object) -> list[se.OutputItemAdded]:
        """What was kept back and has its place before this event, which is none of ours."""
        of = {getattr(event, "response_id", ""), getattr(getattr(event, "response", None), "id", "")}
        held = [each for each in self._held if each.response_id not in self._responses]
        free = [each for each in held if self._unnamed is None or each.response_id in of]
        self._held = [each for each in held if each not in free]
        return free

    @staticmethod
    def _collect(aside: _Aside, event: object) -> None:
        match event:
            case se.OutputTextDelta(item_id=item_id, delta=delta):
                aside.texts[item_id] = extended(aside.texts.get(item_id, ""), delta)
            case se.OutputTextDone(item_id=item_id, text=text):
                aside.texts[item_id] = text

    def _created(self, response: Response) -> bool:
        mark = self._mark(response)
        now = self._now
        waiting = now is not None and not now.response_id
        if mark is None and not ((waiting or self._unbegun) and self._nulls and self._apart(response)):
            self._nulls &= not self._apart(response)
            return False
        if not response.id:  # a piece or its end says what it is called
            if now is not None and (mark == now.mark if mark is not None else not self._unbegun):
                now.nameless = True
            return True
        self._responses.add(response.id)
        # Without a mark, what was given up comes first: an answer to another question must not be taken for this one's.
        ours = mark == now.mark if now is not None and mark is not None else waiting and not self._unbegun
        if now is not None and not now.response_id and ours:
            now.response_id, now.heard = response.id, self._outbox.now
        else:
            self._unbegun = max(0, self._unbegun - 1)
            if now is not None:
                now.passed = True
            self._sender.send(ResponseCancel(response_id=response.id))
        return True

    @staticmethod
    def _mark(response: Response) -> str | None:
        found = (given(response.metadata, None) or {}).get(MARK)
        return None if found is None else str(found)

    @staticmethod
    def _apart(response: Response) -> bool:
        """Whether it is out of band, where no mark says so: no conversation, and no mark of anybody's."""
        return response.conversation_id is None and not given(response.metadata, None)

    def _finished(self, response: Response) -> bool:
        now = self._now
        if now is not None and not now.response_id and self._mark(response) == now.mark:
            now.response_id = response.id  # it failed before it was created
            self._responses.add(response.id)
        if response.id not in self._responses:
            return False
        if now is not None and now.response_id == response.id:
            written = " ".join(item.text for item in response.output if item.type == "message" and item.text)
            text = (written or "\n".join(now.texts.values())).strip()
            self._end(text, self._failure(response, text))
        self._ended()
        return True

    @staticmethod
    def _failure(response: Response, text: str) -> str:
        details = response.status_details or None
        if response.status == "completed":
            return "" if text else "the model wrote nothing"
        if details and details.error and details.error.message:
            return details.error.message
        reason = given(details.reason, "") if details else ""
        return f"the response was {response.status}{f': {reason}' if reason else ''}"

    def _end(self, text: str, reason: str) -> None:
        aside, self._now = self._now, None
        if aside is not None:
            aside.done("" if reason else text, reason)
        self._next()

    # ---- what can go wrong

    def _refused(self, error: ErrorDetails) -> bool:
        if self._now is None or error.event_id != self._now.event_id:
            return False
        if self._marks and "metadata" in f"{error.param} {error.message}":
            self._marks = False
            self._send(self._now)
        else:
            self._end("", error.message)
        return True

    def tick(self) -> None:
        """Wait no longer for a server that gives no sign."""
        if self._now is None or self._outbox.now - self._now.heard < PATIENCE_S:
            return
        if self._now.response_id:
            self._sender.send(ResponseCancel(response_id=self._now.response_id))
        elif not self._now.passed:  # else it was its own, and what was given up before never comes
            self._unbegun += 1
        self._end("", f"the server did not answer for {PATIENCE_S:.0f} s")

    def connection_lost(self) -> None:
        """Nothing will be answered."""
        asked = ([self._now] if self._now else []) + list(self._queue)
        self._now, self._unbegun, self._marks, self._nulls = None, 0, True, True
        self._queue.clear()
        self._responses.clear()
        self._items.clear()
        self._held.clear()
        for aside in asked:
            aside.done("", LOST)

"""Which event answers which: a table for what is told by names or by order, and responses from request to end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.messages.inspection import Glance

BY_ORDER = {
    "session.updated": "session.update",
    "transcription_session.updated": "transcription_session.update",
    "input_audio_buffer.committed": "input_audio_buffer.commit",
    "input_audio_buffer.cleared": "input_audio_buffer.clear",
}
"""Answers that name nothing, and what they answer: the oldest that is open."""
BY_ITEM = {
    "conversation.item.added": "conversation.item.create",
    "conversation.item.created": "conversation.item.create",
    "conversation.item.retrieved": "conversation.item.retrieve",
    "conversation.item.truncated": "conversation.item.truncate",
    "conversation.item.deleted": "conversation.item.delete",
}
"""Answers about an item, and what they answer."""
REQUEST, CANCEL, BEGUN, ENDED = "response.create", "response.cancel", "response.created", "response.done"
_ASKED = frozenset((*BY_ORDER.values(), *BY_ITEM.values(), REQUEST, CANCEL))
Fits: TypeAlias = Callable[[Glance], bool]
OPEN = 256  # questions of one kind that may be open; a server that never answers must cost no memory


@dataclass(slots=True)
class _Connection:
    """What is open on one.

    Attributes:
        asked: Events that wait for an answer, by their type, oldest first.
        names: Client's event id → the event.
        begun: Response id → the event that began it, while it lasts.
    """

    asked: dict[str, deque[tuple[int, Glance]]] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)


class Pairs:
    """Follows every event, in order."""

    def __init__(self) -> None:
        self._connections: dict[int, _Connection] = {}
        self._links: dict[int, tuple[int, ...]] = {}

    def of(self, number: int) -> tuple[int, ...]:
        """The events that it answers, and those that answer it, in order."""
        return self._links.get(number, ())

    def take(self, number: int, sent: bool, connection: int, glance: Glance) -> None:
        """Look at the next event."""
        on = self._connections.setdefault(connection, _Connection())
        if sent:
            self._asked(on, number, glance)
        else:
            self._answered(on, number, glance)

    def forget(self, first: int) -> None:
        """Events before this one are gone."""
        for number in [number for number in self._links if number < first]:
            del self._links[number]
        for number, linked in self._links.items():
            if linked[0] < first:
                self._links[number] = tuple(other for other in linked if other >= first)
        self._links = {number: linked for number, linked in self._links.items() if linked}

    def _asked(self, on: _Connection, number: int, glance: Glance) -> None:
        if glance.name:
            _keep(on.names, glance.name, number)
        if glance.type in _ASKED:
            waiting = on.asked.setdefault(glance.type, deque(maxlen=OPEN))
            waiting.append((number, glance))

    def _answered(self, on: _Connection, number: int, glance: Glance) -> None:
        kind = glance.type
        if glance.about and (asked := on.names.get(glance.about)) is not None:
            self._link(asked, number)
            for waiting in on.asked.values():
                _drop(waiting, asked)
        elif kind in BY_ORDER:
            self._settle(on, BY_ORDER[kind], number, lambda open_: True)
        elif kind in BY_ITEM:
            self._settle(on, BY_ITEM[kind], number, lambda open_: not open_.item or open_.item == glance.item)
        elif kind == BEGUN:
            marked = any(open_.mark == glance.mark for _, open_ in on.asked.get(REQUEST, ()))
            self._settle(on, REQUEST, number, lambda open_: not marked or open_.mark == glance.mark)
            _keep(on.begun, glance.response, number)
        elif kind == ENDED:
            if (begun := on.begun.pop(glance.response, None)) is not None:
                self._link(begun, number)
            newest = not on.begun
            while self._settle(
                on, CANCEL, number, lambda open_: open_.response == glance.response or (newest and not open_.response)
            ):
                pass

    def _settle(self, on: _Connection, kind: str, number: int, fits: Fits) -> bool:
        """The oldest question that fits has its answer; False: there is none."""
        waiting = on.asked.get(kind)
        for asked, open_ in waiting or ():
            if fits(open_):
                self._link(asked, number)
                assert waiting is not None
                _drop(waiting, asked)
                return True
        return False

    def _link(self, one: int, other: int) -> None:
        self._links[one] = (*self._links.get(one, ()), other)
        self._links[other] = tuple(sorted((*self._links.get(other, ()), one)))


def _drop(waiting: deque[tuple[int, Glance]], asked: int) -> None:
    found = next((each for each in waiting if each[0] == asked), None)
    if found is not None:
        waiting.remove(found)


def _keep(numbers: dict[str, int], name: str, number: int) -> None:
    numbers[name] = number
    newest(numbers, OPEN)

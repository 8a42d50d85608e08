"""The list of events as one looks at it: what passes the filter, what answers what. It reads on when it is asked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TypeAlias

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.wirestore import WireEvent, WireStore
from voice_tui.messages.inspection import Glance

SLICE = 400  # events that are looked at in one go: a few milliseconds
FORGET = 2_000  # links of events that are gone are dropped in one go

DIRECTIONS = ("", "client", "server")
"""What is listed: both ways, what was sent, what was received."""
_WAYS = {"client": 0, "server": 1}

Formats: TypeAlias = list[tuple[int, tuple[str, str]]]
"""From which event on the sound of a connection is encoded how, both ways."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What is listed.

    Attributes:
        words: Parts of types; one of them must be in it. With ``-`` before it none may be.
        audio: Events with sound are listed as well.
        direction: One of `DIRECTIONS`.
    """

    words: str = ""
    audio: bool = False
    direction: str = ""

    @property
    def narrow(self) -> bool:
        """More than sound is left out."""
        return bool(self.words.split() or self.direction)

    def passes(self, event: WireEvent, glance: Glance) -> bool:
        """Whether an event is listed."""
        if self.direction and event.direction != self.direction:
            return False
        if glance.audio and not self.audio:
            return False
        words = self.words.lower().split()
        kind = glance.type.lower()
        wanted = [word for word in words if not word.startswith("-")]
        unwanted = [word[1:] for word in words if len(word) > 1 and word.startswith("-")]
        return (not wanted or any(word in kind for word in wanted)) and not any(word in kind for word in unwanted)


class EventLog:
    """Follows a store, some events at a time.

    Args:
        store: Of the events.

    Attributes:
        paused: The list stands still; events are counted all the same.
    """

    def __init__(self, store: WireStore) -> None:
        self.store = store
        self.filter = Filter()
        self.paused = False
        self._pairing = store.inspection.pairing()
        self._formats: dict[int, Formats] = {}
        self._numbers: list[int] = []  # what passes the filter, oldest first
        self._looked_at = 0  # the newest event that was
        self._forgot = 0
        self._until = 0  # where a paused list ends

    # ---- reading on

    def read_on(self, most: int = SLICE) -> bool:
        """Look at events that are new; False: there are no more."""
        store = self.store
        first = store.first
        if self._numbers and self._numbers[0] < first:
            del self._numbers[: bisect_left(self._numbers, first)]
        if first - self._forgot >= FORGET:
            self._pairing.forget(first)
            self._forgot = first
        begin = max(self._looked_at + 1, first)
        end = min(store.last, begin + most - 1)
        for number in range(begin, end + 1):
            event = store.event(number)
            if event is not None:
                self._look(event, store.glance(event))
        self._looked_at = max(end, begin - 1)
        return self._looked_at < store.last

    def _look(self, event: WireEvent, glance: Glance) -> None:
        if event.direction in _WAYS:
            self._pairing.take(event.number, event.sent, event.connection, glance)
        if not event.sent and any(glance.formats):
            self._formats.setdefault(event.connection, []).append((event.number, glance.formats))
        if self.filter.passes(event, glance):
            self._numbers.append(event.number)

    @property
    def behind(self) -> int:
        """Events that were not looked at yet."""
        return self.store.last - max(self._looked_at, self.store.first - 1)

    # ---- the list

    @property
    def count(self) -> int:
        """Events in the list."""
        return bisect_right(self._numbers, self._until) if self.paused else len(self._numbers)

    @property
    def waiting(self) -> int:
        """Events that a paused list does not show."""
        return len(self._numbers) - self.count

    def at(self, place: int) -> WireEvent | None:
        """The event at a place of the list, None where there is none or it is gone by now."""
        return self.store.event(self._numbers[place]) if 0 <= place < self.count else None

    def place(self, number: int) -> int:
        """Where an event stands, or the next one that is listed; -1 in an empty list."""
        return min(bisect_left(self._numbers, number, 0, self.count), self.count - 1)

    def listed(self, number: int) -> bool:
        """Whether an event is in the list."""
        place = bisect_left(self._numbers, number, 0, self.count)
        return place < self.count and self._numbers[place] == number

    def after(self, number: int) -> int:
        """How many of the list came after an event."""
        return self.count - bisect_right(self._numbers, number, 0, self.count)

    def numbers(self) -> list[int]:
        """All in the list."""
        return self._numbers[: self.count]

    def sift(self, **changes: object) -> None:
        """List by another filter."""
        self.filter = replace(self.filter, **changes)  # type: ignore[arg-type]  # by the names of its fields
        kept = (self.store.event(number) for number in range(self.store.first, self._looked_at + 1))
        self._numbers = [
            event.number for event in kept if event is not None and self.filter.passes(event, self.store.glance(event))
        ]

    def pause(self, on: bool) -> None:
        """Let the list stand still, or go on."""
        self.paused, self._until = on, self._looked_at

    # ---- one event

    def linked(self, number: int) -> list[WireEvent]:
        """What an event answers, and what answers it, in order."""
        found = (self.store.event(other) for other in self._pairing.of(number))
        return [event for event in found if event is not None]

    def encoding(self, event: WireEvent) -> str:
        """How the sound in it is encoded, "" as usual."""
        formats = self._formats.get(event.connection, [])
        way = _WAYS.get(event.direction, 1)
        named = [both[way] for number, both in formats if number < event.number and both[way]]
        return named[-1] if named else ""

    def sound(self, event: WireEvent) -> Pcm | None:
        """The sound in it, None where nobody can decode it."""
        raw = self.store.raw(event)
        return self.store.inspection.sound(raw, self.encoding(event)) if raw is not None else None

    def latest(self, t: float) -> int:
        """The last event that had gone by at ``t``, s of the store's clock; 0: there is none."""
        numbers = range(self.store.first, self.store.last + 1)
        times = [event.t for number in numbers if (event := self.store.event(number)) is not None]
        at = bisect_right(times, t)
        return self.store.first + at - 1 if at else 0

    def about(self, item: str) -> int:
        """The event that cut an item of the conversation, else the last one about it; 0: there is none."""
        found = 0
        for number in range(self.store.last, self.store.first - 1, -1):
            event = self.store.event(number)
            glance = self.store.glance(event) if event is not None else None
            if event is not None and glance is not None and glance.item == item and not glance.audio:
                found = found or number
                if event.sent:
                    return number
        return found

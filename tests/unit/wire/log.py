"""A log in which everything is as it should be, to be broken in one place."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.wire.schema import Record
from tests.wire.story import Story

Wanted = Callable[[dict[str, Any]], bool]


class Log:
    """A log to be broken.

    Args:
        seed: Of its story, and of the place where it is broken.

    Attributes:
        records: The log.
    """

    def __init__(self, seed: int) -> None:
        self.records: list[Record] = json.loads(json.dumps(Story(seed).whole()))  # nothing is the same object twice
        self._rng = random.Random(seed)

    def event(self, index: int) -> dict[str, Any]:
        """The event of a record."""
        event: dict[str, Any] = self.records[index]["event"]
        return event

    def places(self, kind: str, wanted: Wanted = lambda _: True, start: int = 0) -> Iterator[int]:
        """Where there are events of a type, from ``start`` on."""
        for index in range(start, len(self.records)):
            if self.event(index)["type"] == kind and wanted(self.event(index)):
                yield index

    def somewhere(self, kind: str, wanted: Wanted = lambda _: True) -> int:
        """Somewhere where there is an event of a type; not one that was sent wrong on purpose."""
        return self._rng.choice([i for i in self.places(kind, wanted) if "expect" not in self.records[i]])

    def after(self, index: int, kind: str, wanted: Wanted = lambda _: True) -> int:
        """The next event of a type."""
        return next(self.places(kind, wanted, index + 1))

    def change(self, index: int, **fields: Any) -> int:
        """Give an event other fields."""
        self.event(index).update(fields)
        return index

    def insert(self, index: int, side: str, **event: Any) -> int:
        """Put an event in; it gets an id of its own."""
        record = {"dir": side, "dialect": "ga", "event": {"event_id": f"extra_{len(self.records)}", **event}}
        self.records.insert(index, record)
        return index

    def repeat(self, index: int, **fields: Any) -> int:
        """The same event once more, right behind itself."""
        record = self.records[index]
        return self.insert(index + 1, record["dir"], **{**without_id(record["event"]), **fields})

    def move(self, index: int, to: int) -> int:
        """Put an event elsewhere; ``to`` counts without it."""
        self.records.insert(to, self.records.pop(index))
        return to

    def drop(self, *indices: int) -> None:
        """Leave events out."""
        for index in sorted(indices, reverse=True):
            del self.records[index]


def without_id(event: dict[str, Any]) -> dict[str, Any]:
    return {name: deepcopy(value) for name, value in event.items() if name != "event_id"}


# Breaks a log; gives the index of the event on which the checker has to name the rule.
Breach = Callable[[Log], int]


def of(response: str) -> Wanted:
    """Whether an event belongs to a response."""
    return lambda event: event.get("response_id") == response

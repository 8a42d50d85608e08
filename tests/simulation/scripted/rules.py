"""What a server does otherwise than the wire says, a rule for each kind.

A rule looks at one event at a time, as JSON: of the server (`Rule.said`: what is sent in its place) or of the client
(`Rule.heard`: what it answers by itself, and whether the server is told at all).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
Heard: TypeAlias = tuple[list[Event], bool]
PASSED: Heard = ([], True)


class Rule:
    """It changes nothing; a rule overrides what it is about. One instance a connection (`fresh`)."""

    warm_up_s: float = 0.0
    """How long it takes until the server is there at all, s."""

    def fresh(self) -> Rule:
        """The rule for another connection, which remembers nothing of this one."""
        return copy.deepcopy(self)

    def said(self, event: Event) -> list[Event]:
        """What the client gets in place of an event of the server's."""
        return [event]

    def heard(self, event: Event) -> Heard:
        """What is answered to an event of the client's, and whether the server gets it (it may be changed)."""
        return PASSED


@dataclass
class LeavesOut(Rule):
    """Events that never come: by their type, or by how it begins ("response.content_part.*")."""

    name: str

    def said(self, event: Event) -> list[Event]:
        begins = self.name.removesuffix("*")
        hit = event["type"].startswith(begins) if begins != self.name else event["type"] == self.name
        return [] if hit else [event]


@dataclass
class Calls(Rule):
    """An event has another type."""

    name: str
    other: str

    def said(self, event: Event) -> list[Event]:
        return [event | {"type": self.other}] if event["type"] == self.name else [event]


@dataclass
class Without(Rule):
    """An event lacks a field ("item.id")."""

    name: str
    path: str

    def said(self, event: Event) -> list[Event]:
        if event["type"] == self.name:
            *parents, leaf = self.path.split(".")
            at: Any = event
            for parent in parents:
                at = at.get(parent) if isinstance(at, dict) else None
            if isinstance(at, dict):
                at.pop(leaf, None)
        return [event]


@dataclass
class Holds(Rule):
    """An event comes only behind the next one of another type."""

    name: str
    behind: str
    _held: list[Event] = field(default_factory=list)

    def said(self, event: Event) -> list[Event]:
        if event["type"] == self.name:
            self._held.append(event)
            return []
        if event["type"] == self.behind:
            held, self._held = self._held, []
            return [event, *held]
        return [event]


@dataclass
class Says(Rule):
    """In place of an event come others."""

    name: str
    change: Callable[[Event], list[Event]]

    def said(self, event: Event) -> list[Event]:
        return self.change(event) if event["type"] == self.name else [event]


@dataclass
class Renumbers(Rule):
    """Ids in a field of some events are others: each is what ``call`` makes of it."""

    names: tuple[str, ...]
    path: str
    call: Callable[[str], str]

    def said(self, event: Event) -> list[Event]:
        if event["type"] in self.names:
            *parents, leaf = self.path.split(".")
            at = event
            for parent in parents:
                at = at[parent]
            at[leaf] = self.call(at[leaf])
        return [event]


@dataclass
class Refuses(Rule):
    """An event of the client's is answered by an error, and nothing else comes of it."""

    name: str
    code: str | None = "not_implemented"
    named: bool = True
    applied: bool = False
    """It is carried out all the same."""

    def heard(self, event: Event) -> Heard:
        if event["type"] != self.name:
            return PASSED
        return [error(f"{self.name} is not implemented", event, code=self.code, named=self.named)], self.applied


@dataclass
class Ignores(Rule):
    """An event of the client's is answered by nothing."""

    name: str

    def heard(self, event: Event) -> Heard:
        return [], event["type"] != self.name


@dataclass
class Lacks(Rule):
    """A field of the session that it does not know: an update with it is refused as a whole.

    Attributes:
        path: Where it stands.
        refused: Which values are refused; None: all.
    """

    path: str
    refused: Any = None

    def heard(self, event: Event) -> Heard:
        if event["type"] != "session.update":
            return PASSED
        *parents, leaf = self.path.split(".")
        at: Any = event
        for parent in parents:
            at = at.get(parent) if isinstance(at, dict) else None
        if not isinstance(at, dict) or leaf not in at or (self.refused is not None and at[leaf] != self.refused):
            return PASSED
        return [error(f"Unknown parameter: '{self.path}'.", event, code="unknown_parameter", param=self.path)], False


@dataclass
class Forces(Rule):
    """A field of the session has always the same value, whatever the client asks, and that is what is echoed.

    Attributes:
        path: Where it stands.
        value: What it is.
        unasked: Also where the client says nothing about what is around it.
    """

    path: str
    value: Any
    unasked: bool = False

    def heard(self, event: Event) -> Heard:
        if event["type"] == "session.update":
            *parents, leaf = self.path.split(".")
            at: Any = event
            for parent in parents:
                at = at.setdefault(parent, {}) if self.unasked else at.get(parent) if isinstance(at, dict) else None
            if isinstance(at, dict):
                at[leaf] = self.value
        return PASSED


def error(
    message: str, event: Event, *, code: str | None = None, param: str | None = None, named: bool = True
) -> Event:
    """An error that answers an event of the client's."""
    details = {"type": "invalid_request_error", "code": code, "message": message, "param": param}
    return {
        "type": "error",
        "event_id": "event_scripted",
        "error": details | {"event_id": event.get("event_id") if named else None},
    }

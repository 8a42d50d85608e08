"""A server that spoils some of its events, whatever they are: a field is anything else, or not there."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.simulation.scripted.rules import Event, Rule
from tests.simulation.scripted.talk import plainly, talked, told
from tests.simulation.world import World

Path: TypeAlias = tuple[str | int, ...]

GONE = object()
VALUES: tuple[Any, ...] = (
    *(None, 5, "x", [], {}, math.nan, "\ud83d", True, -1.5, 1e308, GONE, [None], {"a": None}),
    *(10**30, "\x1b[2J", ""),
)
SHARE = 0.05  # of the events
STALLED = 1.5  # so many times the plain talk lasts no talk


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in an event, those that hold others too."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in places:
        yield (*path, place)
        yield from paths(inner, (*path, place))


@dataclass
class Mutates(Rule):
    """Some events have something else in one of their places; their type is never touched.

    Attributes:
        chance: Decides.
        done: (type, place, value) of each.
    """

    chance: random.Random
    done: list[tuple[str, Path, Any]]

    def fresh(self) -> Mutates:
        return self

    def said(self, event: Event) -> list[Event]:
        if self.chance.random() > SHARE:
            return [event]
        path = self.chance.choice([path for path in paths(event) if path != ("type",)])
        value = self.chance.choice(VALUES)
        self.done.append((event["type"], path, "gone" if value is GONE else value))
        mutated: Any = copy.deepcopy(event)
        at = mutated
        for place in path[:-1]:
            at = at[place]
        if value is GONE:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return [mutated]


@dataclass(frozen=True)
class Outcome:
    """What came of a talk with such a server.

    Attributes:
        faults: What did not hold.
        done: What was mutated.
        world: The talk; None where it came to no end.
    """

    faults: tuple[str, ...]
    done: tuple[tuple[str, Path, Any], ...]
    world: World | None


def mutated(seed: int, preset: str) -> Outcome:
    """The talk with a server that mutates, by seed."""
    rule = Mutates(random.Random(seed), [])
    world: World | None = None
    try:
        world = talked([rule], preset)
        faults = tuple(_faults(world, preset))
    except Exception as problem:
        faults = (f"{type(problem).__name__}: {str(problem)[:200]}",)
    return Outcome(faults, tuple(rule.done), world)


def _faults(world: World, preset: str) -> Iterator[str]:
    """Everybody has said what they say, in order; the barge-in has cut; nothing waits, and nothing stalled the talk."""
    plain = plainly(preset)
    roles = [role for role, _ in world.said]
    if roles != [role for role, _ in plain]:
        yield f"said is {world.said}"
    if waiting := [row.item_id for row in world.rows if row.pending]:
        yield f"{waiting} wait"
    if not any(row.cut for row in world.rows):
        yield "the barge-in has not cut"
    if world.now > STALLED * _plain_s(preset):
        yield f"it took {world.now:.1f} s: {told(world)[-3:]}"


_PLAIN_S: dict[str, float] = {}


def _plain_s(preset: str) -> float:
    """How long the talk takes with a server that does everything as the wire says, s."""
    if preset not in _PLAIN_S:
        _PLAIN_S[preset] = talked((), preset).now
    return _PLAIN_S[preset]

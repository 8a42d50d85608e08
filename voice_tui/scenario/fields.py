"""From what a file or a line says to a table of a scenario: every value checked, and what is wrong named exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, structs

from voice_tui.messages.knobs import KNOBS, SettingError
from voice_tui.plain_text import one_line
from voice_tui.scenario.events import EVENTS, TEXT
from voice_tui.scenario.model import STEPS, Expectation, Part, Scenario, Settings, Step

P = TypeVar("P", bound=Part)
Path: TypeAlias = tuple[str | int, ...]

LONGEST = 60  # letters of a wrong value that are shown


@dataclass(frozen=True)
class FieldError(Exception):
    """A field is wrong.

    Attributes:
        path: Where it is: names and numbers of what lies around it.
        why: The value, and what is allowed.
    """

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{named(self.path)}: {self.why}" if self.path else self.why


def named(path: Path) -> str:
    """A path as one reads it: ``steps[2].expect.within_ms``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def scenario(value: object) -> Scenario:
    """A whole scenario.

    Raises:
        FieldError: Something is wrong; the first of it.
    """
    given = dict(_table(value, (), Scenario))
    steps = given.pop("steps", None)
    if not isinstance(steps, list) or not steps:
        raise FieldError(("steps",), f"{_shown(steps)} is not allowed, give a list of steps")
    played = tuple(step(one, ("steps", number)) for number, one in enumerate(steps))
    return _part({**given, "steps": played}, Scenario, (), ready=("steps",))


def step(value: object, path: Path = ()) -> Step:
    """One step, by the field that names it.

    Raises:
        FieldError: Something is wrong.
    """
    if not isinstance(value, Mapping):
        raise FieldError(path, f"{_shown(value)} is not allowed, give a table with one of {', '.join(STEPS)}")
    found = [key for key in STEPS if key in value]
    if len(found) != 1:
        there = f"has {' and '.join(found)}" if found else f"has none of {', '.join(STEPS)}"
        raise FieldError(path, f"{_shown(value)} {there}, give exactly one of them")
    return _part(value, STEPS[found[0]], path)


def _part(value: object, kind: type[P], path: Path, ready: Iterable[str] = ()) -> P:
    """A table; the fields that are ``ready`` have been looked at."""
    given = _table(value, path, kind)
    values: dict[str, Any] = {}
    for each in structs.fields(kind):
        if each.name in ready:
            values[each.name] = given[each.name]
        elif each.name in given:
            values[each.name] = _field(given[each.name], each.type, (*path, each.name))
        elif each.required:
            raise FieldError((*path, each.name), "missing")
    made = kind(**values)
    for rule in RULES.get(kind, ()):
        rule(made, path)
    return made


def _table(value: object, path: Path, kind: type[Part]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise FieldError(path, f"{_shown(value)} is not allowed, give a table with {_names(kind)}")
    for name in value:
        if name not in kind.__struct_fields__:
            raise FieldError((*path, one_line(str(name), LONGEST)), f"unknown, there are {_names(kind)}")
    return value


def _names(kind: type[Part]) -> str:
    return ", ".join(kind.__struct_fields__)


def _field(value: object, kind: Any, path: Path) -> Any:
    if (part := _part_of(kind)) is not None and (value is not None or type(None) not in _kinds(kind)):
        return _part(value, part, path)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        raise FieldError(path, f"{_shown(value)} is not allowed, give {allowed(kind)}") from None


def _part_of(kind: Any) -> type[Part] | None:
    """The table that a field is, alone or beside nothing; None where it is something else."""
    return next((one for one in _kinds(kind) if isinstance(one, type) and issubclass(one, Part)), None)


def _kinds(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def allowed(kind: Any) -> str:
    """What a field takes, in words."""
    notes = [note for one in _kinds(kind) for note in getattr(one, "__metadata__", ())]
    return next(note.description for note in notes if isinstance(note, Meta) and note.description)


def _shown(value: object) -> str:
    """As its writer wrote it, in YAML or JSON."""
    plain = value is None or isinstance(value, bool)
    return one_line(json.dumps(value) if plain else repr(value), LONGEST)


# ---- what one field says about another


def _settings(made: Settings | Scenario, path: Path) -> None:
    for name, value in made.knobs.items():
        if name not in KNOBS:
            raise FieldError((*path, "knobs", name), f"unknown, there are {', '.join(KNOBS)}")
        try:
            KNOBS[name].check(value)
        except SettingError as error:
            raise FieldError((*path, "knobs", name), str(error).removeprefix(f"{name}: ")) from None


def _something(made: Settings, path: Path) -> None:
    if made == Settings():
        raise FieldError(path, f"empty, give one of {_names(Settings)}")


ABOUT_EVENTS = ("absent", "count", "text_contains", "where", "field", "at_least", "at_most", "within_ms", "since")
ALSO = {"event": ABOUT_EVENTS, "calls": ("within_ms", "since"), "figure": ("field", "at_least", "at_most")}
"""What an expectation may be about, and which fields go with it."""


def _subject(made: Expectation, path: Path) -> None:
    given = [name for name in ALSO if getattr(made, name) is not None]
    if len(given) != 1:
        raise FieldError(path, f"give exactly one of {', '.join(ALSO)}")
    defaults = Expectation(event="answered")
    for name in ABOUT_EVENTS:
        if name not in ALSO[given[0]] and getattr(made, name) != getattr(defaults, name):
            raise FieldError((*path, name), f"does not go with {given[0]}; there are {', '.join(ALSO[given[0]])}")
    bounded = made.at_least is not None or made.at_most is not None
    if made.figure is not None:
        if not bounded:
            raise FieldError(path, "give at_least or at_most, or both, with figure")
        return
    if made.absent and made.count is not None:
        raise FieldError((*path, "count"), "absent says the same as count 0: give one of them")
    if bounded != (made.field is not None):
        raise FieldError(path, "field, at_least and at_most belong together: give the field and one bound or both")


def _fields(made: Expectation, path: Path) -> None:
    if made.event is None:
        return
    there = EVENTS[made.event][1]
    asked = [*((("where", name), name) for name in made.where), *([(("field",), made.field)] if made.field else [])]
    for at, name in asked:
        if name not in there:
            raise FieldError((*path, *at), f"{name!r} is no field of {made.event}, there are {', '.join(there)}")
    if made.text_contains is not None and TEXT not in there:
        texts = [name for name, (_, fields) in EVENTS.items() if TEXT in fields]
        raise FieldError((*path, "text_contains"), f"{made.event} has no text; {', '.join(texts)} have")


RULES: dict[type[Part], tuple[Any, ...]] = {
    Scenario: (_settings,),
    Settings: (_settings, _something),
    Expectation: (_subject, _fields),
}

"""The user's own keys: ``keys.toml`` gives commands of the table other keys. A wrong line never stops the program.

    mute = "f3"
    talk = ["f2", "ctrl+t"]
    "context.pin" = "P"  # or pin = "P" below [context]

The first key is the one that is shown; a letter acts only where nothing is being typed; ``[]`` takes every key away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.keys import Keys

from voice_tui import plain_file
from voice_tui.ui.keys import Command, Commands, is_typed, key_name

_NAMED = {key.value for key in Keys}


@dataclass(frozen=True, slots=True)
class LoadedKeys:
    """What was found.

    Attributes:
        commands: The table with the user's keys.
        keymap: Name of a binding → its keys, for Textual; only what is not as it was.
        errors: One line for each thing wrong: ``file: id: reason``.
    """

    commands: Commands
    keymap: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def load_keys(path: Path | None, commands: Commands) -> LoadedKeys:
    """Read the file; one that is missing changes nothing."""
    if path is None or not path.exists():
        return LoadedKeys(commands)
    try:
        wanted = dict(_flat(tomllib.loads(plain_file.text(path))))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        return LoadedKeys(commands, errors=[f"{path.name}: file: {exc}"])
    table, errors = dict(commands), []
    for name, value in wanted.items():
        if name not in commands:
            errors.append(f"{name}: there is no such command")
            continue
        keys = [key.strip() for key in (value.split(",") if isinstance(value, str) else value)]
        wrong = [key for key in keys if not _is_key(key)]
        errors.extend(f"{name}: {key!r} is no key" for key in wrong)
        if not wrong:
            named = [_named(key) for key in keys]
            table[name] = replace(commands[name], key=(named or [""])[0], also=",".join(named[1:]), letter="")
    errors += _without_clashes(table, commands)
    changed = [command for name, command in table.items() if command.keys != commands[name].keys]
    keymap = {name: keys for command in changed for name, keys in command.parted().items()}
    return LoadedKeys(table, keymap, [f"{path.name}: {error}" for error in errors])


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The file's entries, those of a table with its name before theirs."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value if isinstance(value, list) else str(value)


def _is_key(key: object) -> bool:
    """Whether a terminal can send it."""
    if not isinstance(key, str) or not key:
        return False
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    known = last in _NAMED or is_typed(last)
    return key in _NAMED or (known and set(modifiers) <= {"ctrl", "alt", "shift"})


def _named(key: str) -> str:
    """A key as Textual names it: ``?`` is ``question_mark``."""
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key


def _without_clashes(table: dict[str, Command], before: Commands) -> Iterator[str]:
    """Give back its own keys to a command that took those of another one; say so."""
    while clash := next(_clashes(table), None):
        one, other, key = clash
        taker = one if table[one.id].keys != before[one.id].keys else other
        yield f"{taker.id}: {key_name(key)} is {(other if taker is one else one).id}'s key"
        table[taker.id] = before[taker.id]


def _clashes(table: Commands) -> Iterator[tuple[Command, Command, str]]:
    for one, other in combinations(table.values(), 2):
        if one.where & other.where and (shared := set(one.keys) & set(other.keys)):
            yield one, other, min(shared)

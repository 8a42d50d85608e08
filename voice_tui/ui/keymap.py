"""The user's own keys: ``keys.toml`` gives commands of the table other keys. A wrong line never stops the program.

    mute = "f3"
    talk = ["f2", "ctrl+t"]
    "context.pin" = "P"  # or pin = "P" below [context]

The first key is the one that is shown; a letter acts only where nothing is being typed; ``[]`` takes every key away. A
key may be written as the screen shows it, too: ``F3``, ``Ctrl+T``, ``^T``, ``Esc``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.keys import Keys

from voice_tui.plain_text import quoted
from voice_tui.settings.files import table_of
from voice_tui.ui.keys import Command, Commands, is_typed, key_name

_NAMED = {key.value for key in Keys}
_SHOWN = {"+": "plus", "esc": "escape", "del": "delete", "ctrl+space": "ctrl+@"}
_TWO_CODES = {"ctrl+@": ("ctrl+@", "ctrl+space")}
"""Keys for which one terminal sends this and another one that."""
_ONE_CODE = {"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+[": "escape"}
"""Keys for which a terminal sends what it sends for another one."""
_OF_THE_FOCUS = frozenset({"tab", "shift+tab"})


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
        wanted = dict(_flat(table_of(path), commands))
    except (OSError, ValueError) as exc:
        return LoadedKeys(commands, errors=[f"{path.name}: file: {exc}"])
    table, errors = dict(commands), []
    for name, value in wanted.items():
        if name not in commands:
            errors.append(f"{name}: there is no such command")
            continue
        given = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
        if not all(type(key) in (str, int) for key in given):
            errors.append(f"{name}: {quoted(value)} is not allowed, give a key in quotes, or a list of them")
            continue
        keys = {key: _spelled(key) for key in map(str, given)}
        wrong = [f"{key.strip()!r} is no key" for key, known in keys.items() if not _is_key(known)]
        wrong += [f"{key_name(known)} moves the focus" for known in keys.values() if known in _OF_THE_FOCUS]
        errors.extend(f"{name}: {reason}" for reason in wrong)
        if not wrong:
            named = [code for key in keys.values() for code in _TWO_CODES.get(key, (_named(key),))]
            table[name] = replace(commands[name], key=(named or [""])[0], also=",".join(named[1:]), letter="")
    errors += _without_clashes(table, commands)
    changed = [command for name, command in table.items() if command.keys != commands[name].keys]
    keymap = {name: keys for command in changed for name, keys in command.parted().items()}
    return LoadedKeys(table, keymap, [f"{path.name}: {error}" for error in errors])


def _flat(data: Mapping[str, Any], commands: Commands, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The file's entries, those of a table with its name before theirs."""
    for name, value in data.items():
        if isinstance(value, dict) and (value or f"{prefix}{name}" not in commands):
            yield from _flat(value, commands, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _spelled(key: str) -> str:
    """A key as Textual writes it, of one that may be written as the screen shows it."""
    key = key.strip()
    if len(key) < 2:
        return _SHOWN.get(key, key)
    if key.startswith("^"):
        key = f"Ctrl+{key[1:]}"
    *modifiers, last = key.split("+")
    if len(last) > 1 or (modifiers and modifiers[0].istitle()):
        last = last.replace(" ", "").lower()
    modifiers = [each.lower() for each in modifiers]
    if len(last) == 1 and last.isalpha():  # a terminal sends Shift as the capital letter, behind Alt as a word
        capital = last.isupper() or "shift" in modifiers
        modifiers = [each for each in modifiers if each != "shift"]
        if capital and modifiers:
            modifiers.append("shift")
        last = last.upper() if capital and not modifiers else last.lower()
    key = "+".join([*modifiers, _SHOWN.get(last, last)])
    return _ONE_CODE.get(key, _SHOWN.get(key, key))


def _is_key(key: str) -> bool:
    """Whether a terminal can send it."""
    if not key:
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

"""Files of the user's, changed in one place: every other line stays as it was written, and nobody else may read it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from voice_tui.private_file import replace_private
from voice_tui.settings.files import text_of

_TABLE = re.compile(r"^\s*\[", re.MULTILINE)


class NotWritten(ValueError):
    """A file was left as it is; one line that names it and says why."""


def set_in_toml(path: Path, name: str, value: str) -> None:
    """Set a text at the top of a TOML file, which need not be there.

    Raises:
        NotWritten: It can't be read or written, or the line can't be found safely.
    """
    text, table = _toml(path)
    line = f"{name} = {_quoted(value)}"
    first = _TABLE.search(text)
    head, rest = (text[: first.start()], text[first.start() :]) if first else (text, "")
    there = re.compile(rf"^[ \t]*{re.escape(name)}[ \t]*=.*$", re.MULTILINE)
    if there.search(head):
        head = there.sub(lambda _: line, head, count=1)
    else:
        head = f"{head.rstrip()}\n{line}\n".lstrip("\n") + ("\n" if rest else "")
    _write_toml(path, head + rest, {**table, name: value}, line)


def set_table_in_toml(path: Path, kind: str, name: str, values: Mapping[str, str]) -> None:
    """Put a table ``[kind.name]`` of texts behind everything else.

    Raises:
        NotWritten: As `set_in_toml`, or there is one of that name.
    """
    text, table = _toml(path)
    held = table.get(kind, {})
    if not isinstance(held, dict) or name in held:
        raise NotWritten(f"{path}: there is a [{kind}.{name}] already: choose another name, or change it there")
    lines = [f"[{kind}.{_key(name)}]", *(f"{key} = {_quoted(value)}" for key, value in values.items())]
    wanted = {**table, kind: {**held, name: dict(values)}}
    _write_toml(path, f"{text.rstrip()}\n\n".lstrip("\n") + "\n".join(lines) + "\n", wanted, lines[0])


def set_variables(path: Path, values: Mapping[str, str]) -> None:
    """Set variables in an ``.env`` file, which need not be there; a line that sets one already is replaced.

    Raises:
        NotWritten: It can't be read or written.
    """
    text = _text(path)
    for name, value in values.items():
        line = f"{name}={_env_quoted(value)}"
        there = re.compile(rf"^[ \t]*(?:export[ \t]+)?{re.escape(name)}[ \t]*=.*$", re.MULTILINE)
        found = list(there.finditer(text))
        if found:  # the last one counts
            text = text[: found[-1].start()] + line + text[found[-1].end() :]
        else:
            text += ("" if not text or text.endswith("\n") else "\n") + line + "\n"
    _write(path, text)


def _toml(path: Path) -> tuple[str, dict[str, object]]:
    text = _text(path)
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotWritten(f"{path}: it can't be read ({error}), so it is left as it is") from error


def _write_toml(path: Path, text: str, wanted: Mapping[str, object], line: str) -> None:
    try:
        right = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        raise NotWritten(f"{path}: it is written in a way that is not changed here: put in {line}")
    _write(path, text)


def _text(path: Path) -> str:
    try:
        return text_of(path) if path.exists() else ""
    except (OSError, ValueError) as error:
        raise NotWritten(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _write(path: Path, text: str) -> None:
    try:
        replace_private(path, text.encode("utf-8"))
    except OSError as error:
        raise NotWritten(f"{path}: {error.strerror or error}") from error


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)  # a basic string of TOML has the same escapes


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _env_quoted(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_./:@?&=%+,~-]*", value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

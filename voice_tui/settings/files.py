"""Files that users write by hand, in whatever their editor saves."""

from __future__ import annotations

import codecs
import logging
import re
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from voice_tui import plain_file

_MARKS = (  # the longer before what it begins with
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
logging.getLogger("dotenv").setLevel(logging.ERROR)  # of such lines it names no file: `unread_lines` is for them
GIANT = "a whole number may have 64 bits"
_NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")


def text_of(path: Path) -> str:
    """What a file says: UTF-8, UTF-16 (what PowerShell writes), UTF-32, or else Latin-1.

    Raises:
        OSError: It can't be read.
        ValueError: It is no text.
    """
    try:
        text = _decoded(plain_file.content(path))
    except UnicodeDecodeError as error:
        raise ValueError("it is no text: save it as UTF-8") from error
    if _NO_TEXT.search(text):
        raise ValueError("it is no text: save it as UTF-8")
    return text


def _decoded(raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    if raw[1:2] == b"\0":
        return raw.decode("utf-16-le")
    if raw[:1] == b"\0":
        return raw.decode("utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def table_of(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        OSError: It can't be read.
        ValueError: It is no TOML.
    """
    text = text_of(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        what = "its lists or tables are nested too deeply" if isinstance(error, RecursionError) else GIANT
        raise ValueError(what) from None
    if found := next(_giants(table), ""):
        raise ValueError(f"{found}: {GIANT}")
    return table


def _giants(value: object, name: str = "") -> Iterator[str]:
    """Where whole numbers stand that TOML has no room for."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _giants(each, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for each in value:
            yield from _giants(each, name)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield name


def variables_of(path: Path) -> dict[str, str]:
    """The variables of an ``.env`` file.

    Raises:
        OSError: It can't be read.
        ValueError: It is no text.
    """
    return {k: v for k, v in dotenv_values(stream=StringIO(text_of(path))).items() if v is not None}


def unread_lines(path: Path) -> list[int]:
    """The numbers of those lines of an ``.env`` file that give no variable and no comment.

    Raises:
        OSError: It can't be read.
        ValueError: It is no text.
    """
    bindings = [b for b in parse_stream(StringIO(text_of(path))) if b.error or (b.key is not None and b.value is None)]
    return [b.original.line + _blank_lines(b.original.string) for b in bindings]


def _blank_lines(text: str) -> int:
    """How many stand before the first word."""
    return text[: len(text) - len(text.lstrip())].count("\n")

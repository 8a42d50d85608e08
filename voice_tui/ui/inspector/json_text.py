"""An event as one reads it: indented, long strings folded, nothing in it that a terminal would obey."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from voice_tui.plain_text import clean_text

FOLDED = 96  # characters of a string that are shown when it is folded
WHOLE = 20_000  # ... when it is not: nobody reads more, and a copy has all
INDENT = "  "


def json_lines(raw: bytes, *, whole: bool = False) -> list[str]:
    """The lines of an event.

    Args:
        raw: JSON; anything else is shown as it is.
        whole: Long strings are not folded.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return [_string(raw.decode("utf-8", "replace"), whole)]
    return list(_lines(value, "", "", whole))


def folds(raw: bytes) -> bool:
    """Whether something in it is folded."""
    return any("… (" in line for line in json_lines(raw))


def _lines(value: Any, lead: str, indent: str, whole: bool, end: str = "") -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        brackets = "{}" if isinstance(value, dict) else "[]"
        pairs = [(f"{_string(k, whole)}: ", v) for k, v in value.items()] if isinstance(value, dict) else None
        inner = pairs if pairs is not None else [("", each) for each in value]
        yield f"{indent}{lead}{brackets[0]}"
        for number, (name, each) in enumerate(inner, 1):
            yield from _lines(each, name, indent + INDENT, whole, "," if number < len(inner) else "")
        yield f"{indent}{brackets[1]}{end}"
        return
    shown = _string(value, whole) if isinstance(value, str) else json.dumps(value)
    yield f"{indent}{lead}{shown}{end}"


def _string(text: str, whole: bool) -> str:
    most = WHOLE if whole else FOLDED
    rest = f"… ({len(text):,} characters)" if len(text) > most else ""
    shown = json.dumps(text[:most], ensure_ascii=False)
    if clean_text(shown) != shown:  # marks that turn the reading direction and the like: seen, not obeyed
        shown = json.dumps(text[:most])
    return f'{shown[:-1]}{rest}"' if rest else shown

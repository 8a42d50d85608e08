"""A call in words that one reads at a glance: what came from outside is cleaned, and shortened."""

from __future__ import annotations

import json
from collections.abc import Iterable

from voice_tui.plain_text import one_line

ARGUMENTS, OUTPUT = 80, 120
"""Characters of arguments and of an output that are shown."""


def call_words(name: str, arguments: str, limit: int = ARGUMENTS) -> str:
    """``weather(city: London, days: 3)``."""
    return f"{one_line(name, 64)}({arguments_words(arguments, limit)})"


def arguments_words(arguments: str, limit: int = ARGUMENTS) -> str:
    """``city: London, days: 3``; what is no JSON object as it is."""
    read = _read(arguments)
    if not isinstance(read, dict):
        return one_line(arguments, limit)
    return one_line(", ".join(f"{name}: {_plain(value)}" for name, value in read.items()), limit)


def output_words(output: str, limit: int = OUTPUT) -> str:
    """An output without what is only JSON about it: of an error its reason."""
    read = _read(output)
    if isinstance(read, dict) and isinstance(reason := read.get("error"), str):
        return one_line(reason, limit)
    if isinstance(read, dict) and read:
        return arguments_words(output, limit)
    return one_line(output, limit)


def no_such_tool(name: str, known: Iterable[str]) -> str:
    """What is said of a name that was agreed to and that no tool has."""
    return f"--approve: {name!r} is no tool here, there are {', '.join(known)}"


def seconds(ms: float) -> str:
    """How long it took: ``40 ms``, ``3.2 s``."""
    return f"{ms:.0f} ms" if ms < 1_000 else f"{ms / 1_000:.1f} s"


def _read(text: str) -> object:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""What a tool gave, as the text that the model is told."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any

import msgspec

from voice_tui.plain_text import clean_text

LONGEST = 8_000
"""Characters of an output: some 2,000 tokens, which every later answer reads again."""
DONE = '{"ok": true}'


def text_of(value: Any) -> str:
    """The value as text: words as they are, anything else as JSON where it can be; never empty, and not too long."""
    if isinstance(value, Coroutine | Iterator | AsyncIterator):
        if isinstance(value, Coroutine):
            value.close()  # else Python complains that nobody awaited it
        what = f"it returned a {type(value).__name__} and no result"
        raise ValueError(f"{what}: the function has to return what is in it")  # noqa: TRY004  # its words alone are told
    if value is None:
        return DONE
    if isinstance(value, str):
        return bounded(value) or DONE
    try:
        plain = _named(msgspec.to_builtins(value, str_keys=True, enc_hook=str))
        return bounded(msgspec.json.encode(plain).decode())
    except (TypeError, ValueError, RecursionError):
        return bounded(str(value))


def _named(value: Any) -> Any:
    """The value with those numbers in words that JSON lacks: null would say that nothing is there."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {name: _named(inner) for name, inner in value.items()}
    return [_named(inner) for inner in value] if isinstance(value, list | tuple) else value


def bounded(text: str) -> str:
    """The text without what terminals obey and no wire takes, or its beginning with a note of how much was cut."""
    if len(text) <= LONGEST:
        return clean_text(text)
    return f"{clean_text(text[:LONGEST])}… [cut: the first {LONGEST:,} of {len(text):,} characters]"


def failure(reason: str) -> str:
    """An error as the model is told it."""
    return json.dumps({"error": bounded(reason)}, ensure_ascii=False)

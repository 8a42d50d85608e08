"""What a terminal would obey in a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from voice_tui.messages.notices import Notice

TURNING = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}

HOSTILE = st.text(st.characters(codec=None) | st.sampled_from("\x1b\x9b\x07[]0;mJ\r\n\t\u202e\ud83d\x85"), max_size=40)
"""Texts as nobody writes them in good faith."""


def orders(text: str) -> list[str]:
    """What a terminal obeys, or can't be sent at all."""
    return [
        c
        for c in text
        if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(c) in TURNING
    ]


@cache
def hostile(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of messages in which every text is hostile."""
    if kind is str:
        return HOSTILE
    if kind is Any:
        return st.none() | HOSTILE
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: hostile(hints[f.name]) for f in fields(kind) if f.init})
    origin, of = get_origin(kind), get_args(kind)
    if origin is tuple and of[-1] is ...:
        return st.lists(hostile(of[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(hostile, of))
    if origin in (Union, UnionType):
        return st.one_of(*map(hostile, of))
    if kind is float:
        return st.floats(0, 1000)
    if kind is int:
        return st.integers(0, 100_000)
    if kind is Decimal:  # money: prices are read as finite numbers
        return st.decimals(0, 100_000, allow_nan=False, allow_infinity=False)
    if origin is frozenset:
        return st.frozensets(hostile(of[0]), max_size=2)
    if origin in (dict, Mapping):
        return st.dictionaries(hostile(of[0]), hostile(of[1]), max_size=2)
    return st.from_type(kind)


KINDS: tuple[type, ...] = tuple(get_args(Notice))
NOTICES = st.sampled_from(KINDS).flatmap(hostile)
"""Everything that can be told, with hostile texts."""

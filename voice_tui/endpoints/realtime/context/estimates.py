"""How many tokens an item is, where the server has not counted it.

Audio: one token per 100 ms of the user's, one per 50 ms of the assistant's voice (as the realtime models count).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TypeAlias

USER_MS_PER_TOKEN = 100
ASSISTANT_MS_PER_TOKEN = 50
MS_PER_CHARACTER = 67  # of speech whose length is not known: 150 words a minute, six characters a word

Estimate: TypeAlias = Callable[[str], int]
"""Text → tokens."""


def estimate(text: str) -> int:
    """The default: a token per four bytes of UTF-8, rounded up. English text is 10 to 20 % above the true count."""
    return ceil(len(text.encode()) / 4)


def user_audio(text: str, ms: int | None) -> int:
    """Tokens of a spoken turn; ``ms`` is its length, where it is known."""
    return ceil((len(text) * MS_PER_CHARACTER if ms is None else ms) / USER_MS_PER_TOKEN)


def assistant_audio(ms: int) -> int:
    """Tokens of so much of the assistant's voice."""
    return ceil(ms / ASSISTANT_MS_PER_TOKEN)

"""How many tokens something is, where nobody has counted it.

Audio: one token per 100 ms of the user's, one per 50 ms of the assistant's voice (as the realtime models count).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TypeAlias

USER_MS_PER_TOKEN = 100
ASSISTANT_MS_PER_TOKEN = 50
BYTES_PER_TOKEN = 4  # of UTF-8; English text comes out 10 to 20 % above the true count

Estimate: TypeAlias = Callable[[str], int]
"""Text → tokens."""


def estimate(text: str) -> int:
    """Tokens of a text: one per four bytes of UTF-8, rounded up; half a character, as some servers send it, is one."""
    return ceil(len(text.encode(errors="replace")) / BYTES_PER_TOKEN)


def user_audio(ms: float) -> int:
    """Tokens of so much of the user's voice."""
    return ceil(ms / USER_MS_PER_TOKEN)


def assistant_audio(ms: float) -> int:
    """Tokens of so much of the assistant's voice."""
    return ceil(ms / ASSISTANT_MS_PER_TOKEN)

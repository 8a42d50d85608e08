"""What a terminal would obey in a text."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

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

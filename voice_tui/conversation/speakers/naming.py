"""Labels of rows that are names of people."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"speaker \d+", re.IGNORECASE)
_NOBODY = ("", "you", "user", "the user", "assistant")


def lasting(label: str) -> str:
    """The label, if it will still mean the same person tomorrow; "" for "You" and "Speaker 2"."""
    return "" if label.strip().lower() in _NOBODY or _NUMBERED.fullmatch(label.strip()) else label.strip()

"""Work that takes long enough for somebody to be lost over it."""

from __future__ import annotations

import time


def slowly(number: int, seconds: float = 0.5) -> int:
    """The square, after a while."""
    time.sleep(seconds)
    return number * number

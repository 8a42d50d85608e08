"""The outline of a recording's sound: the loudest of each of so many columns, for two lanes as paths of an SVG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import Pcm

FLOOR_DB = -60.0
"""What is softer is drawn as silence."""


def outline(pcm: Pcm, columns: int) -> NDArray[np.float32]:
    """How loud each of ``columns`` equal parts is at its loudest: 0 (`FLOOR_DB` and below) to 1 (full scale)."""
    if not len(pcm):
        return np.zeros(columns, np.float32)
    edges = np.linspace(0, len(pcm), columns, endpoint=False).astype(np.int64)
    peaks = np.maximum.reduceat(np.abs(pcm.astype(np.int32)), np.minimum(edges, len(pcm) - 1))
    db = 20 * np.log10(np.maximum(peaks, 1) / 32768)
    return np.clip(1 - db / FLOOR_DB, 0, 1).astype(np.float32)


def path(levels: NDArray[np.float32], middle: float, half: float) -> str:
    """The levels as one closed shape around a line.

    Args:
        levels: 0 to 1, one a column, each one unit wide.
        middle: Where the line is.
        half: What a level of 1 reaches above and below it.
    """
    above = [f"{x} {middle - level * half:.1f}" for x, level in enumerate(levels.tolist())]
    below = [f"{x} {middle + level * half:.1f}" for x, level in enumerate(levels.tolist())]
    return f"M{' L'.join(above)} L{' L'.join(reversed(below))} Z" if above else ""

"""Levels in decibels, for those too who need no samples."""

from __future__ import annotations

import math

SILENCE_DBFS = -120.0


def to_dbfs(level: float) -> float:
    """A linear level (full scale 1.0) in dBFS."""
    return max(SILENCE_DBFS, 20 * math.log10(level)) if level > 0 else SILENCE_DBFS


def from_dbfs(dbfs: float) -> float:
    """A dBFS value as a linear level (full scale 1.0)."""
    return float(10.0 ** (dbfs / 20))

"""What the settings of the interruption policy may be: the range of their knob, or one of their own."""

from __future__ import annotations

from math import inf

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.messages.knobs import KNOBS, SettingError

OWN: dict[str, tuple[float, float]] = {
    "bias": (-inf, inf),
    "duck_bias": (-inf, inf),
    "duck_sureness": (0, inf),
    "min_duration_ms": (0, inf),
    "converge_ms": (0, inf),
    "pause_share": (0, inf),
    "rearm_ms": (0, inf),
    "habit": (0, inf),
    "habit_ms": (FRAME_MS, inf),  # a time constant: in less than a frame the habit would change its sign
    "settle_ms": (0, inf),
    "act": (0, 1),
}
"""Lowest and highest value of those that are no knob."""


def allow(name: str, value: float) -> float:
    """The value as it is; a knob's step binds sliders only.

    Raises:
        SettingError: It is outside the range.
    """
    if name in KNOBS:
        return KNOBS[name].allow(value)
    low, high = OWN[name]
    if name == "act" and value not in (low, high):
        raise SettingError(f"{name}: {value:g} is not allowed, give 0 or 1")
    if not low <= value <= high:
        raise SettingError(f"{name}: {value:g} is not allowed, give a number from {low:g} on")
    return value

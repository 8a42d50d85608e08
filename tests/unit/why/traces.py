"""Traces of what ears may have had to go by."""

from __future__ import annotations

from voice_tui.messages.evidence import HeardFrame, VoiceTraced
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.presets import PRESETS

PLAYED_S, PLAYING_MS, START_MS = 10.0, 5_000, 4_000


def traced(evidence: list[float], *, cut_after: int | None = None, settings: TurnSettings | None = None) -> VoiceTraced:
    """One frame for each piece of evidence, for the duck and for the cut alike.

    Args:
        evidence: Log-odds of each frame.
        cut_after: The answer can't be heard any more from this frame on.
        settings: The knobs; those of `natural` by default.
    """
    frames = tuple(
        HeardFrame(-20.0, odds, odds, odds > 0, PLAYED_S, cut_after is None or i < cut_after, 1.0, 0.0)
        for i, odds in enumerate(evidence)
    )
    return VoiceTraced(1, START_MS, frames, "natural", settings or PRESETS["natural"].settings, 0.0, PLAYING_MS)

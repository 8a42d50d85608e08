"""Voiceprints that tests make themselves: directions with noise that shrinks as turns get longer."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.voices.diarisation import SpeakerBook
from voice_tui.audio.voices.voiceprint import Likeness, Vector, unit

DIM = 48
LIKENESS = Likeness(near=0.5, slope=20.0, blur_s=0.3)
METHOD = "test-1"


def said(voice: int, seconds: float, seed: int, blur: float = 0.35) -> Vector:
    """A voiceprint of voice number ``voice``."""
    who = np.random.default_rng(1000 + voice).standard_normal(DIM)
    words = np.random.default_rng(seed).standard_normal(DIM)
    return unit(unit(who) + blur / np.sqrt(seconds) * unit(words))


def between(first: int, second: int, share: float) -> Vector:
    """A voiceprint between two voices."""
    return unit((1 - share) * said(first, 1e6, 0) + share * said(second, 1e6, 0))


def book(most: int = 6) -> SpeakerBook:
    return SpeakerBook(METHOD, LIKENESS, most)

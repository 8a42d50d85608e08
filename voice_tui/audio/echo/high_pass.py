"""The high-pass of WebRTC's audio processing, as a product with a matrix.

The library has it only together with an analysis of the spectrum that nobody here asks for and that costs as much as
noise suppression. A recursive filter is linear: one matrix makes a piece of sound behind it, and its new memory, of a
piece before it and the two numbers that it remembers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FULL_SCALE
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples

# WebRTC's coefficients for 16 kHz (high_pass_filter.cc): second order, 3 dB down at about 100 Hz.
FORWARD = (0.97261, -1.94523, 0.97261)
BACK = (-1.94448, 0.94598)
# Noise of a thousandth of the smallest step of int16 (-150 dBFS), for microphone and reference. Out of digital silence
# recursive filters fall into denormal numbers (AEC3 37,000 operations a frame), which many processors are slow at.
FAINT: Samples = np.random.default_rng(0).choice([-1e-3, 1e-3], (2, MODEL_FRAME)).astype(np.float32) / FULL_SCALE
PIECE = 80  # samples: half a frame, so that the matrix stays in the innermost cache


def _matrix() -> NDArray[np.float64]:
    """What the filter makes of each unit sample and of each of its two memories, a row each: a piece, then memories."""
    rows = np.eye(PIECE + 2)
    for row in rows:
        first, second = row[PIECE:].tolist()
        for i in range(PIECE):
            x = row[i]
            row[i] = y = FORWARD[0] * x + first
            first, second = FORWARD[1] * x - BACK[0] * y + second, FORWARD[2] * x - BACK[1] * y
        row[PIECE:] = first, second
    return rows


_MATRIX = _matrix()
_OF_SAMPLES = _MATRIX[:PIECE].astype(np.float32)  # shape (PIECE, PIECE + 2)
_OF_MEMORY = _MATRIX[PIECE:, :PIECE].astype(np.float32)
(_A, _B), (_C, _D) = _MATRIX[PIECE:, PIECE:].tolist()  # what is left of each memory in each after a piece


class HighPass:
    """Takes away what is below about 100 Hz, without delay."""

    def __init__(self) -> None:
        self._memory = (0.0, 0.0)

    def process(self, samples: Samples) -> Samples:
        """Take float32 at 16 kHz, shape (n · 80,); give the same shape."""
        made = (samples.reshape(-1, PIECE) + FAINT[0, :PIECE]) @ _OF_SAMPLES
        first, second = self._memory
        memories = []
        for new_first, new_second in made[:, PIECE:].tolist():
            memories.append((first, second))
            first, second = new_first + _A * first + _C * second, new_second + _B * first + _D * second
        self._memory = first, second
        filtered: Samples = np.array(memories, np.float32) @ _OF_MEMORY
        filtered += made[:, :PIECE]
        return filtered.ravel()

"""24 kHz to 16 kHz and back, 10 ms at a time: the wire speaks 24 kHz, echo cancellers and voice models 16 kHz.

One banded matrix per direction: a block in, a block out, always the same length, 1 ms late. For a live stream that
beats a general resampler, which hands out 159 to 161 samples and has to be buffered.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, Pcm

MODEL_RATE = 16_000  # Hz
MODEL_FRAME = 160  # samples: 10 ms at 16 kHz
_GRID = 48_000  # Hz, the smallest rate that both divide
_TAPS = 96  # at 48 kHz: 2 ms long, so 1 ms late
_CORNER = 7_600  # Hz: speech is below; the transition band ends at 8.4 kHz

Samples = NDArray[np.float32]


def _matrix(inputs: int, outputs: int) -> tuple[Samples, int]:
    """The resampling matrix, shape (outputs, history + inputs), and the length of the history."""
    step_in, step_out = _GRID // (inputs * 100), _GRID // (outputs * 100)
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    h = np.sinc(2 * _CORNER / _GRID * n) * np.hamming(_TAPS)
    h *= step_in / h.sum()
    history = _TAPS // step_in
    matrix = np.zeros((outputs, history + inputs), np.float32)
    for m in range(outputs):
        for k in range(history + inputs):
            tap = m * step_out - (k - history) * step_in
            if 0 <= tap < _TAPS:
                matrix[m, k] = h[tap]
    return matrix, history


_DOWN = _matrix(FRAME, MODEL_FRAME)
_UP = _matrix(MODEL_FRAME, FRAME)


class _Resampler:
    def __init__(self, plan: tuple[Samples, int]) -> None:
        self._matrix, self._kept = plan
        self._line = np.zeros(self._matrix.shape[1], np.float32)

    def _run(self, block: NDArray[np.float32]) -> Samples:
        line = self._line
        line[: self._kept] = line[-self._kept :].copy()
        line[self._kept :] = block
        out: Samples = self._matrix @ line
        return out

    def reset(self) -> None:
        """Forget the past."""
        self._line[:] = 0


class Down(_Resampler):
    """24 kHz int16 to 16 kHz float."""

    def __init__(self) -> None:
        super().__init__(_DOWN)

    def process(self, pcm: Pcm) -> Samples:
        """Take int16 of shape (240,), give float32 of shape (160,), full scale 1.0."""
        return self._run(pcm.astype(np.float32) / np.float32(FULL_SCALE))


def down(pcm: Pcm) -> Samples:
    """A whole recording at 16 kHz, the same numbers as `Down` block by block.

    Args:
        pcm: int16 at 24 kHz, shape (n,); an unfinished last block of 10 ms is left out.

    Returns:
        float32 of shape (n // 240 * 160,), full scale 1.0.
    """
    matrix, kept = _DOWN
    blocks = len(pcm) // FRAME
    line = np.zeros(kept + blocks * FRAME, np.float32)
    line[kept:] = pcm[: blocks * FRAME]
    if not blocks:
        return np.zeros(0, np.float32)
    lines = sliding_window_view(line, kept + FRAME)[::FRAME]
    out: Samples = (lines @ (matrix.T / np.float32(FULL_SCALE))).ravel()
    return out


class Up(_Resampler):
    """16 kHz float to 24 kHz int16."""

    def __init__(self) -> None:
        super().__init__(_UP)

    def process(self, samples: Samples) -> Pcm:
        """Take float32 of shape (160,), full scale 1.0, give int16 of shape (240,)."""
        return to_int16(self._run(samples))


def to_int16(samples: Samples) -> Pcm:
    """Float of full scale 1.0 as int16, clipped, not wrapped."""
    scaled = np.clip(samples * np.float32(FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    return np.asarray(np.rint(scaled), np.int16)

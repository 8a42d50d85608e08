"""24 kHz to 16 kHz and back, in blocks of 10 ms: the wire speaks 24 kHz, echo cancellers and voice models 16 kHz.

A block in, a block out, always the same length, 1 ms late; several at once give what one after the other gives. For a
live stream that beats a general resampler, which hands out 159 to 161 samples and has to be buffered.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm

MODEL_RATE = 16_000  # Hz
MODEL_FRAME = 160  # samples: 10 ms at 16 kHz
_GRID = 48_000  # Hz, the smallest rate that both divide
_TAPS = 96  # at 48 kHz: 2 ms long, so 1 ms late
_CORNER = 7_600  # Hz: speech is below; the transition band ends at 8.4 kHz

Samples = NDArray[np.float32]


_AT_ONCE = 8  # periods a row: fewer rows to copy, and a matrix wide enough to be worth a call


@dataclass(frozen=True, slots=True)
class _Plan:
    """How samples become samples: every ``step`` inputs one row of products more.

    Attributes:
        weights: Shape (history + step, outputs a row).
        history: Inputs of the past that the first row needs.
        step: Inputs a row.
    """

    weights: Samples
    history: int
    step: int

    def rows(self, line: Samples) -> Samples:
        """What each row is made of, as a view; ``line`` begins with the history."""
        return sliding_window_view(line, self.history + self.step)[:: self.step]


def _plan(rate_in: int, rate_out: int, gain: float) -> _Plan:
    step_in, step_out = _GRID // rate_in, _GRID // rate_out
    n = np.arange(_TAPS) - (_TAPS - 1) / 2
    h = np.sinc(2 * _CORNER / _GRID * n) * np.hamming(_TAPS)
    h *= gain * step_in / h.sum()
    history = _TAPS // step_in
    period = _AT_ONCE * math.lcm(step_in, step_out)
    step, outputs = period // step_in, period // step_out
    tap = np.arange(outputs) * step_out - (np.arange(history + step)[:, None] - history) * step_in
    inside = (tap >= 0) & (tap < _TAPS)
    return _Plan(np.where(inside, h[np.clip(tap, 0, _TAPS - 1)], 0).astype(np.float32), history, step)


_DOWN = _plan(RATE, MODEL_RATE, 1 / FULL_SCALE)  # a power of two: no bit is lost
_UP = _plan(MODEL_RATE, RATE, FULL_SCALE)


class _Resampler:
    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._past = np.zeros(plan.history, np.float32)
        self._lines: dict[int, tuple[Samples, Samples]] = {}  # by samples at once: past and present, and its rows

    def _run(self, samples: Samples | Pcm) -> Samples:
        out: Samples = self._take(samples).copy() @ self._plan.weights
        return out.ravel()

    def _take(self, samples: Samples | Pcm) -> Samples:
        count, history = len(samples), self._plan.history
        if count not in self._lines:
            line = np.zeros(history + count, np.float32)
            self._lines[count] = line, self._plan.rows(line)
        line, rows = self._lines[count]
        line[:history] = self._past
        line[history:] = samples
        self._past = line[-history:]
        return rows


class Down(_Resampler):
    """24 kHz int16 to 16 kHz float."""

    def __init__(self) -> None:
        super().__init__(_DOWN)

    def process(self, pcm: Pcm) -> Samples:
        """Take int16 of shape (n · 240,), give float32 of shape (n · 160,), full scale 1.0."""
        return self._run(pcm)


def down(pcm: Pcm) -> Samples:
    """A whole recording at 16 kHz, the same numbers as `Down` block by block.

    Args:
        pcm: int16 at 24 kHz, shape (n,); an unfinished last block of 10 ms is left out.

    Returns:
        float32 of shape (n // 240 * 160,), full scale 1.0.
    """
    blocks = len(pcm) // FRAME
    line = np.zeros(_DOWN.history + blocks * FRAME, np.float32)
    line[_DOWN.history :] = pcm[: blocks * FRAME]
    if not blocks:
        return np.zeros(0, np.float32)
    out: Samples = _DOWN.rows(line) @ _DOWN.weights
    return out.ravel()


class Up(_Resampler):
    """16 kHz float to 24 kHz int16."""

    def __init__(self) -> None:
        super().__init__(_UP)

    def process(self, samples: Samples) -> Pcm:
        """Take float32 of shape (n · 160,), full scale 1.0, give int16 of shape (n · 240,)."""
        return _rounded(self._run(samples))

    def skip(self, samples: Samples) -> None:
        """Take the next blocks without giving anything: the block after it comes out as if it had."""
        self._take(samples)


def to_int16(samples: Samples) -> Pcm:
    """Float of full scale 1.0 as int16, clipped, not wrapped."""
    return _rounded(samples * np.float32(FULL_SCALE))


# Arrays of one number: of a number numpy makes one first, which takes as long as what is computed with it.
_LOWEST, _HIGHEST = np.array(-FULL_SCALE, np.float32), np.array(FULL_SCALE - 1, np.float32)


def _rounded(scaled: Samples) -> Pcm:
    np.rint(scaled, out=scaled)
    np.minimum(np.maximum(scaled, _LOWEST, out=scaled), _HIGHEST, out=scaled)
    return scaled.astype(np.int16)

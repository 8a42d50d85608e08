"""Devices that refuse 24 kHz: blocks of 10 ms from one rate to another, always the same length, 2 ms late.

A constant length keeps the playback ledger and the microphone's clock exact: 10 ms in are 10 ms out. One banded matrix
does it, a windowed sinc for each output sample; 20-40 µs a block, so it may run in an audio callback.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import Pcm

HALF_S = 0.002  # half the length of the filter: its delay
CORNER = 0.45  # of the lower rate: speech is far below, and what would alias is above


class BlockResampler:
    """Turns blocks of ``rate_in / 100`` samples into blocks of ``rate_out / 100``.

    Args:
        rate_in, rate_out: Hz, multiples of 100.

    Raises:
        ValueError: A rate has no whole number of samples in 10 ms.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        if rate_in % 100 or rate_out % 100:
            raise ValueError(f"rates must be multiples of 100 Hz, not {rate_in} and {rate_out}")
        self.block_in, self.block_out = rate_in // 100, rate_out // 100
        self._history = int(np.ceil(2 * HALF_S * rate_in))
        at_out = np.arange(self.block_out)[:, None] / rate_out - HALF_S
        at_in = (np.arange(self._history + self.block_in)[None, :] - self._history) / rate_in
        t = at_out - at_in
        corner = CORNER * min(rate_in, rate_out)
        window = np.where(np.abs(t) < HALF_S, 0.5 + 0.5 * np.cos(np.pi * t / HALF_S), 0.0)
        matrix = np.sinc(2 * corner * t) * window
        self._matrix: NDArray[np.float32] = (matrix / matrix.sum(axis=1, keepdims=True)).astype(np.float32)
        self._line = np.zeros(self._history + self.block_in, np.float32)

    def process(self, block: Pcm) -> Pcm:
        """Take int16 of shape (block_in,), give int16 of shape (block_out,)."""
        line = self._line
        line[: self._history] = line[-self._history :].copy()
        line[self._history :] = block
        out: Pcm = np.clip(np.rint(self._matrix @ line), -32768, 32767).astype(np.int16)
        return out

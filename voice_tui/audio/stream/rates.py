"""From one rate to another: for devices and for wires that refuse 24 kHz, and for files.

A device gets blocks of 10 ms, always the same length, 2 ms late.

A constant length keeps the playback ledger and the microphone's clock exact: 10 ms in are 10 ms out. One banded matrix
does it, a windowed sinc for each output sample; 20-40 µs a block, so it may run in an audio callback. A wire brings
pieces of any length, at any rate, and is nobody's clock. A file is converted as well as can be, piece by piece.
"""

from __future__ import annotations

import numpy as np
import samplerate
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FULL_SCALE, Pcm
from voice_tui.audio.stream.resample import to_int16

HALF_S = 0.002  # half the length of the filter: its delay
LONGEST = 256  # samples at the lower rate: more than wait in `FileResampler`, half the length of its filter
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


class StreamResampler:
    """Turns pieces of any length into pieces of about that length; the last 1 to 3 ms wait for what follows.

    Args:
        rate_in, rate_out: Hz.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._ratio = rate_out / rate_in
        self._converter = samplerate.Resampler("sinc_fastest", 1)

    def process(self, piece: Pcm) -> Pcm:
        """Take int16 of shape (n,), give int16 of shape (about n · rate_out / rate_in,)."""
        if not len(piece):
            return piece
        return to_int16(self._converter.process(piece / np.float32(FULL_SCALE), self._ratio))


class FileResampler:
    """Turns the pieces of a file into what the whole of it becomes at once; the end may differ by a sample.

    Args:
        rate_in, rate_out: Hz, at most 256 times one another.
        channels: Of the file.
    """

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self._rates, self._channels = (rate_in, rate_out), channels
        self._converter = samplerate.Resampler("sinc_best", channels)
        self._taken = self._given = 0

    def process(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take samples of shape (n, channels), n > 0; some of those they become wait for what follows."""
        self._taken += len(piece)
        out = self._converted(piece)
        self._given += len(out)
        return out

    def rest(self) -> NDArray[np.float32]:
        """What has waited; behind the last sample it is silent."""
        rate_in, rate_out = self._rates
        left = self._taken * rate_out // rate_in - self._given
        # Where it is told that this is the end, the converter makes no room for what has waited: silence makes it.
        return self._converted(np.zeros((LONGEST * max(1, -(-rate_in // rate_out)), self._channels), np.float32))[:left]

    def _converted(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        rate_in, rate_out = self._rates
        out: NDArray[np.float32] = self._converter.process(piece, rate_out / rate_in).reshape(-1, self._channels)
        return out

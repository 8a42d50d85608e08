"""What a known echo path makes of what was played, and how much of the microphone that explains at each delay.

To make it for a third of a second takes transforms of 11,250 samples. But looks come in runs: from one to that of the
next frame only 10 ms are new, and the spectra of the others serve again, so that it costs a third.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.spectral.newest import Line, Newest
from voice_tui.audio.stream.pcm import energy
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples

EARLIER, LATER = 960, 4000  # samples that are looked at each way: 60 ms dropped, 250 ms repeated
BEFORE_PEAK, ONSET, RISE = 80, 0.2, 8  # samples in which a path rises to its strongest tap; from what share of it on
COMPARED = 960  # samples, 60 ms: a shorter piece of one voice is like another voice at some delay
EMPHASIS = np.float32(0.9)  # lifts the highs, so that not the pitch of a voice decides
FAINT = 0.1  # a piece softer than this share of the microphone explains nothing of it
BLOCKS = COMPARED // MODEL_FRAME  # of the microphone
BINS = MODEL_FRAME + 1
OFFSETS = -(-(EARLIER + LATER + 1) // MODEL_FRAME)  # blocks by which it may be moved
WINDOWS = OFFSETS + BLOCKS - 1  # of two blocks each, of what is awaited
LENGTH = (WINDOWS + 1) * MODEL_FRAME  # samples in them


def quick(size: int) -> int:
    """The smallest length from ``size`` on whose transform is quick: a product of 2, 3 and 5."""
    while True:
        left = size
        for prime in (2, 3, 5):
            while left % prime == 0:
                left //= prime
        if left == 1:
            return size
        size += 1


def _onset(path: Samples) -> int:
    """Where a path begins: before its strongest tap, but not with what is noise in a learned one."""
    heights = np.abs(path)
    peak = int(heights.argmax())
    first = max(0, peak - BEFORE_PEAK)
    return first + int((heights[first : peak + 1] >= ONSET * heights[peak]).argmax())


class Awaited:
    """Give it a path and what was played, then frame by frame what comes; ask whether the microphone is in it.

    Args:
        tail: Samples at 16 kHz of the longest echo path.
    """

    def __init__(self, tail: int) -> None:
        self.history = quick(tail + LENGTH)
        """Samples of what was played that `begin` looks at."""
        parts = tail // MODEL_FRAME
        self.advance = 0
        """Samples by which the path was brought forward: those that there are before it begins."""
        self._known: Samples | None = None
        self._path = np.zeros((parts, 2 * MODEL_FRAME), np.float32)  # a row for each block, brought forward
        self._spectrum: NDArray[Any] | None = None  # of all of it
        self._rows: NDArray[Any] | None = None  # of each block, once they are asked for
        self._spectra: NDArray[Any] = np.empty((parts, BINS), np.complex64)
        self._window = np.zeros(2 * MODEL_FRAME, np.float32)  # the newest two blocks
        self._windows = Newest(WINDOWS, BINS, np.complex64)  # spectra of this one and of those before it
        # Energy from some time on: in double precision, since it grows with every frame.
        self._energy = Line(EARLIER + LATER + COMPARED, MODEL_FRAME, np.float64)
        self._mic = np.zeros((BLOCKS, 2 * MODEL_FRAME), np.float32)
        self._heard = np.zeros(COMPARED, np.float32)
        self._products: NDArray[Any] = np.empty((OFFSETS, BINS), np.complex64)
        self._product: NDArray[Any] = np.empty((OFFSETS, BINS), np.complex64)
        self._moved: NDArray[Any] = np.empty((OFFSETS, 2 * MODEL_FRAME), np.float32)

    def begin(self, path: Samples, played: Samples) -> None:
        """Make it anew.

        Args:
            path: Taps at 16 kHz, shape (tail,); they do not change, another path is another array.
            played: The newest `history` samples.
        """
        if path is not self._known:
            self._learn(path)
        # A transform of the length of what was played wraps around into what is not looked at.
        spectrum: Any = np.fft.rfft(played)
        spectrum *= self._spectrum
        echo: Any = np.fft.irfft(spectrum, len(played))[-LENGTH:]
        windows = sliding_window_view(echo, 2 * MODEL_FRAME)[::MODEL_FRAME]
        self._windows.rows[::-1] = np.fft.rfft(windows, axis=1)
        self._window[:] = windows[-1]
        energy = self._energy.newest
        np.cumsum(np.square(echo[-len(energy) :], dtype=np.float64), out=energy)

    def _learn(self, path: Samples) -> None:
        self._known, self._rows = path, None
        self.advance = max(0, min(EARLIER, _onset(path) - RISE))
        taps = np.zeros(len(path), np.float32)
        taps[: len(path) - self.advance] = path[self.advance :]
        taps[1:] -= EMPHASIS * taps[:-1]
        self._path[:, :MODEL_FRAME] = taps.reshape(-1, MODEL_FRAME)
        self._spectrum = np.fft.rfft(taps, self.history)

    def add(self, played: NDArray[Any]) -> None:
        """Take the next frame that was played, the one behind what is known so far.

        Args:
            played: Spectra of its block, the one before it, and so on, as the canceller keeps them: shape (parts, 161).
        """
        if self._rows is None:
            self._rows = np.fft.rfft(self._path, axis=1)
        heard = np.multiply(self._rows, played, out=self._spectra)
        window = self._window
        window[:MODEL_FRAME] = window[MODEL_FRAME:]
        window[MODEL_FRAME:] = echo = np.fft.irfft(np.add.reduce(heard, 0))[MODEL_FRAME:]
        np.fft.rfft(window, out=self._windows.begin())
        grown = np.cumsum(np.square(echo, dtype=np.float64))
        grown += self._energy.newest[-1]
        self._energy.add(grown)

    def explains(self, mic: Samples) -> Samples:
        """What share of the microphone's power it explains at each delay.

        Args:
            mic: The newest samples, shape (`COMPARED`,).

        Returns:
            From `advance` samples earlier than the path says to `LATER` samples later: shape (advance + LATER + 1,).
        """
        later, heard = self.advance + LATER + 1, self._heard
        heard[1:] = mic[1:] - EMPHASIS * mic[:-1]
        power = energy(heard)
        self._mic[:, :MODEL_FRAME] = heard.reshape(BLOCKS, MODEL_FRAME)
        windows, products = self._windows.rows, self._products
        products[:] = 0
        for at, block in enumerate(np.fft.rfft(self._mic, axis=1).conj()[::-1]):
            products += np.multiply(windows[at : at + OFFSETS], block, out=self._product)
        # Backwards: in a window what is later is what was awaited earlier.
        moved: Any = np.fft.irfft(products, axis=1, out=self._moved)
        share: Samples = moved[:, MODEL_FRAME:0:-1].ravel()[:later]
        np.maximum(share, 0, out=share)
        share *= share
        until = self._energy.newest[::-1]
        powers: Samples = (until[:later] - until[COMPARED - 1 : COMPARED - 1 + later]).astype(np.float32)
        np.copyto(powers, np.inf, where=powers <= FAINT * power)
        share /= powers
        share /= max(power, 1e-20)
        return share

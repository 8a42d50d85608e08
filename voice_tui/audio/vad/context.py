"""What a judgement stands in: the judgements before it, and the level against what else is there. Numbers a frame.

The voice models hear a voice in whoever talks in the background, and let go late. How loud it is now against the floor
of each band, against how loud it was, and how sure the models were when they were least sure, tells more than they do.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_tui.audio.spectral.spectrum import WINDOW, Smooth, hann, mel_bank
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples
from voice_tui.audio.vad.models import SILERO_FRAME

BANDS = ((0, 3), (3, 7), (7, 11), (11, 16))
"""Of `mel_bank`, first and behind the last: 120 to 530, to 1200, to 2700, to 7200 Hz, about."""
CORE = (1, 11)
"""Where a voice has its power."""
FAINTEST_DB = -85.0
SETTLE = 25  # frames in which the floor of a band is the mean of what is heard
FLOOR_RISE_DB, FLOOR_FALL = 0.03, 0.2  # per frame
SOFT_RISE_DB = 0.006  # per frame
QUICK, SLOW = 0.5, 1 / 30  # share of the way that a band's level goes a frame
BEFORE = 4  # frames: the oldest judgement that is looked at again

CONTEXT = (
    *("silero", "earshot", "age", "silero before", "earshot 20 ms ago", "earshot 40 ms ago"),
    *(f"{what} {band}" for what in ("over the floor", "new") for band in range(len(BANDS))),
    *("over the soft stretches", "the last 150 ms over them", "over the mean", "the last 150 ms over the mean"),
    *("silero at its least", "lately", "earshot at its least", "silero in the mean"),
)
"""What the numbers are."""


def _grouped() -> NDArray[np.float32]:
    """Power spectrum to `BANDS` and `CORE`, shape (WINDOW // 2 + 1, 5)."""
    bank = mel_bank()
    return np.stack([bank[:, first:end].mean(1) for first, end in (*BANDS, CORE)], 1)


class Lowest:
    """The lowest of the last values: it falls at once and rises by so much a frame."""

    def __init__(self, rise: float) -> None:
        self._rise = rise
        self.value = math.inf

    def feed(self, x: float) -> float:
        """Take a value, give the lowest."""
        self.value = min(self.value + self._rise, x)
        return self.value


class Mean:
    """The mean of all so far, until there are as many as a one-pole mean looks back on."""

    def __init__(self, frames: float) -> None:
        self._frames, self._seen = frames, 0
        self.value = 0.0

    def feed(self, x: float) -> float:
        """Take a value, give the mean."""
        self._seen += 1
        self.value += (x - self.value) / min(self._seen, self._frames)
        return self.value


class Context:
    """Feed what the models said and the sound that they said it of, take the numbers."""

    def __init__(self) -> None:
        self._heard = np.zeros(WINDOW - MODEL_FRAME, np.float32)
        self._hann, self._bank = hann(), _grouped()
        self._quick: list[float] = []
        self._slow: list[float] = []
        self._floor: list[float] = []
        self._seen = 0
        self._core, self._core_150, self._core_700 = Smooth(1.45), Smooth(14.6), Mean(70)
        self._soft, self._mean = Lowest(SOFT_RISE_DB), Mean(400)
        self._sure, self._sure_mean, self._quickly = Smooth(9.5), Smooth(200), Smooth(9.5)
        self._least, self._lately, self._least_quickly = Lowest(0.003), Lowest(0.02), Lowest(0.005)
        self._judged: deque[float] = deque(maxlen=BEFORE + 1)
        self._said = self._said_before = 0.0

    def levels(self, samples: Samples) -> NDArray[np.float32]:
        """Levels of `BANDS` and of `CORE` in dB, shape (n, 5), of n · 160 samples."""
        line = np.concatenate((self._heard, samples))
        self._heard = line[-len(self._heard) :]
        spectra = np.fft.rfft(sliding_window_view(line, WINDOW)[::MODEL_FRAME] * self._hann)
        power = (spectra.real**2 + spectra.imag**2) @ self._bank
        return np.asarray(np.maximum(10 * np.log10(power + np.float32(1e-10)), np.float32(FAINTEST_DB)), np.float32)

    def feed(self, levels: NDArray[np.float32], sure: float, age: float, quick: float) -> list[float]:
        """Take the next frame's `levels`, give the numbers, named by `CONTEXT`.

        Args:
            levels: A row of `levels`.
            sure: What Silero said, log-odds.
            age: How long ago, as a share of the time that its judgements hold.
            quick: What earshot said, log-odds.
        """
        *bands, core = levels.tolist()
        over, new = self._bands(bands)
        now, lately = self._core.feed(core), self._core_150.feed(core)
        if self._seen <= SETTLE:
            self._soft = Lowest(SOFT_RISE_DB)  # a stream may begin in the middle of a window
        soft, mean = self._soft.feed(self._core_700.feed(core)), self._mean.feed(core)
        smooth, hasty = self._sure.feed(sure), self._quickly.feed(quick)
        if age < MODEL_FRAME / SILERO_FRAME:
            self._said_before, self._said = self._said, sure
        self._judged.append(quick)
        return [
            *(sure / 3, quick / 2, age, self._said_before / 3),
            *(self._judged[max(0, len(self._judged) - 1 - frames)] / 2 for frames in (2, 4)),
            *over,
            *new,
            *(min(max(x, -15.0), 30.0) / 8 for x in (now - soft, lately - soft)),
            *(min(max(x, -25.0), 25.0) / 8 for x in (now - mean, lately - mean)),
            *(self._least.feed(smooth) / 3, self._lately.feed(smooth) / 3, self._least_quickly.feed(hasty) / 2),
            self._sure_mean.feed(sure) / 3,
        ]

    def _bands(self, levels: list[float]) -> tuple[list[float], list[float]]:
        """How far each band is over its floor, and over what it was in the last 300 ms."""
        self._seen += 1
        if self._seen == 1:
            self._quick, self._slow, self._floor = list(levels), list(levels), list(levels)
        over, new = [], []
        for band, level in enumerate(levels):
            quick = self._quick[band] = self._quick[band] + QUICK * (level - self._quick[band])
            slow = self._slow[band] = self._slow[band] + SLOW * (level - self._slow[band])
            step = quick - self._floor[band]
            if self._seen <= SETTLE:
                step /= self._seen
            else:
                step = step * FLOOR_FALL if step < 0 else min(step, FLOOR_RISE_DB)
            self._floor[band] += step
            over.append(min(max(quick - self._floor[band], 0.0), 30.0) / 8)
            new.append(min(max(quick - slow, -20.0), 20.0) / 6)
        return over, new

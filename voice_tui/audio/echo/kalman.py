"""A linear echo canceller: the partitioned-block frequency-domain Kalman filter.

It only ever subtracts a filtered copy of what was played, so it cannot eat the user's words as a canceller with a
suppressor does; it removes less echo in return. After Kuech, Mabande and Enzner, "State-space architecture of the
partitioned-block-based acoustic echo controller", ICASSP 2014, with a diagonal state covariance.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.spectral.newest import Newest
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Samples

TAIL_MS = 320  # bulk delay of the device plus the first part of the room
TRANSITION = 0.9995  # how well the echo path of one block predicts the next; lower follows faster and cancels less
NOISE_SMOOTHING = 0.7  # of the near-end power spectrum, per block
# About the power of a real echo path, a tap block and bin. That much is open at first, and in silence no more than that
# is taken for sure. Were more open, each block would be explained by any path whatever, and played, later blocks would
# be left louder than they came.
OPEN_VARIANCE = 0.003
OVERLAP = 0.5  # share of a 2-block transform that is new: the factor of overlap-save in the gain
POWER_BLOCKS = 24  # after so many the near-end power holds nothing that came before them
# Arrays of one number: of a number numpy makes one first, which takes as long as what is computed with it.
FLOOR = np.array(1e-8, np.float32)
FAINTEST = np.array(1e-20, np.float32)  # below every power that counts, and far above the denormal numbers
KEEP, CHANGES, REMEMBERED, NEW, SHARE, WHOLE = (
    np.array(x, np.float32)
    for x in (TRANSITION**2, 1 - np.float32(TRANSITION**2), NOISE_SMOOTHING, 1 - NOISE_SMOOTHING, OVERLAP, 1)
)

Path = NDArray[np.complex64]
"""An echo path: a row of spectra for each block of taps, shape (parts, block + 1)."""


class KalmanCanceller:
    """Feed blocks of microphone and reference, take what is left of the microphone.

    Args:
        block: Samples a block at 16 kHz.
        tail_ms: Longest echo it can model, bulk delay included.
    """

    def __init__(self, block: int = MODEL_FRAME, tail_ms: int = TAIL_MS) -> None:
        self._block = block
        parts = tail_ms * MODEL_RATE // 1000 // block
        bins = block + 1
        self._far = Newest(parts, bins, np.complex64)
        self._far_turned = Newest(parts, bins, np.complex64)  # its conjugates
        self._far_power = Newest(parts, bins, np.float32)
        self.path: Path = np.zeros((parts, bins), np.complex64)
        """What it has learned; it goes on changing."""
        self._variance = np.full((parts, bins), OPEN_VARIANCE, np.float32)
        # Where products are put: memory that is new for every block costs as much as what is computed in it. (What
        # numpy says of the types of transforms holds for double precision only.)
        self._spectra: NDArray[Any] = np.empty((parts, bins), np.complex64)
        self._powers = np.empty((parts, bins), np.float32)
        self._steps: NDArray[Any] = np.empty((parts, 2 * block), np.float32)
        self._near_power = np.full(bins, 1e-6, np.float32)
        self._rested = 0  # blocks since it last learned
        self._missed: deque[Samples] = deque(maxlen=POWER_BLOCKS)  # the newest of them
        self._line = np.zeros(2 * block, np.float32)
        self._padded = np.zeros(2 * block, np.float32)

    def process(self, mic: Samples, far: Samples) -> Samples:
        """Take the next block of both, shape (block,), full scale 1.0; give the residual, the same shape, no delay."""
        size = self._block
        if self._rested:
            self._wake()
        self._line[:size] = self._line[size:]
        self._line[size:] = far
        self._hear(np.fft.rfft(self._line, out=self._far.begin()))
        heard = np.add.reduce(np.multiply(self.path, self._far.rows, out=self._spectra), 0)
        echo: Any = np.fft.irfft(heard)[size:]
        error: Samples = mic - echo
        self._adapt(self._observe(error))
        return error

    def _hear(self, far: NDArray[Any]) -> None:
        """What is needed of a block that was played, for as long as it can be heard."""
        np.conjugate(far, out=self._far_turned.begin())
        np.add(far.real**2, far.imag**2, out=self._far_power.begin())

    def rest(self, mic: Samples) -> Samples:
        """Take blocks of the microphone while nothing that was played can be heard; give them back, as they are.

        It is what `process` would give once the reference has been zero for longer than the tail: no echo is left, and
        the filter learns nothing.
        """
        blocks = mic.reshape(-1, self._block)
        self._rested += len(blocks)
        self._missed.extend(blocks)
        return mic

    def _wake(self) -> None:
        """Catch up with what was missed.

        The echo path may have changed since it was last heard: the longer the rest, the less is known of it. What was
        never heard is held for zero more and more, but not so much that it could not be learned any more.
        """
        for mic in self._missed:
            self._observe(mic)
        keep = np.float32(TRANSITION ** (2 * self._rested))
        before, changed = self._variance, (1 - keep) * (self.path.real**2 + self.path.imag**2)
        self._variance = np.maximum(keep * before + changed, np.minimum(before, np.float32(OPEN_VARIANCE)))
        self._rested = 0
        self._missed.clear()

    def _observe(self, error: Samples) -> NDArray[np.complex64]:
        """The spectrum of what is left of the microphone; its power is followed."""
        self._padded[self._block :] = error
        spectrum: NDArray[Any] = np.fft.rfft(self._padded)
        power = spectrum.real**2
        power += spectrum.imag**2
        power *= NEW
        self._near_power *= REMEMBERED
        self._near_power += power
        np.maximum(self._near_power, FAINTEST, out=self._near_power)
        return spectrum

    def _adapt(self, error: NDArray[np.complex64]) -> None:
        expected = np.multiply(self._variance, self._far_power.rows, out=self._powers)
        total = np.add.reduce(expected, 0)
        total *= SHARE
        total += self._near_power
        total += FLOOR
        step = np.multiply(self._variance, self._far_turned.rows, out=self._spectra)
        step *= np.divide(error, total, out=error)
        steps = np.fft.irfft(step, axis=1, out=self._steps)
        steps[:, self._block :] = 0  # the filter is causal and one block long per partition
        self.path += np.fft.rfft(steps, axis=1, out=self._spectra)
        expected *= SHARE
        expected /= total
        left = np.subtract(WHOLE, expected, out=expected)  # the total is no less than any that is expected
        left *= KEEP
        self._variance *= left
        squares = np.square(self.path.view(np.float32), out=self._spectra.view(np.float32))
        changed = np.add(squares[:, ::2], squares[:, 1::2], out=self._powers)
        changed *= CHANGES
        self._variance += changed

    def move(self, known: Samples, samples: int) -> None:
        """Take the path that was known before it moved in time, and by how much it is later (negative: earlier).

        How sure it is of each tap moves with it.
        """
        size, parts = self._block, len(self.path)
        at = np.arange(parts * size) - samples
        moved = np.where((at >= 0) & (at < len(known)), known.take(at, mode="clip"), np.float32(0))
        blocks = np.zeros((parts, 2 * size), np.float32)
        blocks[:, :size] = moved.reshape(parts, size)
        self.path = np.fft.rfft(blocks, axis=1).astype(np.complex64)
        rows = np.clip(np.arange(parts) - round(samples / size), 0, parts - 1)
        self._variance = self._variance[rows]

    @property
    def played(self) -> NDArray[Any]:
        """Spectra of what was played, a row for each block and the one before it, newest first: a view."""
        return self._far.rows

    @property
    def delay_ms(self) -> float | None:
        """Delay of the strongest path it has learned, ms; None while it has learned none."""
        response = taps(self.path)
        peak = int(np.argmax(np.abs(response)))
        strongest = abs(float(response[peak]))
        # An untrained filter is noise all over: ask for a peak well above it.
        if strongest < 1e-4 or strongest < 8 * float(np.sqrt(np.mean(response**2))):
            return None
        return peak * 1000 / MODEL_RATE


def taps(path: Path) -> Samples:
    """The impulse response of a path, shape (parts · block,)."""
    blocks: Any = np.fft.irfft(path, axis=1)
    response: Samples = blocks[:, : path.shape[1] - 1].ravel()
    return response

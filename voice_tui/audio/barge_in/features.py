"""What tells a user who interrupts from echo, noise and coughs: numbers with a physical reason, and two spectra.

All causal, 10 ms. Levels are mean squares of mel bands in dB re full scale; divisors bring every number to about the
same range, so that weights can be compared.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.barge_in.likeness import EchoLikeness
from voice_tui.audio.echo.front_end import FrontFrame
from voice_tui.audio.spectral.spectrum import (
    BANDS,
    PITCH_WINDOW,
    WINDOW,
    BandFloor,
    LevelFloor,
    Levels,
    Smooth,
    hann,
    harmonicity,
    mel_bank,
)
from voice_tui.audio.stream.pcm import energy
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples
from voice_tui.audio.vad.models import EarshotStream, SileroStream, logit

FEATURES = (
    "voice", "voice_novelty", "suppressor_voice", "voiced_time", "voiced_excess", "harmonic_novelty",
    "over_usual", "over_floor", "bands_over_floor", "level_novelty", "level", "voice_and_over_usual",
    "suppressed", "linear_erle", "aec_beyond_linear", "reference", "tilt", "decay", "active_time",
    "sustained", "voiced_background", "over_expected_echo", "kept_level", "gain",
    "likeness", "cancels", "sure_voice", "sure_voice_novelty",
    *(f"heard {band}" for band in range(BANDS)), *(f"played {band}" for band in range(BANDS)),
)  # fmt: skip
NUMBERS = len(FEATURES) - 2 * BANDS  # before the spectra
CORE = slice(1, 13)  # bands from about 250 to 4400 Hz: what rooms and laptop microphones pass
MID = slice(2, 12)
# In this order the signals lie in memory, so that those that are needed together lie together.
SIGNALS = ("mic", "linear", "ref", "suppressed", "cancelled")
ECHO_ROWS = slice(0, 3)  # microphone, linear residual, reference
SPECTRA_ROWS = slice(3, 1, -1)  # what is left behind the suppressor, and the reference
MORE = 16 * MODEL_FRAME  # samples that are kept in a row before they are moved
# Arrays of one number: of a number numpy makes one first, which takes as long as what is computed with it.
FAINTEST, FAINT_BIN, DB, MARGIN_DB, MOST_DB, ZERO, QUIET_DB, SPREAD_DB = (
    np.array(x, np.float32) for x in (1e-10, 1e-9, 10, 3, 30, 0, -60, 20)
)
BANDS_GAINS = np.repeat(np.array([[0.283], [0.118]], np.float32), BANDS, axis=1)
NINTHS = np.full(9, 1 / 9, np.float32)
FAR_HOLD = 50  # frames after which a pause of the reference is no longer part of playing
USUAL_MIN_DB = -70.0
LEARN_FAST_S = 1.5  # seconds of playback in which the usual level is learned three times as fast
GAIN_HOLD = 25  # frames: echo may still sound this long after the gain went down (device and room, 250 ms)
GAIN_MIN_DB = -40.0


def _clip(x: float, low: float, high: float) -> float:
    return low if x < low else min(x, high)


def _bank() -> NDArray[np.float32]:
    """From power to that in bands, and to its mean in `CORE` and in `MID`."""
    bands = mel_bank()
    return np.column_stack((bands, bands[:, CORE].mean(1), bands[:, MID].mean(1)))


class UsualLevel:
    """About the 85 % quantile of the level while the loudspeaker plays: residual echo and babble teach it."""

    def __init__(self) -> None:
        self.played_s = 0.0
        self._quiet = 10**6
        self._first: list[float] = []
        self.value = USUAL_MIN_DB

    def feed(self, level_db: float, far: bool, learn: bool) -> float:
        """Take a level, give how far it is above the usual, dB; ``learn`` False while the playback is turned down."""
        self._quiet = 0 if far else self._quiet + 1
        if far:
            self.played_s += 0.01
        if len(self._first) < 10:
            self._first.append(level_db)
            self.value = max(USUAL_MIN_DB, sum(self._first) / len(self._first) + 2)
        elif learn and (self._quiet <= FAR_HOLD or self.played_s == 0):
            speed = 3.0 if self.played_s < LEARN_FAST_S else 1.0
            self.value = max(USUAL_MIN_DB, self.value + speed * (0.045 if level_db > self.value else -0.008))
        return level_db - self.value


class Probe:
    """The commanded playback gain as a probe: echo falls with it, a user does not."""

    def __init__(self) -> None:
        self._gains: deque[float] = deque([0.0] * GAIN_HOLD, GAIN_HOLD)
        self._before = Smooth(12)
        self._full = True
        self._frames = 0
        self._kept = 0.0

    def feed(self, level_db: float, gain: float) -> tuple[float, float]:
        """Take level and gain, give (gain in dB that echo heard now was surely below, level against before, dB)."""
        gain_db = max(GAIN_MIN_DB, 20 * math.log10(max(gain, 1e-3)))
        self._gains.append(gain_db)
        if gain_db > -3:
            self._full, self._frames, self._kept = True, 0, 0.0
            self._before.feed(level_db)
        else:
            self._full = False
            self._frames += 1
            # 100 ms after the duck: whoever lasts is compared with what was there when the duck began.
            before = self._before.value if self._before.value is not None else level_db
            if self._frames > 10:
                self._kept += 0.2 * (_clip(level_db - before, -20, 10) - self._kept)
        return max(self._gains), self._kept


class Features:
    """Feed `FrontFrame`s and the playback gain, take the numbers."""

    def __init__(self) -> None:
        self._voice, self._sure_voice = EarshotStream(), SileroStream()
        self._buffer = np.zeros((len(SIGNALS), WINDOW + MORE), np.float32)
        self._rows = tuple(self._buffer)
        self._end = WINDOW  # of what was heard so far, in it
        # Where products are put: memory that is new for every frame costs as much as what is computed in it.
        self._windowed = np.empty((5, WINDOW), np.float32)
        self._spectra: NDArray[Any] = np.empty((5, WINDOW // 2 + 1), np.complex64)
        self._parts = self._spectra.view(np.float32)  # real and imaginary in turn
        self._power = np.empty(self._spectra.shape, np.float32)
        self._hann, self._bank = hann(), _bank()
        self._narrow: deque[NDArray[np.float32]] = deque(maxlen=9)
        self._bands: NDArray[np.float32] | None = None  # two means of their levels: for what is heard and for its floor
        self._bands_floor = BandFloor(0.015, 0.2)
        self._core, self._clean = Smooth(5), Smooth(5)
        self._core_floor, self._clean_floor = LevelFloor(0.006), LevelFloor(0.006)
        self._reference, self._harmonic, self._tonal = Smooth(5), Smooth(3), Smooth(4)
        self._level_mean, self._voice_mean, self._sure_mean, self._harmonic_mean, self._voiced_mean = (
            Smooth(n) for n in (200, 250, 250, 250, 300)
        )
        self._peaks: deque[float] = deque(maxlen=16)
        self._voiced_s = self._active_s = 0.0
        self._probe = Probe()
        self.usual = UsualLevel()
        self.likeness = EchoLikeness(CORE.stop - CORE.start)

    def feed(self, front: FrontFrame, gain: float = 1.0) -> NDArray[np.float64]:
        """Take the next frame.

        Args:
            front: From the front end.
            gain: The playback gain that was applied to this frame's reference, 0-1.

        Returns:
            Shape (len(FEATURES),), in that order.
        """
        buffer = self._hear((front.mic, front.linear, front.ref, front.suppressed, front.cancelled))
        np.fft.rfft(np.multiply(buffer, self._hann, out=self._windowed), axis=1, out=self._spectra)
        squares = np.multiply(self._parts, self._parts, out=self._parts)
        power = np.add(squares[:, ::2], squares[:, 1::2], out=self._power)
        bands = power @ self._bank
        bands += FAINTEST
        clean_middle, middle = bands[3:, BANDS + 1].tolist()
        bands_db = np.log10(bands, out=bands)
        bands_db *= DB
        mic_db, linear_db, ref_db, _, out_db = bands_db[:, BANDS].tolist()
        self.likeness.feed(bands_db[ECHO_ROWS, CORE], front.resting)

        far = bool(np.count_nonzero(front.ref))
        level = 10 * math.log10(self._core.feed(middle))
        clean = 10 * math.log10(self._clean.feed(clean_middle))
        over_floor, clean_over_floor = self._core_floor.feed(level), self._clean_floor.feed(clean)
        over_usual = self.usual.feed(level, far, gain > 0.7)
        echo_gain_db, kept = self._probe.feed(level, gain)
        floor = self._core_floor.value if self._core_floor.value is not None else USUAL_MIN_DB
        expected = max(self.usual.value + echo_gain_db, floor + 3, USUAL_MIN_DB)

        harmonic = _clip(harmonicity(buffer[4, -PITCH_WINDOW:]), 0, 1)
        smooth_harmonic = self._harmonic.feed(harmonic)
        voiced = harmonic > 0.5 and over_usual > -2 and clean_over_floor > 6
        self._voiced_s = min(self._voiced_s + 0.01, 0.5) if voiced else max(0.0, self._voiced_s - 0.01)
        active = clean_over_floor > 8 and over_usual > -4
        self._active_s = min(self._active_s + 0.01, 0.6) if active else max(0.0, self._active_s - 0.02)
        self._peaks.append(level)
        voice, sure = logit(self._voice.feed(front.linear)), logit(self._sure_voice.feed(front.linear)) / 3
        numbers = np.empty(len(FEATURES))
        numbers[:NUMBERS] = (
            voice,
            (voice - self._voice_mean.feed(voice)) / 2,
            front.speech_probability * 6 - 3,
            self._voiced_s * 10,
            _clip(over_floor, 0, 20) * _clip(smooth_harmonic - 0.2, 0, 1) / 4,
            (smooth_harmonic - self._harmonic_mean.feed(smooth_harmonic)) * 4,
            _clip(over_usual, -15, 20) / 6,
            _clip(over_floor, -3, 25) / 5,
            self._bands_excess(bands_db[3, :BANDS]) / 4,
            _clip(level - self._level_mean.feed(level), -10, 20) / 5,
            _clip((out_db + 60) / 6, -5, 8),
            min(_clip(over_usual, -10, 18) / 6 / (1 + math.exp(0.5 - voice)), 3),
            _clip(mic_db - out_db, -2, 40) / 6,
            _clip(mic_db - linear_db, -5, 30) / 6,
            _clip(linear_db - out_db, -5, 30) / 6,
            _clip(self._reference.feed(ref_db) + 60, -20, 40) / 10,
            math.log(self._tilt(front.cancelled) + 0.01),
            _clip(level - max(self._peaks), -15, 0) / 5,
            self._active_s * 8,
            self._sustained(power[4]) * 4 - 2,
            self._voiced_mean.feed(float(harmonic > 0.5 and clean_over_floor > 6)) * 4,
            _clip(level - expected, -15, 20) / 6,
            kept / 5,
            max(echo_gain_db, -20.0) / 10,
            self.likeness.value * 2,
            float(front.cancels),
            sure,
            sure - self._sure_mean.feed(sure),
        )
        spectra = bands_db[SPECTRA_ROWS, :BANDS] - QUIET_DB
        spectra /= SPREAD_DB
        numbers[NUMBERS:] = spectra.ravel()
        return numbers

    def _hear(self, signals: tuple[Samples, ...]) -> NDArray[np.float32]:
        """The last window of each signal, this frame included, as a view."""
        if self._end == WINDOW + MORE:
            self._buffer[:, : WINDOW - MODEL_FRAME] = self._buffer[:, MODEL_FRAME - WINDOW :]
            self._end = WINDOW - MODEL_FRAME
        new = slice(self._end, self._end + MODEL_FRAME)
        for row, signal in zip(self._rows, signals, strict=True):
            row[new] = signal
        self._end = new.stop
        return self._buffer[:, new.stop - WINDOW : new.stop]

    def missed(self, frames: int) -> None:
        """So many frames were never fed: what is heard now may have become louder meanwhile, and is no voice."""
        self._core_floor.missed(frames)
        self._clean_floor.missed(frames)
        if self._bands is not None:
            self._bands_floor.missed(frames, self._bands[1])

    def _bands_excess(self, levels: Levels) -> float:
        means = self._bands
        if means is None:
            means = self._bands = np.array((levels, levels))
        else:
            step = levels - means
            step *= BANDS_GAINS
            means += step
        over = (means[0] - self._bands_floor.feed(means[1]))[CORE]
        over -= MARGIN_DB
        np.maximum(over, ZERO, out=over)
        return float(np.add.reduce(np.minimum(over, MOST_DB, out=over))) / 12

    def _sustained(self, power: NDArray[np.float32]) -> float:
        """How alike the narrow-band spectrum is to that of 80 ms ago: notes are held, speech glides."""
        shape = power[6:80] + FAINT_BIN  # 190-2500 Hz
        np.log(shape, out=shape)
        shape -= np.convolve(shape, NINTHS, "same")
        shape /= math.sqrt(energy(shape)) + 1e-6
        self._narrow.append(shape)
        return self._tonal.feed(float(shape.dot(self._narrow[0])))

    @staticmethod
    def _tilt(samples: NDArray[np.float32]) -> float:
        """Level of the differences over the level: 0 for rumble, above 1 for hiss."""
        steps = samples[1:] - samples[:-1]
        return math.sqrt(energy(steps) / len(steps)) / (math.sqrt(energy(samples) / len(samples)) + 1e-6)

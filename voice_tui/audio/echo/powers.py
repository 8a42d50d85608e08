"""How loud a microphone was while something played and while nothing did, frame by frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.echo.response import Signal, band, deconvolved, in_band
from voice_tui.audio.stream.pcm import FRAME, ms_to_samples

AUDIBLE_POWER = 1e-6  # -60 dBFS
TAIL_FRAMES = 20  # the room's answer to a sound that has ended
TAIL_DECAY = 10 ** (-0.06)  # power a frame: 60 dB in a second, a very live room
FOREIGN = 16.0  # 12 dB above the room's floor, or above the echo that is to be expected, is somebody's sound
FOREIGN_SHARE = 0.1  # of the frames in which nothing played; of all power, where something did
DROWNED = 10.0  # an echo less than 10 dB above the noise: what a canceller leaves of it cannot be told from the noise
UNLIKE, UNLIKE_SHARE = 4.0, 0.1  # 6 dB between the same frames of equal sweeps: something sounded along
LEAST_ROOM = 5  # frames in which nothing played: fewer say nothing of the room
BEFORE_MS, AFTER_MS = 5, 300  # of a response around its peak: the way through the room
WINDOW = 8_192  # samples: longer than a room answers, and many of them in a few seconds
LOUD_QUANTILE = 70  # of the frames of an echo: what is compared with the microphone


class Powers:
    """Power a frame in the band of the sweep, the microphone moved back by the echo's delay.

    Args:
        mic: What was heard.
        ref: What was played, as long.
        played: In which frames there was sound.
        delay: Of the echo, samples.
        steady: There is an echo, and always that late.
    """

    def __init__(self, mic: Signal, ref: Signal, played: NDArray[np.bool_], delay: int, steady: bool) -> None:
        self._heard, self._source, self._delay = mic, ref, delay
        self._mic = powers(band(mic)[delay:])
        count = len(self._mic)
        self._played = played[:count]
        self._ref = powers(band(ref))[:count]
        self.segments = segments(self._played)
        quiet = np.ones(count, np.bool_)
        for segment in self.segments:  # short gaps in it are full of what sounded before them
            quiet[segment.start : segment.stop + TAIL_FRAMES] = False
        self._quiet = quiet
        rest = self._mic[quiet]
        self.room = len(rest) >= LEAST_ROOM
        """The room was heard by itself: the floor is known."""
        self.floor = float(np.median(rest)) if self.room else 0.0
        """Power of a frame of the room; where it was never heard by itself, of what is no echo."""
        self._calm = float(np.percentile(rest, 20)) if self.room else 0.0
        self.played_power = float(self._ref[self._played].mean())
        self._heard_power = float(self._mic[self._played].mean())
        if steady and not self.room:
            self.floor = strange_share(mic[delay:], ref) * self._heard_power

    @property
    def drowned(self) -> bool:
        """The room's noise covers what the canceller would leave."""
        return self._heard_power < DROWNED * self.floor

    def leakage_db(self, mic: Signal, ref: Signal, delay: int) -> float:
        """Power of the echo over that of its source; where noise hides it, only what correlates."""
        # Of equal sweeps the faintest: what else sounds can only add.
        echo = min((float(sweep.mean()) for sweep in self._repeats), default=self._heard_power) - self.floor
        ratio = echo / self.played_power
        if self._heard_power < 1.5 * self.floor:
            source = band(ref)[: len(mic) - delay]
            ratio = (float(band(mic)[delay:] @ source) / float(source @ source)) ** 2
        return 10 * math.log10(max(ratio, 1e-12))

    def disturbed(self, heard: bool) -> bool:
        """Whether something sounded that was not the loudspeaker."""
        if not heard:
            return self._restless()
        foreign = self._foreign_frames()
        if len(foreign) and float(foreign.mean()) > FOREIGN_SHARE:
            return True
        return self._unlike() if self._repeats else self._foreign_power() > FOREIGN_SHARE

    def _restless(self) -> bool:
        """The microphone, which does not hear the loudspeaker, does not hear an even noise either."""
        calm = float(np.percentile(self._mic, 20))
        if float(np.mean(self._mic > max(FOREIGN * calm, AUDIBLE_POWER))) > FOREIGN_SHARE:
            return True
        return self._heard_power > max(4 * (self.floor if self.room else calm), AUDIBLE_POWER)

    def _foreign_power(self) -> float:
        """Share of the microphone's power in frames that are far louder than the echo that is to be expected."""
        reach = ms_to_samples(AFTER_MS)
        first = max(0, self._delay - ms_to_samples(BEFORE_MS))
        path = deconvolved(self._heard, self._source, 0, self._delay + reach)[first:]
        size = 1 << (len(self._source) + len(path) - 1).bit_length()
        echo = np.fft.irfft(np.fft.rfft(self._source, size) * np.fft.rfft(path, size), size)
        late = self._delay - first  # the frames of the microphone are moved back by the delay
        expected = powers(band(echo[late : late + len(self._source)]))[: len(self._mic)]
        loud = expected > np.percentile(expected, LOUD_QUANTILE)
        if not loud.any():
            return 0.0
        scale = float(np.median(np.maximum(self._mic[loud] - self.floor, 0) / expected[loud]))
        limit = FOREIGN * (scale * _dying(expected) + self.floor) + AUDIBLE_POWER
        return float(self._mic[self._mic > limit].sum() / (self._mic.sum() or 1.0))

    def _foreign_frames(self) -> NDArray[np.bool_]:
        """Of the frames in which nothing played: what stands out of the floor, and of the room's dying echo."""
        leak = max(0.0, self._heard_power - self._calm) / self.played_power
        limit = np.maximum(FOREIGN * self._calm + 4 * leak * _dying(self._ref), AUDIBLE_POWER)
        return (self._mic > limit)[self._quiet]

    @property
    def _repeats(self) -> list[Signal]:
        """Power a frame of each of several equal sweeps; none where the sounds were not equal."""
        lengths = [s.stop - s.start for s in self.segments]
        if len(lengths) < 2 or max(lengths) - min(lengths) > 1:
            return []
        return [self._mic[s.start : s.start + min(lengths)] for s in self.segments]

    def _unlike(self) -> bool:
        """Equal sweeps must sound equally loud, moment by moment."""
        repeats = self._repeats
        loudest, faintest = np.max(repeats, axis=0), np.min(repeats, axis=0)
        return float(np.mean(loudest > UNLIKE * (faintest + self.floor))) > UNLIKE_SHARE


def strange_share(mic: Signal, ref: Signal) -> float:
    """Share of a microphone's power that has nothing to do with what was played: what is not coherent with it.

    Args:
        mic: What was heard, moved back by the echo's delay.
        ref: What was played.
    """
    window, inside = np.hanning(WINDOW), in_band(WINDOW)
    cross = np.zeros(WINDOW // 2 + 1, np.complex128)
    heard, source = np.zeros(len(cross)), np.zeros(len(cross))
    for start in range(0, min(len(mic), len(ref)) - WINDOW + 1, WINDOW // 2):
        a, b = (np.fft.rfft(x[start : start + WINDOW] * window) for x in (mic, ref))
        cross += a * b.conj()
        heard += np.abs(a) ** 2
        source += np.abs(b) ** 2
    known = np.abs(cross) ** 2 / np.maximum(source, 1e-20)
    total = float(heard[inside].sum())
    return 1 - min(1.0, float(known[inside].sum()) / total) if total else 0.0


def _dying(power: Signal) -> Signal:
    """What a live room makes of so much power a frame."""
    tail, dying = np.zeros(len(power)), 0.0
    for i, each in enumerate(power):
        dying = max(float(each), dying * TAIL_DECAY)
        tail[i] = dying
    return tail


def powers(x: Signal) -> Signal:
    """Mean square of each whole frame."""
    count = len(x) // FRAME
    power: Signal = (x[: count * FRAME].reshape(count, FRAME) ** 2).mean(axis=1)
    return power


def segments(played: NDArray[np.bool_]) -> list[slice]:
    """Runs of frames with sound, gaps of a few frames included."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], played.astype(np.int8), [0]))))
    runs: list[slice] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1].stop < 10:
            runs[-1] = slice(runs[-1].start, stop)
        else:
            runs.append(slice(start, stop))
    return runs

"""From loudspeaker to microphone: a test sound, and what came back of it.

The sound is an exponential sweep (Farina, "Simultaneous measurement of impulse response and distortion with a
swept-sine technique", AES 108, 2000). Delay and certainty come from the impulse response, which the sweep's length
lifts out of noise that is louder than the echo; the leakage comes from powers, so that reverberation counts.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.decibels import SILENCE_DBFS
from voice_tui.audio.echo.advice import EchoAdvice, advise
from voice_tui.audio.echo.cancel import Canceller
from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm, ms_to_samples
from voice_tui.audio.stream.resample import Down

LOW_HZ, HIGH_HZ = 200.0, 7_000.0  # what small loudspeakers play and a voice band hears
SWEEPS, SWEEP_MS, PAUSE_MS = 3, 600, 400
EDGE_MS = 20  # faded in and out, so that nothing clicks
PEAK = 0.25  # -12 dBFS: an answer's loudness, not an alarm's
MAX_DELAY_MS = 500  # Bluetooth takes 300; less than a sweep and its pause, so that repetitions do not alias
SURE = 16.0  # peak over median of the impulse response; noise and voices alone reach 8
AUDIBLE_POWER = 1e-6  # -60 dBFS
LEAST_FRAMES = 30  # of sound that was really played
TAIL_FRAMES = 20  # the room's answer to a sweep that has ended
TAIL_DECAY = 10 ** (-0.06)  # power a frame: 60 dB in a second, a very live room
FOREIGN = 16.0  # 12 dB above the room's floor is somebody's sound
FOREIGN_SHARE = 0.1  # of the frames in which nothing played
DROWNED = 10.0  # an echo less than 10 dB above the noise: what a canceller leaves of it cannot be told from the noise
UNLIKE, UNLIKE_SHARE = 4.0, 0.1  # 6 dB between the same frames of equal sweeps: something sounded along
CLIPPED_LEVEL, CLIPPED_SHARE = 0.999, 1e-3
BOUND_DB = -90.0  # what 16 bits can tell

Signal = NDArray[np.float64]


class EchoPathError(ValueError):
    """Nothing can be said about the echo; the message says why."""


class Finding(StrEnum):
    """What came of the test."""

    HEARD = "heard"
    NOT_HEARD = "not heard"
    DISTURBED = "not quiet"
    """Something else sounded: the test has to be repeated."""


@dataclass(frozen=True, slots=True)
class EchoPath:
    """The way from loudspeaker to microphone.

    Attributes:
        finding: Whether the microphone hears the loudspeaker.
        advice: What to do.
        leakage_db: Microphone over what was handed to the loudspeaker, less the room's noise, dB; None unless heard.
        below_db: An echo would be weaker than this, dB; None where it was heard.
        delay_ms: Echo against the reference; None unless heard.
        erle_db: What the echo canceller takes away of the last sweep once it knows the path, dB; None unless heard
            well above the noise.
        certainty: Peak over median of the impulse response; from `SURE` on it is heard.
        noise_dbfs: The room's noise in the band of the sweep, dBFS (RMS).
        clipped: The microphone was overdriven.
    """

    finding: Finding
    advice: EchoAdvice
    leakage_db: float | None
    below_db: float | None
    delay_ms: float | None
    erle_db: float | None
    certainty: float
    noise_dbfs: float
    clipped: bool = False

    def as_json(self) -> dict[str, object]:
        """Rounded for people."""
        return {k: round(v, 1) if isinstance(v, float) else v for k, v in asdict(self).items()}


def sweeps() -> Pcm:
    """What is played: sweeps with silence between them, int16 at 24 kHz, shape (n,), 2.6 s."""
    t = np.arange(ms_to_samples(SWEEP_MS)) / RATE
    octaves, length = math.log(HIGH_HZ / LOW_HZ), SWEEP_MS / 1000
    sweep = np.sin(2 * np.pi * LOW_HZ * length / octaves * np.expm1(t / length * octaves))
    edge = ms_to_samples(EDGE_MS)
    fade = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    sweep[:edge] *= fade
    sweep[-edge:] *= fade[::-1]
    pause = np.zeros(ms_to_samples(PAUSE_MS))
    parts = [sweep, *[part for _ in range(SWEEPS - 1) for part in (pause, sweep)]]
    return np.rint(np.concatenate(parts) * PEAK * FULL_SCALE).astype(np.int16)


class EchoProbe:
    """Feed what the microphone heard and what was played, from before the sound until its echo is over."""

    def __init__(self) -> None:
        self._down_mic, self._down_ref, self._canceller = Down(), Down(), Canceller()
        self._mic: list[Pcm] = []
        self._ref: list[Pcm] = []

    def feed(self, mic: Pcm, ref: Pcm) -> None:
        """Take the next 10 ms of both, int16 at 24 kHz, shape (240,)."""
        self._mic.append(mic)
        self._ref.append(ref)
        self._cancel(mic, ref)

    def _cancel(self, mic: Pcm, ref: Pcm) -> tuple[float, float]:
        """Energy before and behind the canceller, which learns."""
        mic16, ref16 = self._down_mic.process(mic), self._down_ref.process(ref)
        cleaned = self._canceller.process(mic16, ref16, high_pass=True, cancel=True, level=0)
        before, after = (x.astype(np.float64) * FULL_SCALE for x in (cleaned.high_passed, cleaned.cancelled))
        return float(before @ before), float(after @ after)

    def result(self) -> EchoPath:
        """What is known now.

        Raises:
            EchoPathError: Nothing, or hardly anything, was played.
        """
        if not self._mic:
            raise EchoPathError("nothing was recorded")
        mic, ref = (np.concatenate(x).astype(np.float64) / FULL_SCALE for x in (self._mic, self._ref))
        played = _powers(ref) > AUDIBLE_POWER
        if int(played.sum()) < LEAST_FRAMES:
            raise EchoPathError(
                f"only {played.sum() / 100:.1f} s of the test sound were played: is the loudspeaker on?"
            )
        delay, certainty = _delay(mic, ref)
        heard = certainty >= SURE
        seen = _Powers(mic, ref, played, delay if heard else 0)
        clipped = float(np.mean(np.abs(mic) >= CLIPPED_LEVEL)) > CLIPPED_SHARE
        noise = 10 * math.log10(max(seen.floor, 1e-12))
        if seen.disturbed(heard):
            finding, leakage, below = Finding.DISTURBED, None, None
        elif heard:
            finding, leakage, below = Finding.HEARD, seen.leakage_db(mic, ref, delay), None
        else:
            below = max(BOUND_DB, 10 * math.log10(max(seen.floor, 1e-12) / seen.played_power))
            finding, leakage = Finding.NOT_HEARD, None
        plain = finding is Finding.HEARD and not seen.drowned
        erle = self._erle(seen.segments[-1], delay) if plain else None
        silent = not mic.any()
        return EchoPath(
            finding=finding,
            advice=advise(finding is Finding.DISTURBED, silent, leakage, erle, clipped),
            leakage_db=leakage,
            below_db=below,
            delay_ms=delay * 1000 / RATE if finding is Finding.HEARD else None,
            erle_db=erle,
            certainty=certainty,
            noise_dbfs=max(SILENCE_DBFS, noise),
            clipped=clipped,
        )

    def _erle(self, segment: slice, delay: int) -> float:
        """What the canceller takes away once it has heard it all: sweeps teach it slowly, talk is longer."""
        energies = [self._cancel(mic, ref) for mic, ref in zip(self._mic, self._ref, strict=True)]
        late = round(delay / FRAME)
        before, after = np.sum(energies[segment.start + late : segment.stop + late], axis=0)
        return 10 * math.log10((before + 1) / (after + 1))


class _Powers:
    """Power a frame in the band of the sweep, the microphone moved back by the echo's delay."""

    def __init__(self, mic: Signal, ref: Signal, played: NDArray[np.bool_], delay: int) -> None:
        self._mic = _powers(_band(mic)[delay:])
        count = len(self._mic)
        self._played = played[:count]
        self._ref = _powers(_band(ref))[:count]
        self.segments = _segments(self._played)
        quiet = ~self._played
        for segment in self.segments:
            quiet[segment.stop : segment.stop + TAIL_FRAMES] = False
        self._quiet = quiet
        rest = self._mic[quiet]
        self.floor = float(np.median(rest)) if len(rest) else 0.0
        self._calm = float(np.percentile(rest, 20)) if len(rest) else 0.0
        self.played_power = float(self._ref[self._played].mean())
        self._heard_power = float(self._mic[self._played].mean())

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
            source = _band(ref)[: len(mic) - delay]
            ratio = (float(_band(mic)[delay:] @ source) / float(source @ source)) ** 2
        return 10 * math.log10(max(ratio, 1e-12))

    def disturbed(self, heard: bool) -> bool:
        """Whether something sounded that was not the loudspeaker."""
        foreign = self._foreign_frames(heard)
        if len(foreign) and float(foreign.mean()) > FOREIGN_SHARE:
            return True
        if not heard:
            return self._heard_power > max(4 * self.floor, AUDIBLE_POWER)
        return self._unlike()

    def _foreign_frames(self, heard: bool) -> NDArray[np.bool_]:
        """Of the frames in which nothing played: what stands out of the floor, and of the room's dying echo."""
        leak = max(0.0, self._heard_power - self._calm) / self.played_power if heard else 0.0
        tail, dying = np.zeros(len(self._ref)), 0.0
        for i, power in enumerate(self._ref):
            dying = max(float(power), dying * TAIL_DECAY)
            tail[i] = dying
        limit = np.maximum(FOREIGN * self._calm + 4 * leak * tail, AUDIBLE_POWER)
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
        if not repeats:
            return False
        loudest, faintest = np.max(repeats, axis=0), np.min(repeats, axis=0)
        return float(np.mean(loudest > UNLIKE * (faintest + self.floor))) > UNLIKE_SHARE


def _delay(mic: Signal, ref: Signal) -> tuple[int, float]:
    """Samples of delay, and how far the peak of the impulse response stands out of its median."""
    longest = ms_to_samples(MAX_DELAY_MS)
    size = 1 << (len(mic) + longest - 1).bit_length()
    heard, source = np.fft.rfft(mic, size), np.fft.rfft(ref, size)
    inside = _inside(size)
    power = np.abs(source) ** 2
    quotient = inside * heard * source.conj() / (power + float(power[inside].mean()))
    response = np.abs(np.fft.irfft(quotient, size)[:longest])
    peak = int(np.argmax(response))
    median = float(np.median(response))
    return peak, float(response[peak]) / median if median > 0 else 0.0


def _inside(size: int) -> NDArray[np.bool_]:
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    return (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)


def _band(x: Signal) -> Signal:
    """Without what the sweep does not hold: rumble and hiss."""
    size = 1 << (len(x) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(x, size) * _inside(size), size)[: len(x)]


def _powers(x: Signal) -> Signal:
    """Mean square of each whole frame."""
    count = len(x) // FRAME
    power: Signal = (x[: count * FRAME].reshape(count, FRAME) ** 2).mean(axis=1)
    return power


def _segments(played: NDArray[np.bool_]) -> list[slice]:
    """Runs of frames with sound, gaps of a few frames included."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], played.astype(np.int8), [0]))))
    runs: list[slice] = []
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1].stop < 10:
            runs[-1] = slice(runs[-1].start, stop)
        else:
            runs.append(slice(start, stop))
    return runs

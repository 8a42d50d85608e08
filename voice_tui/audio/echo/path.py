"""From loudspeaker to microphone: a test sound, and what came back of it.

The sound is an exponential sweep (Farina, "Simultaneous measurement of impulse response and distortion with a
swept-sine technique", AES 108, 2000). Delay and certainty come from the impulse response, which the sweep's length
lifts out of noise that is louder than the echo; the leakage comes from powers, so that reverberation counts.
"""

from __future__ import annotations

import math

import numpy as np

from voice_tui.audio.decibels import SILENCE_DBFS
from voice_tui.audio.echo.advice import advise
from voice_tui.audio.echo.cancel import Canceller
from voice_tui.audio.echo.kalman import TAIL_MS
from voice_tui.audio.echo.moved import agreed, jumps
from voice_tui.audio.echo.outcome import EchoPath, Finding
from voice_tui.audio.echo.powers import AUDIBLE_POWER, Powers, powers
from voice_tui.audio.echo.response import HIGH_HZ, LOW_HZ, Signal, deconvolved, highest, repeats
from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm, ms_to_samples
from voice_tui.audio.stream.resample import Down

SWEEPS, SWEEP_MS, PAUSE_MS = 3, 600, 400
EDGE_MS = 20  # faded in and out, so that nothing clicks
PEAK = 0.25  # -12 dBFS: an answer's loudness, not an alarm's
MAX_DELAY_MS = 500  # Bluetooth takes 300; less than a sweep and its pause, so that repetitions do not alias
SURE = 16.0  # peak over median of the impulse response; noise and voices alone reach 8
FAR_MS = 5_000  # so far before and behind a sound is looked for that is not where an echo stands
LATEST_MS = 2_000  # no device is later than that: the recordings do not begin together
FAR_SURE, FAR_HIGHER = 32.0, 1.5  # as `SURE`, of ten times the delays; and times the peak where echoes stand
LONGEST = 300 * RATE  # samples from the first sound on that a delay is told from
LEAST_FRAMES = 30  # of sound that was really played
CLIPPED_LEVEL, CLIPPED_SHARE = 0.999, 1e-3
BOUND_DB = -90.0  # what 16 bits can tell
SPREAD_DB = 6.0  # an echo that a room spreads stands out of its response by so much less than one that comes at once
VAGUE_DB = -24.0  # if an echo that loud could hide, it can't be said that there is none
ROOM_MS = 20  # of the room's answer behind the first echo, which holds most of it


class EchoPathError(ValueError):
    """Nothing can be said about the echo; the message says why."""


class HeardError(EchoPathError):
    """What was heard is to blame, not what was played."""


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
            EchoPathError: Nothing, or hardly anything, was played, or too little to tell.
            HeardError: What was heard does not begin with what was played.
        """
        if not self._mic:
            raise EchoPathError("nothing was recorded")
        mic, ref = (np.concatenate(x).astype(np.float64) / FULL_SCALE for x in (self._mic, self._ref))
        played = powers(ref) > AUDIBLE_POWER
        if int(played.sum()) < LEAST_FRAMES:
            raise EchoPathError(
                f"only {played.sum() / 100:.1f} s of the test sound were played: is the loudspeaker on?"
            )
        first = int(played.argmax()) * FRAME
        found = _Delay(mic[first : first + LONGEST], ref[first : first + LONGEST])
        heard, alike = found.heard, found.alike
        moved = jumps(mic, ref) if heard and not alike else ()
        seen = Powers(mic, ref, played, found.lag if heard else 0, steady=heard and not alike and not moved)
        clipped = float(np.mean(np.abs(mic) >= CLIPPED_LEVEL)) > CLIPPED_SHARE
        leakage, below = None, None
        if not moved and seen.disturbed(heard):
            finding = Finding.DISTURBED
        elif heard:
            finding, leakage = Finding.HEARD, seen.leakage_db(mic, ref, found.lag)
        else:
            finding, below = Finding.NOT_HEARD, _bound_db(seen, found, int(played.sum()))
        plain = finding is Finding.HEARD and not seen.drowned and not alike and not moved
        erle = self._erle(seen.segments[-1], found.lag) if plain else None
        delay_ms = found.lag * 1000 / RATE if finding is Finding.HEARD and not alike else None
        return EchoPath(
            finding=finding,
            advice=advise(
                finding is Finding.DISTURBED,
                not mic.any(),
                leakage,
                erle,
                clipped,
                alike=alike,
                late=delay_ms is not None and delay_ms + ROOM_MS > TAIL_MS,
                jumped=bool(moved),
            ),
            leakage_db=leakage,
            below_db=below,
            delay_ms=delay_ms,
            erle_db=erle,
            certainty=found.certainty,
            noise_dbfs=max(SILENCE_DBFS, 10 * math.log10(max(seen.floor, 1e-12))) if seen.room else None,
            clipped=clipped,
            jumps=moved,
        )

    def _erle(self, segment: slice, delay: int) -> float:
        """What the canceller takes away once it has heard it all: sweeps teach it slowly, talk is longer."""
        energies = [self._cancel(mic, ref) for mic, ref in zip(self._mic, self._ref, strict=True)]
        late = round(delay / FRAME)
        before, after = np.sum(energies[segment.start + late : segment.stop + late], axis=0)
        return 10 * math.log10((before + 1) / (after + 1))


class _Delay:
    """How late the echo is, and how sure that is.

    Raises:
        HeardError: What was played stands where no echo can.
    """

    def __init__(self, mic: Signal, ref: Signal) -> None:
        far, longest = ms_to_samples(FAR_MS), ms_to_samples(MAX_DELAY_MS)
        response = deconvolved(mic, ref, far, far)
        near, anywhere = highest(response[far : far + longest]), highest(response, -far)
        self.alike = repeats(ref, longest)
        """What was played is so like itself a moment later that it tells no delay."""
        away = anywhere.certainty >= FAR_SURE and anywhere.height > FAR_HIGHER * near.height and not self.alike
        away = away and agreed(mic, ref, anywhere.lag)
        if away and not 0 <= anywhere.lag <= ms_to_samples(LATEST_MS):
            where = f"{abs(anywhere.lag) / RATE:.2f} s {'earlier' if anywhere.lag < 0 else 'later'}"
            order = " (are they in the right order?)" if anywhere.lag < 0 else ""
            raise HeardError(f"what was played is in it, but {where}: both must begin at the same moment{order}")
        peak = anywhere if away else near
        self.lag, self.certainty = peak.lag, peak.certainty
        own = float(np.abs(deconvolved(ref, ref, 0, 1))[0])
        hidden = near.height / near.certainty if near.certainty else 0.0
        self.bound_db = 20 * math.log10(max(SURE * hidden / own, 1e-9)) + SPREAD_DB
        """An echo would be weaker than this."""

    @property
    def heard(self) -> bool:
        return self.certainty >= SURE


def _bound_db(seen: Powers, found: _Delay, frames: int) -> float:
    """What an echo that is not heard has at most, dB.

    Raises:
        EchoPathError: One that matters could hide.
    """
    if found.bound_db > VAGUE_DB:
        raise EchoPathError(
            f"{frames / 100:.1f} s of what was played are too little to tell whether it was heard: give more"
        )
    power = 10 * math.log10(max(seen.floor, 1e-12) / seen.played_power) if seen.room else found.bound_db
    return max(BOUND_DB, power)

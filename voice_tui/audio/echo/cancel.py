"""The WebRTC stages: high-pass, echo canceller with suppressor (AEC3), noise suppression; switchable while they run.

Every stage is always as late as the library makes it; switching one off takes the delayed input instead of its output.
So no switch moves the audio by a sample. A stage that is switched on knows what went before: the echo canceller runs
on while it is off and rests only where there is no echo that could teach it anything; a noise suppressor makes up for
the last seconds, and that is all that it remembers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from pywebrtc_audio import EchoCanceller, NoiseSuppressor

from voice_tui.audio.echo.high_pass import FAINT, HighPass
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Samples

CANCELLER_DELAY = 128  # samples at 16 kHz: 8 ms, measured with white noise
SUPPRESSOR_DELAY = 96  # samples: the overlap of its transform, 6 ms
LEVELS = (1, 2, 3)  # 12, 18 and 21 dB of suppression at most; the library's 6 dB level does too little to be a choice
ANALYSIS_LEVEL = 2  # the one that the barge-in evidence looks at, whatever is switched on for the ears
CATCH_UP_FRAMES = 300  # 3 s: what a suppressor knows of a noise by then is within 0.3 dB of what it will ever know
HANDOVER_FRAMES = 8  # 80 ms: in that time a high-pass and a transform have forgotten what they heard before


class _Delay:
    """Keeps a bypassed signal in step with a processed one."""

    def __init__(self, samples: int) -> None:
        self._kept = np.zeros(samples, np.float32)

    def process(self, signal: Samples) -> Samples:
        line = np.concatenate((self._kept, signal))
        self._kept = line[len(signal) :]
        return line[: len(signal)]


def _frames(samples: Samples) -> Samples:
    """One row a frame."""
    return samples.reshape(-1, MODEL_FRAME)


class _RestingCanceller:
    """AEC3, which may rest.

    Where no echo is left AEC3 is nothing but a second high-pass and a delay, bit by bit. So those two stand in for it,
    at a fifth of its cost, and what it knows of the echo stays as it is. Whoever takes over first hears what the other
    one heard last: nothing clicks, and nothing moves in time.
    """

    def __init__(self) -> None:
        self._aec = EchoCanceller(MODEL_RATE)
        self._high_pass = HighPass()
        self._late = _Delay(CANCELLER_DELAY)
        self._recent: deque[Samples] = deque(maxlen=HANDOVER_FRAMES)
        self._silence = np.zeros(MODEL_FRAME, np.float32)
        self._rested = True

    def process(self, mic: Samples, ref: Samples, rest: bool) -> Samples:
        if rest != self._rested:
            self._rested = rest
            for heard in self._recent:
                self._run(heard, self._silence)
        self._recent.extend(_frames(mic))
        return self._run(mic, ref)

    def _run(self, mic: Samples, ref: Samples) -> Samples:
        if self._rested:
            return self._late.process(self._high_pass.process(mic))
        cancelled: Samples = self._aec.process(mic + FAINT[0], ref + FAINT[1])
        return cancelled


class _Suppressor:
    """Noise suppression at any level, each as if it had run all the time."""

    def __init__(self) -> None:
        self._analyst = NoiseSuppressor(MODEL_RATE, level=ANALYSIS_LEVEL)
        self._other: tuple[int, NoiseSuppressor] | None = None  # the one that is switched on, by its level
        self._recent: deque[Samples] = deque(maxlen=CATCH_UP_FRAMES)

    def process(self, samples: Samples, level: int) -> tuple[Samples, Samples, tuple[float, ...]]:
        """Take some frames; give them at this level, at that of the analysis, and its guess for each of them, 0-1."""
        frames = _frames(samples)
        parts, guesses = [], []
        for frame in frames:
            parts.append(self._analyst.process(frame))
            guesses.append(float(self._analyst.speech_probability))
        analysis = parts[0] if len(parts) == 1 else np.concatenate(parts)
        wanted = self._other_level(samples, level) if level not in (0, ANALYSIS_LEVEL) else analysis
        if wanted is analysis:
            self._other = None
        self._recent.extend(frames)
        return wanted, analysis, tuple(guesses)

    def _other_level(self, samples: Samples, level: int) -> Samples:
        if self._other is None or self._other[0] != level:
            self._other = level, NoiseSuppressor(MODEL_RATE, level=level)
            for heard in self._recent:
                self._other[1].process(heard)
        suppressed: Samples = self._other[1].process(samples)
        return suppressed


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What the stages made of one frame or several, float32 at 16 kHz, shape (n · 160,), full scale 1.0.

    Attributes:
        high_passed: The microphone without rumble, not delayed.
        cancelled: Behind the echo canceller (or its bypass), 8 ms late.
        suppressed: Behind noise suppression (or its bypass), 14 ms late.
        analysis: ``cancelled`` behind 18 dB of noise suppression, whatever is switched on; 14 ms late.
        speech_probabilities: The noise suppressor's own guess, 0-1, a frame.
    """

    high_passed: Samples
    cancelled: Samples
    suppressed: Samples
    analysis: Samples
    speech_probabilities: tuple[float, ...]


class Canceller:
    """High-pass, AEC3 and noise suppression in a row."""

    def __init__(self) -> None:
        self._high_pass = HighPass()
        self._canceller = _RestingCanceller()
        self._bypass = _Delay(CANCELLER_DELAY)
        self._suppressor = _Suppressor()
        self._unsuppressed = _Delay(SUPPRESSOR_DELAY)

    def process(
        self, mic: Samples, ref: Samples, *, high_pass: bool, cancel: bool, level: int, rest: bool = False
    ) -> Cleaned:
        """Take 10 ms of microphone and of what was handed to the loudspeaker at about that time; at rest also more.

        Args:
            mic: float32 at 16 kHz, shape (160,), full scale 1.0; where it rests (n · 160,).
            ref: 10 ms; where it rests nobody looks at it.
            high_pass: Whether the rumble filter is on.
            cancel: Whether the echo canceller is on.
            level: Noise suppression: 0 off, 1 to 3 as in `LEVELS`.
            rest: Nothing that was played can still be heard: ``ref`` is zero, and there is nothing to cancel.
        """
        assert len(ref) == MODEL_FRAME
        assert rest or len(mic) == MODEL_FRAME
        filtered = self._high_pass.process(mic)
        if not high_pass:
            filtered = mic
        without_echo = self._canceller.process(filtered, ref, rest)
        late = self._bypass.process(filtered)
        cancelled = without_echo if cancel else late
        plain = self._unsuppressed.process(cancelled)
        suppressed, analysis, guesses = self._suppressor.process(cancelled, level)
        return Cleaned(filtered, cancelled, suppressed if level else plain, analysis, guesses)

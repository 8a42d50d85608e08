"""The acoustic front end: from microphone and playback to what decides, what is sent and what is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice_tui.audio.echo.cancel import Canceller
from voice_tui.audio.echo.kalman import KalmanCanceller
from voice_tui.audio.stream.pcm import Pcm, rms_dbfs
from voice_tui.audio.stream.resample import Down, Samples, Up, to_int16

POWER_SMOOTHING = 0.97  # per 10 ms: the levels behind ERLE are means over about 0.3 s
AUDIBLE = 1e-6  # mean square (-60 dBFS): below that a reference leaves no echo worth measuring
DELAY_EVERY = 50  # frames; finding the peak of the echo path costs as much as a frame
RESAMPLING_DELAY = 48  # samples at 24 kHz: down and up again, 2 ms
WORTHWHILE_DB = 4.0  # what the linear canceller has to gain before its residual is sent
FORGET_DB = 0.01  # per frame of playback
FAR_HOLD = 45  # frames for which the echo of what stopped may still be heard
SCALE = np.float32(1 / 32768)


class SentSignal(StrEnum):
    """Which signal goes to the server.

    Words lost by interrupting users in simulated rooms (word error against the user alone, the embedded ears,
    tests/benchmarks/sent_words.py), as raw / linear / cancelled / auto: no echo .02 .07 .16 .05; echo at -20 dB
    .25 .13 .28 .11; at -6 dB .65 .15 .46 .16. The suppressor eats words, so it decides and is not sent.
    """

    AUTO = "auto"
    """Raw, and linear while a loudspeaker can be heard: cancelling costs words where there is no echo to cancel."""

    RAW = "raw"
    """The microphone untouched."""
    LINEAR = "linear"
    """The linear canceller's residual."""
    CANCELLED = "cancelled"
    """Behind the echo canceller with suppressor and noise suppression."""


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """What is switched on; may be replaced between any two frames."""

    cancel: bool = True
    """Echo cancellation."""
    high_pass: bool = True
    """Remove rumble below about 100 Hz."""
    suppress: int = 0
    """Noise suppression of the decision signal: 0 off, 1 to 3 for 12, 18, 21 dB."""
    send: SentSignal = SentSignal.AUTO
    """What the server gets."""


@dataclass(frozen=True, slots=True)
class FrontFrame:
    """10 ms behind the front end.

    Attributes:
        decision: What voice detection looks at, int16 at 24 kHz, shape (240,).
        send: What the server gets, the same shape.
        erle_db: How much quieter the canceller made the microphone while something played, dB, mean over 0.3 s.
        delay_ms: From handing audio over to hearing it, ms; None while unknown.
        mic_dbfs, ref_dbfs, decision_dbfs: Levels.
        mic, ref, linear, cancelled, suppressed: At 16 kHz, float, shape (160,), full scale 1.0, for the evidence.
        speech_probability: The noise suppressor's guess, 0-1.
    """

    decision: Pcm
    send: Pcm
    erle_db: float
    delay_ms: float | None
    mic_dbfs: float
    ref_dbfs: float
    decision_dbfs: float
    mic: Samples
    ref: Samples
    linear: Samples
    cancelled: Samples
    suppressed: Samples
    speech_probability: float


class FrontEnd:
    """Feed 10 ms of both; everything is causal and counted in frames."""

    def __init__(self, settings: FrontSettings | None = None) -> None:
        self.settings = settings or FrontSettings()
        """Replace it to switch a stage: nothing is reset and nothing moves in time."""
        self._down_mic, self._down_ref, self._up_decision, self._up_send = Down(), Down(), Up(), Up()
        self._canceller = Canceller()
        self._kalman = KalmanCanceller()
        self._raw = np.zeros(RESAMPLING_DELAY, np.int16)
        self._blend = 0.0  # share of the linear residual in what is sent
        self._quiet = FAR_HOLD
        self._before = self._after = self._after_linear = 0.0
        self._linear_gain_db = 0.0  # what the linear canceller gained at best, lately
        self._erle_db = 0.0
        self._delay_ms: float | None = None
        self._frames = 0

    @property
    def erle_db(self) -> float:
        """How much quieter the canceller makes the microphone while something plays, dB."""
        return self._erle_db

    def process(self, mic: Pcm, ref: Pcm) -> FrontFrame:
        """Take the next 10 ms.

        Args:
            mic: int16 at 24 kHz, shape (240,).
            ref: What was handed to the loudspeaker at about that time, the same shape; zeros when nothing plays.
        """
        on = self.settings
        mic16, ref16 = self._down_mic.process(mic), self._down_ref.process(ref)
        cleaned = self._canceller.process(
            to_int16(mic16), to_int16(ref16), high_pass=on.high_pass, cancel=on.cancel, level=on.suppress
        )
        filtered = cleaned.high_passed * SCALE
        residual = self._kalman.process(filtered, ref16)
        cancelled = cleaned.cancelled * SCALE
        self._measure(filtered, cancelled, residual, ref16)
        cancelled_send = cleaned.suppressed * SCALE
        decision = self._up_decision.process(cancelled_send)
        sent = self._up_send.process(cancelled_send if on.send is SentSignal.CANCELLED else residual)
        automatic = self._automatic(mic, sent)
        return FrontFrame(
            decision=decision,
            send={SentSignal.RAW: mic, SentSignal.AUTO: automatic}.get(on.send, sent),
            erle_db=self._erle_db,
            delay_ms=self._delay_ms,
            mic_dbfs=rms_dbfs(mic),
            ref_dbfs=rms_dbfs(ref),
            decision_dbfs=rms_dbfs(decision),
            mic=filtered,
            ref=ref16,
            linear=residual if on.cancel else filtered,
            cancelled=cancelled,
            suppressed=cleaned.analysis * SCALE,
            speech_probability=cleaned.speech_probability,
        )

    def _automatic(self, mic: Pcm, linear: Pcm) -> Pcm:
        """Raw, as late as the linear residual, and blended into it within a frame while echo can be heard."""
        line = np.concatenate((self._raw, mic))
        self._raw = line[len(mic) :]
        echo = self._linear_gain_db > WORTHWHILE_DB and self._quiet < FAR_HOLD
        ramp = np.linspace(self._blend, float(echo), len(mic))
        self._blend = float(echo)
        return np.rint(line[: len(mic)] * (1 - ramp) + linear * ramp).astype(np.int16)

    def _measure(self, mic: Samples, cancelled: Samples, linear: Samples, ref: Samples) -> None:
        self._frames += 1
        self._quiet += 1
        if float(ref @ ref) / len(ref) > AUDIBLE:
            self._quiet = 0
            keep = POWER_SMOOTHING
            self._before = keep * self._before + (1 - keep) * float(mic @ mic)
            self._after = keep * self._after + (1 - keep) * float(cancelled @ cancelled)
            self._after_linear = keep * self._after_linear + (1 - keep) * float(linear @ linear)
            gain_db = 10 * math.log10((self._before + 1e-9) / (self._after_linear + 1e-9))
            self._linear_gain_db = max(self._linear_gain_db - FORGET_DB, gain_db)
            self._erle_db = 10 * math.log10((self._before + 1e-9) / (self._after + 1e-9))
        if self._frames % DELAY_EVERY == 0:
            self._delay_ms = self._kalman.delay_ms

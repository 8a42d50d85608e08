"""The acoustic front end: from microphone and playback to what decides, what is sent and what is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice_tui.audio.echo.audible import AudibleEcho
from voice_tui.audio.echo.cancel import Canceller, Cleaned
from voice_tui.audio.echo.jump import JumpFinder
from voice_tui.audio.echo.kalman import TAIL_MS, KalmanCanceller
from voice_tui.audio.stream.pcm import FRAME, Pcm, energy, rms_dbfs
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Down, Samples, Up

POWER_SMOOTHING = 0.97  # per 10 ms: the levels behind ERLE are means over about 0.3 s
AUDIBLE = 1e-6  # mean square (-60 dBFS): below that a reference leaves no echo worth measuring
DELAY_EVERY = 50  # frames; finding the peak of the echo path costs as much as a frame
RESAMPLING_DELAY = 48  # samples at 24 kHz: down and up again, 2 ms
DECISION_DELAY_MS = 16  # of what is decided on: resampling, canceller and suppressor together
WORTHWHILE_DB = 4.0  # what the linear canceller has to gain before its residual is sent
FORGET_DB = 0.01  # per frame of playback
FAR_HOLD = 45  # frames for which the echo of what stopped may still be heard
REST_FRAMES = 100  # 1 s without a reference: as far back as AEC3 looks for an echo; the other filter ends sooner
JUMP_HOLD = 25  # frames for which smoothed levels and voice models go on hearing the echo that a jump left
SILENT: Samples = np.zeros(MODEL_FRAME, np.float32)
SILENT.flags.writeable = False  # every resting frame shares it


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
        mic_dbfs: Level of the microphone.
        resting: Nothing that was played can still be heard: there is no echo to cancel and no answer to interrupt.
        mic, ref, linear, cancelled, suppressed: At 16 kHz, float, shape (160,), full scale 1.0, for the evidence.
        speech_probability: The noise suppressor's guess, 0-1.
        cancels: Lately the linear canceller has taken away echo: there is one that it may also fail to take away.
        jumped: The delay of the echo has just jumped: for a moment what is left is that echo.
        jump_ms: By how much it is known in this frame to have jumped, ms; 0 in every other one.
    """

    decision: Pcm
    send: Pcm
    erle_db: float
    delay_ms: float | None
    mic_dbfs: float
    resting: bool
    mic: Samples
    ref: Samples
    linear: Samples
    cancelled: Samples
    suppressed: Samples
    speech_probability: float
    cancels: bool = False
    jumped: bool = False
    jump_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Some frames behind the front end while nothing that was played can be heard.

    Attributes:
        heard, decision, send: int16 at 24 kHz, shape (n, 240): the microphone, and as in `FrontFrame`.
        erle_db, delay_ms: As in `FrontFrame`; at rest they stand still.
        mic, linear, cancelled, suppressed: As in `FrontFrame`, shape (n, 160).
        speech_probabilities: The noise suppressor's guess of each frame, 0-1.
    """

    heard: Pcm
    decision: Pcm
    send: Pcm
    erle_db: float
    delay_ms: float | None
    mic: Samples
    linear: Samples
    cancelled: Samples
    suppressed: Samples
    speech_probabilities: tuple[float, ...]

    def frames(self) -> list[FrontFrame]:
        """One after the other."""
        return [
            FrontFrame(
                decision=self.decision[i],
                send=self.send[i],
                erle_db=self.erle_db,
                delay_ms=self.delay_ms,
                mic_dbfs=rms_dbfs(self.heard[i]),
                resting=True,
                mic=self.mic[i],
                ref=SILENT,
                linear=self.linear[i],
                cancelled=self.cancelled[i],
                suppressed=self.suppressed[i],
                speech_probability=probability,
            )
            for i, probability in enumerate(self.speech_probabilities)
        ]


class FrontEnd:
    """Feed 10 ms of both; everything is causal and counted in frames.

    Behind the echo's tail the cancellers rest. What they give then is what they would give if they ran, sample by
    sample, and what they have learned is still there when something plays again. Nothing depends on a reference then,
    so that frames may be taken together: four cost little more than one.
    """

    def __init__(self, settings: FrontSettings | None = None) -> None:
        self.settings = settings or FrontSettings()
        """Replace it to switch a stage: nothing is reset and nothing moves in time."""
        self._down_mic, self._down_ref, self._up_decision, self._up_send = Down(), Down(), Up(), Up()
        self._canceller = Canceller()
        self._kalman = KalmanCanceller()
        self._jumps = JumpFinder(TAIL_MS * MODEL_RATE // 1000)
        self._since_jump = JUMP_HOLD
        self._audible = AudibleEcho()
        self._raw = np.zeros(RESAMPLING_DELAY, np.int16)
        self._blend = 0.0  # share of the linear residual in what is sent
        self._quiet = FAR_HOLD
        self._unplayed = REST_FRAMES  # frames since the reference was not zero
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
        if np.count_nonzero(ref):
            self._unplayed = 0
        elif self.resting:
            return self.rest(mic).frames()[0]
        else:
            self._unplayed += 1
        on = self.settings
        ref16 = self._down_ref.process(ref)
        absent = self._audible.absent and not self._cancels
        cleaned = self._clean(mic, ref16, cancel=on.cancel and not absent)
        filtered = cleaned.high_passed
        residual = self._kalman.process(filtered, ref16)
        jump_ms = self._follow(filtered, ref16, residual)
        self._frames += 1
        self._quiet += 1
        self._measure(filtered, cleaned.cancelled, residual, ref16)
        return FrontFrame(
            decision=self._up_decision.process(cleaned.suppressed),
            send=self._sent(mic, residual, cleaned.suppressed),
            erle_db=self._erle_db,
            delay_ms=self._delay_ms,
            mic_dbfs=rms_dbfs(mic),
            resting=False,
            mic=filtered,
            ref=ref16,
            linear=residual if on.cancel else filtered,
            cancelled=cleaned.cancelled,
            suppressed=cleaned.analysis,
            speech_probability=cleaned.speech_probabilities[0],
            cancels=self._cancels,
            jumped=on.cancel and (self._jumps.suspected or self._since_jump < JUMP_HOLD),
            jump_ms=jump_ms,
        )

    def _follow(self, mic: Samples, ref: Samples, residual: Samples) -> float:
        """Move the learned path where the delay of the echo has jumped: relearning it would take half a second."""
        self._since_jump += 1
        jump = self._jumps.feed(mic, ref, residual, self._kalman.path, self._kalman.played)
        if jump is None:
            return 0.0
        self._kalman.move(self._jumps.known, jump)
        self._since_jump = 0
        return 1000 * jump / MODEL_RATE

    @property
    def _cancels(self) -> bool:
        """Lately the linear canceller gained something: there is an echo."""
        return self._linear_gain_db > WORTHWHILE_DB

    @property
    def resting(self) -> bool:
        """Unless something is played with the next frame, the cancellers rest in it."""
        return self._unplayed >= REST_FRAMES

    def rest(self, mic: Pcm) -> Rest:
        """Take the next frames while it is `resting`, and nothing is played.

        Args:
            mic: int16 at 24 kHz, shape (n · 240,).
        """
        count = len(mic) // FRAME
        self._unplayed += count
        self._frames += count
        self._quiet += count
        cleaned = self._clean(mic, SILENT, cancel=self.settings.cancel, rest=True)
        filtered = self._kalman.rest(cleaned.high_passed)
        self._jumps.rest(filtered)
        frames = filtered.reshape(count, -1)
        for power in (np.einsum("ij,ij->i", frames, frames) / MODEL_FRAME).tolist():
            self._audible.feed(power, 0.0)
        return Rest(
            heard=mic.reshape(count, -1),
            decision=self._up_decision.process(cleaned.suppressed).reshape(count, -1),
            send=self._sent(mic, filtered, cleaned.suppressed).reshape(count, -1),
            erle_db=self._erle_db,
            delay_ms=self._delay_ms,
            mic=filtered.reshape(count, -1),
            linear=filtered.reshape(count, -1),
            cancelled=cleaned.cancelled.reshape(count, -1),
            suppressed=cleaned.analysis.reshape(count, -1),
            speech_probabilities=cleaned.speech_probabilities,
        )

    def _clean(self, mic: Pcm, ref: Samples, *, cancel: bool, rest: bool = False) -> Cleaned:
        on = self.settings
        return self._canceller.process(
            self._down_mic.process(mic),
            ref,
            high_pass=on.high_pass,
            cancel=cancel,
            level=on.suppress,
            rest=rest,
        )

    def _sent(self, mic: Pcm, linear: Samples, suppressed: Samples) -> Pcm:
        """What the server gets: in `SentSignal.AUTO` raw, blended into the linear residual while echo can be heard.

        Raw is as late as the residual, and the blend takes a frame.
        """
        send = self.settings.send
        line = np.concatenate((self._raw, mic))
        self._raw = line[len(mic) :]
        raw = line[: len(mic)]
        echo = self._cancels and self._quiet < FAR_HOLD
        before, self._blend = self._blend, float(echo)
        if send is SentSignal.RAW or (send is SentSignal.AUTO and before == self._blend == 0):
            self._up_send.skip(linear)
            return mic if send is SentSignal.RAW else raw
        sent = self._up_send.process(suppressed if send is SentSignal.CANCELLED else linear)
        if send is not SentSignal.AUTO or before == self._blend == 1:
            return sent
        ramp = np.linspace(before, self._blend, len(mic))
        return np.rint(raw * (1 - ramp) + sent * ramp).astype(np.int16)

    def _measure(self, mic: Samples, cancelled: Samples, linear: Samples, ref: Samples) -> None:
        heard, played = energy(mic), energy(ref) / len(ref)
        self._audible.feed(heard / len(mic), played)
        if played > AUDIBLE:
            self._quiet = 0
            keep = POWER_SMOOTHING
            self._before = keep * self._before + (1 - keep) * heard
            self._after = keep * self._after + (1 - keep) * energy(cancelled)
            self._after_linear = keep * self._after_linear + (1 - keep) * energy(linear)
            gain_db = 10 * math.log10((self._before + 1e-9) / (self._after_linear + 1e-9))
            self._linear_gain_db = max(self._linear_gain_db - FORGET_DB, gain_db)
            self._erle_db = 10 * math.log10((self._before + 1e-9) / (self._after + 1e-9))
        if self._frames % DELAY_EVERY == 0:
            self._delay_ms = self._kalman.delay_ms

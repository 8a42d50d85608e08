"""From a few seconds of room and speech to a proposal of thresholds; the console and the lab share it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.decibels import SILENCE_DBFS, from_dbfs, to_dbfs
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.echo.powers import AUDIBLE_POWER, TAIL_FRAMES, powers
from voice_tui.audio.echo.proposal import Proposal, Reference, Situation
from voice_tui.audio.echo.response import deconvolved, highest
from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, Pcm, mean_level, ms_to_samples
from voice_tui.audio.thresholds import INTERRUPTION_LEVEL, LEVELS, SPEECH_LEVEL, SURENESS

NOISY_SNR_DB = 15.0  # below that a fixed level no longer tells pauses from words
LEAST_SNR_DB = 3.0  # what is louder than the room by that is words, not the pauses between them
ECHO_OVER_ROOM_DB = 6.0  # the loudspeaker heard in the microphone above the room
ROOM_QUANTILE = 95  # its loud moments
LEAST_ROOM_FRAMES, LEAST_SPEECH_FRAMES = 20, 50
SILENT_ROOM = 1e-4  # mean |x|: a virtual microphone's digital silence is taken as this
LEAST_PLAYED_FRAMES = 50  # of sound: by chance less stands out of noise as an echo does
SURE = 24.0  # peak over median of a response to speech; what has nothing to do with it reaches 18
MAX_DELAY_MS = 500
SILENCE = np.zeros(FRAME, np.int16)
ECHO_MARGIN_DB = 6.0  # an interruption has to be that much louder than the echo


class CalibrationError(ValueError):
    """What was heard allows no proposal; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What suits a situation.

    Attributes:
        engine: Voice detector.
        policy: Name of the interruption policy, of those in `SURENESS`.
        why: One sentence, with places for the figures.
    """

    engine: str
    policy: str
    why: str


ADVICE: dict[Situation, Advice] = {
    Situation.QUIET: Advice(
        "fused", "natural", "Speech is {snr:.0f} dB above the room: a level between them tells words from pauses."
    ),
    Situation.NOISY: Advice(
        "fused",
        "cautious",
        "Speech is only {snr:.0f} dB above the room: a detector that knows voices is safer than a level.",
    ),
    Situation.ECHO: Advice(
        "fused",
        "cautious",
        "The microphone hears the loudspeaker at {echo:.0f} dBFS: only a voice above that may interrupt.",
    ),
}


class Calibration:
    """Feed the room, then speech; then ask for the proposal.

    Args:
        echo_dbfs: Level of the loudspeaker in the microphone where it is known already, dBFS.
    """

    def __init__(self, echo_dbfs: float | None = None) -> None:
        self._known_echo = echo_dbfs
        self._room: list[float] = []
        self._speech: list[float] = []
        self._echo = _EchoLevel()

    def hear_room(self, mic: Pcm, ref: Pcm | None = None) -> None:
        """10 ms in which nobody speaks.

        Args:
            mic: int16, shape (240,).
            ref: What the loudspeaker played meanwhile, the same shape; None: nothing.
        """
        self._room.append(mean_level(mic))
        if ref is not None:
            self._echo.hear(mic, ref)

    def hear_speech(self, mic: Pcm) -> None:
        """10 ms of speech, or of a pause in it; int16, shape (240,)."""
        self._speech.append(mean_level(mic))

    @property
    def room(self) -> float:
        """Level of the loud moments of the room, mean ``|x|``."""
        return float(np.percentile(self._room, ROOM_QUANTILE)) if self._room else 0.0

    def propose(self) -> Proposal:
        """Thresholds half way (in dB) between the loud moments of the room and words.

        Raises:
            CalibrationError: There is too little of one of the two, or of what is louder than the room.
        """
        if len(self._room) < LEAST_ROOM_FRAMES or len(self._speech) < LEAST_SPEECH_FRAMES:
            heard = f"{len(self._room) / 100:.1f} s of room, {len(self._speech) / 100:.1f} s of speech"
            raise CalibrationError(f"{heard}: give a few seconds of room, then speech")
        room = max(self.room, SILENT_ROOM)
        words = [level for level in self._speech if level > room * from_dbfs(LEAST_SNR_DB)]
        if len(words) < LEAST_SPEECH_FRAMES:
            raise CalibrationError(
                f"only {len(words) / 100:.1f} s were louder than the room: "
                "be silent first, then speak, closer to the microphone"
            )
        speech = float(np.median(words))
        snr = to_dbfs(speech) - to_dbfs(room)
        echo = self._heard_echo(room)
        situation = Situation.NOISY if snr < NOISY_SNR_DB else Situation.QUIET
        situation = situation if echo is None else Situation.ECHO
        threshold = float(np.clip(math.sqrt(room * speech), *LEVELS))
        loudest_echo = 0.0 if echo is None else from_dbfs(echo + ECHO_MARGIN_DB)
        interrupt = float(np.clip(max(threshold * INTERRUPTION_LEVEL / SPEECH_LEVEL, loudest_echo), *LEVELS))
        advice = ADVICE[situation]
        return Proposal(
            situation=situation,
            room_dbfs=to_dbfs(self.room),
            speech_dbfs=to_dbfs(speech),
            snr_db=snr,
            local_threshold=threshold,
            interrupt_threshold=interrupt,
            engine=advice.engine,
            policy=advice.policy,
            sureness=SURENESS[advice.policy],
            why=advice.why.format(snr=snr, echo=echo or 0.0),
            echo_dbfs=echo,
            reference=self._echo.reference,
        )

    def _heard_echo(self, room: float) -> float | None:
        known = self._known_echo
        if known is not None and known - to_dbfs(room) > ECHO_OVER_ROOM_DB:
            return known
        return self._echo.dbfs()


class _EchoLevel:
    """How loud the loudspeaker is in the microphone, from a room in which it played."""

    def __init__(self) -> None:
        self._front = FrontEnd()
        self._mic: list[Pcm] = []
        self._ref: list[Pcm] = []

    def hear(self, mic: Pcm, ref: Pcm) -> None:
        self._front.process(mic, ref)
        self._mic.append(mic)
        self._ref.append(ref)

    @property
    def reference(self) -> Reference:
        """What is known of an echo."""
        return self._found()[0]

    def dbfs(self) -> float | None:
        """The level; None if it is not heard."""
        return self._found()[1]

    def _found(self) -> tuple[Reference, float | None]:
        """An echo is claimed where what was played is found in the microphone, always as late, and above the room."""
        mic, ref = (np.concatenate(x or [SILENCE]).astype(np.float64) / FULL_SCALE for x in (self._mic, self._ref))
        played = powers(ref) > AUDIBLE_POWER
        if not played.any():
            return Reference.NONE, None
        if int(played.sum()) < LEAST_PLAYED_FRAMES:
            return Reference.SHORT, None
        peak = highest(deconvolved(mic, ref, 0, ms_to_samples(MAX_DELAY_MS)))
        if peak.certainty < SURE:
            return Reference.NOT_HEARD, None
        late = round(peak.lag / FRAME)
        levels = np.array([mean_level(each) for each in self._mic])[late:]
        echoed = played[: len(levels)]
        quiet = ~np.convolve(echoed, np.ones(TAIL_FRAMES + 1))[: len(levels)].astype(np.bool_)
        level = to_dbfs(float(np.median(levels[echoed]))) if echoed.any() else SILENCE_DBFS
        floor = to_dbfs(float(np.median(levels[quiet]))) if quiet.any() else level
        above = self._front.erle_db > ECHO_OVER_ROOM_DB or level - floor > ECHO_OVER_ROOM_DB
        return (Reference.HEARD, level) if above else (Reference.NOT_HEARD, None)

"""Who speaks in a simulation: a caller and an assistant whose words are tones, and ears that read them.

Each sentence of the caller is a tone of its own pitch, so that scripted ears can tell what was said, and whether all of
it arrived. The assistant's voice is a constant level, another one for each sentence, so that every sample that the
loudspeaker plays can be told from every other sentence's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tests.support.server_fakes import LoudIsSpeech
from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.echo.front_end import FrontEnd, FrontFrame
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, mean_level
from voice_tui.audio.vad.engines import EarshotEngine, VadEngine
from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.natural import NaturalDetector
from voice_tui.drivers.devices.loudspeakers import TimedSpeaker
from voice_tui.speech.probability import SpeechProbability
from voice_tui.speech.recogniser import Recogniser
from voice_tui.speech.synthesiser import Synthesiser

LETTER_MS = 60
LOWEST_HZ, STEP_HZ = 300.0, 20.0
LEVEL = 8_000
VOICE_LEVEL, VOICE_STEP = 3_000, 11


class Speech:
    """Sentences of the caller as tones; it remembers which tone is which sentence."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, text: str) -> Pcm:
        """A sentence, int16 at 24 kHz: 60 ms a letter."""
        self.sentences.append(text)
        return self.pcm(len(self.sentences) - 1, text)

    def pcm(self, number: int, text: str) -> Pcm:
        """How a sentence sounds, by its number."""
        hz = LOWEST_HZ + STEP_HZ * number
        t = np.arange(max(len(text), 5) * LETTER_MS * RATE // 1000) / RATE
        return (LEVEL * np.sin(2 * np.pi * hz * t)).astype(np.int16)

    def transcribe(self, pcm: Pcm) -> str:
        """The sentences in a recording, in order; "" where nobody spoke."""
        heard: list[int] = []
        size = 2_400  # 100 ms: 10 Hz a bin, half of what lies between two sentences
        for start in range(0, len(pcm) - size + 1, size // 2):
            piece = pcm[start : start + size].astype(np.float64)
            if np.abs(piece).mean() < LEVEL / 8:
                continue
            bins = np.abs(np.fft.rfft(piece * np.hanning(size)))
            number = round((int(bins.argmax()) * RATE / size - LOWEST_HZ) / STEP_HZ)
            if 0 <= number < len(self.sentences) and number not in heard:
                heard.append(number)
        return " ".join(self.sentences[number] for number in heard)


class LevelVoice:
    """The assistant: 60 ms a letter, a level of its own for each sentence."""

    def __init__(self) -> None:
        self.levels: dict[int, str] = {}
        """Level → sentence."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        level = VOICE_LEVEL + VOICE_STEP * len(self.levels)
        self.levels[level] = text
        return np.full(round(len(text) * LETTER_MS / speed) * RATE // 1000, level, np.int16)


class CallersMicrophone:
    """Silence, and what the caller says; nothing of the assistant is heard in it."""

    dropped = 0
    real, waits = False, False

    def __init__(self) -> None:
        self.name = "caller"
        self._speech = np.zeros(0, np.int16)
        self._start: float | None = None
        self._frames = 0

    @property
    def finished(self) -> bool:
        return not len(self._speech)

    def say(self, pcm: Pcm) -> None:
        """Speak, behind what is still being said."""
        self._speech = np.concatenate([self._speech, pcm])

    def start(self, now: float) -> None:
        self._start = now

    def read(self, now: float) -> list[Pcm]:
        if self._start is None:
            return []
        due = round((now - self._start) * RATE) // FRAME
        out: list[Pcm] = []
        for _ in range(self._frames, due):
            piece, self._speech = self._speech[:FRAME], self._speech[FRAME:]
            out.append(np.concatenate([piece, np.zeros(FRAME - len(piece), np.int16)]))
        self._frames = max(self._frames, due)
        return out

    def stop(self) -> None:
        """Nothing to close."""


class RecordedSpeaker(TimedSpeaker):
    """Keeps everything that a listener would have heard."""

    def __init__(self) -> None:
        super().__init__("recorded")
        self._heard: list[Pcm] = []

    def hear(self, block: Pcm) -> None:
        self._heard.append(block.copy())

    def block(self, number: int) -> Pcm:
        """The 10 ms that were heard as the so-manieth, from 0."""
        return self._heard[number]

    @property
    def heard(self) -> Pcm:
        """All of it, int16 at 24 kHz."""
        return np.concatenate(self._heard) if self._heard else np.zeros(0, np.int16)


class RoomMicrophone(CallersMicrophone):
    """Hears the caller, and the loudspeaker after a while.

    Args:
        speaker: Gives what is heard of the assistant.
        gain: How much of it comes back.
        delay_ms: After so long; 20 at least, in tens.
    """

    def __init__(self, speaker: RecordedSpeaker, gain: float, delay_ms: int) -> None:
        super().__init__()
        self._speaker, self._gain, self._delay = speaker, gain, delay_ms // 10
        self._heard = 0

    def read(self, now: float) -> list[Pcm]:
        frames = super().read(now)
        for i, frame in enumerate(frames):
            at = self._heard + i - self._delay
            if at >= 0:
                frames[i] = np.asarray(frame + self._gain * self._speaker.block(at), np.int16)
        self._heard += len(frames)
        return frames


class _PlainFront(FrontEnd):
    """Hands the microphone on: a headset has no echo."""

    def process(self, mic: Pcm, ref: Pcm) -> FrontFrame:
        nothing = np.zeros(0, np.float32)
        return FrontFrame(mic, mic, 0.0, None, -30.0, False, nothing, nothing, nothing, nothing, nothing, 0.0)


class _LevelEars:
    """Is sure of a voice whenever it is loud."""

    def feed(self, front: FrontFrame, gain: float = 1.0, playing: bool = True) -> Evidence:
        loud = mean_level(front.send) > 0.02
        return Evidence(3.0, 3.0, voiced=True) if loud else Evidence(-4.0, -4.0, voiced=False)


class _LoudIsSpeech(VadEngine):
    def feed(self, pcm: Pcm) -> float:
        return 0.95 if mean_level(pcm) > 0.02 else 0.05

    def reset(self) -> None:
        """It remembers nothing."""


class HeadsetDetector(NaturalDetector):
    """The preset `natural` with scripted ears and no front end: all of its rules, none of its arithmetic."""

    def __init__(self, shared: Shared, session: Session) -> None:
        super().__init__(shared, session)
        self._front = _PlainFront()
        self._evidence = _LevelEars()  # type: ignore[assignment]  # it has the one method that is used
        self._engine = _LoudIsSpeech()


class Speaking(Recogniser, Protocol):
    """The caller's words as sound, and ears for them."""

    def say(self, text: str) -> Pcm:
        """A sentence, int16 at 24 kHz."""
        ...


@dataclass(frozen=True)
class Cast:
    """Who hears and speaks in a world.

    Attributes:
        speech: The caller, and the server's ears.
        voice: The assistant.
        probability: Makes the server's judge of a microphone.
        natural: What the preset `natural` is held with.
        ears: Make the client's judge of what is said while there is no session.
    """

    speech: Speaking
    voice: Synthesiser
    probability: Callable[[], SpeechProbability]
    natural: type[NaturalDetector]
    ears: Callable[[], VadEngine] = EarshotEngine


def scripted() -> Cast:
    """Tones instead of words: everything is understood, and nothing costs time."""
    return Cast(Speech(), LevelVoice(), LoudIsSpeech, HeadsetDetector, _LoudIsSpeech)

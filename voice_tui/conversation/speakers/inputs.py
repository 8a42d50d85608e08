"""What the driver that tells voices apart tells the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.audio.overlap import Overlap
from voice_tui.audio.voiceprint import Likeness, Vector
from voice_tui.conversation.speakers.commands import KnownVoice


@dataclass(frozen=True, slots=True)
class VoicesReady:
    """Voices can be told apart from now on.

    Attributes:
        method: Name of the voiceprinter.
        likeness: Of the same.
        voices: Enrolled ones, by this method.
    """

    method: str
    likeness: Likeness
    voices: tuple[KnownVoice, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceHeard:
    """The answer to `Identify`.

    Attributes:
        turn_id, whole: As asked.
        vector: The voiceprint; None: too little voice, or it could not be made.
        speech_s: How much of the turn is speech, s.
        overlap: Whether more than one voice is in it; None: not judged.
        problem: Why the voiceprint could not be made, one line.
    """

    turn_id: str
    whole: bool
    vector: Vector | None
    speech_s: float = 0.0
    overlap: Overlap | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class VoiceJudged:
    """The answer to `JudgeVoice`.

    Attributes:
        voice: To be known from now on; None: the recording will not do.
        quality: 0-1: how alike the pieces of the recording are.
        problem: Why it will not do, one line.
    """

    voice: KnownVoice | None
    quality: float = 0.0
    problem: str = ""


SpeakerInput: TypeAlias = VoicesReady | VoiceHeard | VoiceJudged

"""What the engine asks of the driver that tells voices apart: it computes on a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.audio.pcm import Pcm
from voice_tui.audio.voiceprint import Vector


@dataclass(frozen=True, slots=True)
class Identify:
    """Make the voiceprint of a turn; answered by `VoiceHeard` with the same ``turn_id`` and ``whole``.

    Attributes:
        turn_id: The turn, in the engine's own numbering.
        pcm: What was sent of it, int16 at 24 kHz, at most 30 s.
        known: Voiceprints of the speakers so far, shape (speakers, dim).
        whole: The turn is over; else this is its beginning.
    """

    turn_id: str
    pcm: Pcm
    known: Vector
    whole: bool


@dataclass(frozen=True, slots=True)
class JudgeVoice:
    """See whether a recording is good enough to know a voice by; answered by `VoiceJudged`."""

    name: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """An enrolled voice: all that is ever stored of it.

    Attributes:
        name: Whose.
        vector: Its voiceprint, length one, float32 of shape (dim,).
        seconds: Of speech that it was made from.
        consented: When its owner agreed and spoke, s since 1970.
    """

    name: str
    vector: Vector
    seconds: float
    consented: float


@dataclass(frozen=True, slots=True)
class KeepVoices:
    """These are the enrolled voices now: store them in place of those that were stored."""

    voices: tuple[KnownVoice, ...]


SpeakerCommand: TypeAlias = Identify | JudgeVoice | KeepVoices

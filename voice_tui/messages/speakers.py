"""Speakers: what a user can want, what the engine asks of the voiceprint worker, its answers, what is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.voices.overlap import Overlap
from voice_tui.audio.voices.voiceprint import Likeness, Vector


class OverlapPolicy(StrEnum):
    """What is done when two people spoke at once."""

    OFF = "off"
    """It is only shown."""
    ASK = "ask"
    """The assistant is told to ask who should go first; only where we ask for its answers ourselves."""


@dataclass(frozen=True, slots=True)
class RenameSpeaker:
    """Give a speaker a name: on all turns, those before too."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class MergeSpeakers:
    """Two speakers are one: the turns of ``other`` become those of ``into``."""

    into: int
    other: int


@dataclass(frozen=True, slots=True)
class ForgetSpeaker:
    """Drop a voice; an enrolled one is deleted from the disk too."""

    number: int


@dataclass(frozen=True, slots=True)
class Enrol:
    """Make a voice known: its owner has agreed, and speaks now for ten seconds."""

    name: str


@dataclass(frozen=True, slots=True)
class SetSpeakers:
    """Change settings; None leaves one as it is.

    Attributes:
        on: Whether voices are told apart.
        label_to_model: Whether the model is told who speaks.
        overlap: What is done when two people speak at once.
    """

    on: bool | None = None
    label_to_model: bool | None = None
    overlap: OverlapPolicy | None = None


SpeakerIntent: TypeAlias = RenameSpeaker | MergeSpeakers | ForgetSpeaker | SetSpeakers | Enrol


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


@dataclass(frozen=True, slots=True)
class SpeakerInfo:
    """A voice.

    Attributes:
        number: For intents; it keeps its number while it is known.
        name: As the user said, else "Speaker 1".
        named: The user said it.
        enrolled: It will be known in the next conversation too.
        turns: How many turns it has in this conversation.
        seconds: Of speech in them.
    """

    number: int
    name: str
    named: bool = False
    enrolled: bool = False
    turns: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """All speakers and settings, whenever something about them changed.

    Attributes:
        speakers: By number.
        method: How voices are told apart; "" while they cannot be.
        on, label_to_model, overlap: As in `SetSpeakers`.
    """

    speakers: tuple[SpeakerInfo, ...] = ()
    method: str = ""
    on: bool = True
    label_to_model: bool = True
    overlap: OverlapPolicy = OverlapPolicy.OFF


@dataclass(frozen=True, slots=True)
class VoiceEnrolled:
    """A voice is known from now on.

    Attributes:
        name: Whose.
        seconds: Of speech that it was made from.
        quality: 0-1: how alike the pieces of the recording are.
    """

    name: str
    seconds: float
    quality: float


SpeakerNotice: TypeAlias = SpeakersChanged

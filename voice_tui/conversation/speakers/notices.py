"""What is told about speakers. Frozen; past tense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.conversation.speakers.intents import OverlapPolicy


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
class VoiceIdentified:
    """A turn was given to a speaker.

    Attributes:
        item_id: The turn's item; of a turn under way perhaps a placeholder's.
        number: The speaker.
        speaker: What the speaker is called.
        confidence: 0-1.
        whole: The turn is over; else only its beginning was heard.
    """

    item_id: str
    number: int
    speaker: str
    confidence: float
    whole: bool


@dataclass(frozen=True, slots=True)
class OverlapHeard:
    """More than one voice is in a turn.

    Attributes:
        item_id: The turn's item.
        log_odds: Of that; for ordering, not a probability.
    """

    item_id: str
    log_odds: float


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


SpeakerNotice: TypeAlias = SpeakersChanged | VoiceIdentified | OverlapHeard

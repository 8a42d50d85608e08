"""What a user can want about speakers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


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

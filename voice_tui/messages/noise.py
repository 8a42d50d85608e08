"""The noise of a room of one's own under the microphone: to tune in the quiet for where it is loud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.audio.decibels import from_dbfs, to_dbfs
from voice_tui.messages.knobs import Knob, Question, Side

SNR_DB = (-10.0, 40.0)
"""What the level of the voice over that of the noise can be, dB."""
NOISE_KNOB = Knob(
    "noise", "room noise", "dB", 0.0, 3.162, 0.001, Side.LOCAL,
    "Higher: more noise under your voice, to tune for another room; 0 dB: as loud as you.",
    least="off", question=Question.ROOM,
)  # fmt: skip
"""Its values are the noise as a share of the voice; it belongs to no preset."""


@dataclass(frozen=True, slots=True)
class SetNoise:
    """Let the noise be heard. The drivers act on it, not the engine.

    Attributes:
        snr_db: Level of the voice over that of the noise, dB; None: it is off.
    """

    snr_db: float | None


@dataclass(frozen=True, slots=True)
class NoiseChanged:
    """There is a noise to be heard under the microphone.

    Attributes:
        name: Which.
        snr_db: Level of the voice over it, dB; None: it is off.
    """

    name: str
    snr_db: float | None


def snr_of(share: float) -> float | None:
    """What a value of the knob means, dB; None: off."""
    return round(-to_dbfs(share), 1) if share > 0 else None


def share_of(snr_db: float | None) -> float:
    """The value of the knob for a level of the voice over the noise, dB."""
    return 0.0 if snr_db is None else NOISE_KNOB.at(to_dbfs(from_dbfs(-snr_db)))


NoiseRequest: TypeAlias = SetNoise
NoiseNotice: TypeAlias = NoiseChanged

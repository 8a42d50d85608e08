"""What a calibration proposes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Situation(StrEnum):
    """What kind of place it is."""

    QUIET = "quiet"
    NOISY = "noisy"
    ECHO = "echo"


class Reference(StrEnum):
    """What is known of an echo of what was played meanwhile."""

    NONE = "nothing played"
    SHORT = "too short"
    """Too little was played to tell an echo from the room."""
    NOT_HEARD = "not heard"
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to set.

    Attributes:
        situation: What kind of place it is.
        room_dbfs, speech_dbfs: Levels (mean ``|x|``) of the loud moments of the room, and of words.
        snr_db: Between them.
        local_threshold, interrupt_threshold: Levels for the workshop's detector, mean ``|x|``, full scale 1.0.
        engine: Voice detector that suits.
        policy: Interruption policy that suits.
        sureness: That policy's knob, nats.
        why: One sentence.
        echo_dbfs: Level of the loudspeaker in the microphone, dBFS; None if it is not heard or nothing was played.
        reference: What is known of an echo of what was played while the room was heard.
    """

    situation: Situation
    room_dbfs: float
    speech_dbfs: float
    snr_db: float
    local_threshold: float
    interrupt_threshold: float
    engine: str
    policy: str
    sureness: float
    why: str
    echo_dbfs: float | None = None
    reference: Reference = Reference.NONE

    def as_json(self) -> dict[str, object]:
        """Rounded for people."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}

"""From a few seconds of room and speech to a proposal of thresholds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np

from voice_tui.audio.front_end import FrontEnd
from voice_tui.audio.pcm import FRAME, Pcm, mean_level, to_dbfs
from voice_tui.lab.recordings import RecordingError, fitted, split

NOISY_SNR_DB = 15.0  # below that a fixed level no longer tells pauses from words
ECHO_OVER_ROOM_DB = 6.0  # the loudspeaker heard in the microphone above the room
ROOM_QUANTILE, SPEECH_QUANTILE = 95, 60  # loud moments of the room; words, not the pauses between them
RANGE = (0.001, 0.2)  # of the sliders


class Situation(StrEnum):
    """What kind of place it is."""

    QUIET = "quiet"
    NOISY = "noisy"
    ECHO = "echo"


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
        echo_dbfs: Level of the loudspeaker in the microphone; None if nothing was played.
    """

    situation: Situation
    room_dbfs: float
    speech_dbfs: float
    snr_db: float
    local_threshold: float
    interrupt_threshold: float
    engine: str
    policy: str
    echo_dbfs: float | None = None

    def as_json(self) -> dict[str, object]:
        """Rounded for people."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def propose(pcm: Pcm, room_ms: int, ref: Pcm | None = None) -> Proposal:
    """Thresholds half way (in dB) between the loud moments of the room and words.

    Args:
        pcm: First ``room_ms`` of room, then speech.
        room_ms: Length of the room part.
        ref: What the loudspeaker played during the room part, if it did.

    Raises:
        RecordingError: There is no speech part, or it is not louder than the room.
    """
    levels = np.array([mean_level(frame) for frame in split(pcm)])
    edge = room_ms // 10
    if not 20 <= edge <= len(levels) - 50:
        raise RecordingError(f"{len(levels) / 100:.1f} s of audio: give {room_ms / 1000:g} s of room, then speech")
    room = float(np.percentile(levels[:edge], ROOM_QUANTILE))
    words = levels[edge:]
    speech = float(np.percentile(words, SPEECH_QUANTILE))
    snr = to_dbfs(speech) - to_dbfs(room)
    if snr < 3:
        raise RecordingError(
            f"speech against room is {snr:+.0f} dB, 3 are needed: be silent first, then speak, closer to the microphone"
        )
    threshold = float(np.clip(np.sqrt(max(room, 1e-4) * speech), *RANGE))
    echo = _echo(pcm[: edge * FRAME], ref) if ref is not None else None
    interrupt = float(np.clip(threshold * 4 / 3, *RANGE))  # the workshop's relation of its two thresholds
    room_kind = Situation.NOISY if snr < NOISY_SNR_DB else Situation.QUIET
    situation = room_kind if echo is None else Situation.ECHO
    engine = "fused" if situation is Situation.NOISY else "light"
    policy = "natural" if situation is Situation.QUIET else "cautious"
    return Proposal(situation, to_dbfs(room), to_dbfs(speech), snr, threshold, interrupt, engine, policy, echo)


def _echo(mic: Pcm, ref: Pcm) -> float | None:
    """Level of the echo if the microphone hears the loudspeaker, dBFS."""
    front = FrontEnd()
    played: list[float] = []
    silent: list[float] = []
    for heard, out in zip(split(mic), split(fitted(ref, len(mic))), strict=True):
        front.process(heard, out)
        (played if out.any() else silent).append(mean_level(heard))
    if not played:
        return None
    level = float(np.median(played))
    floor = float(np.median(silent)) if silent else 0.0
    heard_at_all = front.erle_db > ECHO_OVER_ROOM_DB or (silent and to_dbfs(level) - to_dbfs(floor) > ECHO_OVER_ROOM_DB)
    return to_dbfs(level) if heard_at_all else None

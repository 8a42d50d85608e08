"""What our ears had to go by when a voice was over the assistant: enough to judge it again with other knobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.messages.knobs import TurnSettings


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """10 ms of microphone, as they were judged.

    Attributes:
        level_dbfs: How loud it was behind the echo canceller, RMS, dBFS.
        duck, cut: Evidence for a voice of the user's, log-odds.
        voiced: There was a voice in it, of whomever.
        played_s: Seconds of playback by then.
        playing: The assistant could be heard.
        gain: Playback gain asked for, 0 to 1.
        sum: Evidence added up for a cut, nats, as the policy had it behind this frame.
    """

    level_dbfs: float
    duck: float
    cut: float
    voiced: bool
    played_s: float
    playing: bool
    gain: float
    sum: float


@dataclass(frozen=True, slots=True)
class VoiceTraced:
    """What led to a cut or to a false alarm, and what came after it; told once, when it is over.

    Attributes:
        number: That of its `InterruptionTimed`.
        start_ms: Where the first frame began, on the talk's clock.
        frames: One after the other.
        preset: How turns were taken.
        settings: The knobs as they stood.
        habit: By how much earlier false alarms had raised what is asked for, nats, before the first frame.
        playing_ms: For how long the assistant had been heard by then, ms.
    """

    number: int
    start_ms: int
    frames: tuple[HeardFrame, ...]
    preset: str
    settings: TurnSettings
    habit: float = 0.0
    playing_ms: int = 0


EvidenceNotice: TypeAlias = VoiceTraced

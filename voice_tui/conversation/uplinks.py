"""Detector → the class that carries it out."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.answers import Answers
from voice_tui.conversation.bus import Bus
from voice_tui.conversation.local_vad import LocalVadUplink
from voice_tui.conversation.natural import NaturalUplink
from voice_tui.conversation.presets import Detector
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.tuning import Tuning
from voice_tui.conversation.uplink import KeyUplink, StreamingUplink, Uplink, WindowUplink

UPLINKS: dict[Detector, Callable[[Bus, Transcript, Answers, Tuning], Uplink]] = {
    Detector.SERVER_VAD: StreamingUplink,
    Detector.SEMANTIC_VAD: StreamingUplink,
    Detector.FIXED_WINDOW: WindowUplink,
    Detector.LOCAL_VAD: LocalVadUplink,
    Detector.KEY: KeyUplink,
    Detector.NATURAL: NaturalUplink,
}

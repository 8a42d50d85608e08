"""Detector → the class that carries it out."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.session import Session
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.detector import KeyDetector, StreamingDetector, TurnDetector, WindowDetector
from voice_tui.conversation.turn_taking.local_vad import LocalVadDetector
from voice_tui.conversation.turn_taking.natural import NaturalDetector
from voice_tui.messages.presets import Detector

DETECTORS: dict[Detector, Callable[[Shared, Session], TurnDetector]] = {
    Detector.SERVER_VAD: StreamingDetector,
    Detector.SEMANTIC_VAD: StreamingDetector,
    Detector.FIXED_WINDOW: WindowDetector,
    Detector.LOCAL_VAD: LocalVadDetector,
    Detector.KEY: KeyDetector,
    Detector.NATURAL: NaturalDetector,
}

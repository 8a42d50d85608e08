"""What the screen needs from the voice side, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from voice_tui.conversation.intents import Request
from voice_tui.conversation.notices import Notice


class VoiceLink(Protocol):
    """The voice thread as the UI sees it."""

    def start(self, sink: Callable[[Notice], None]) -> None:
        """Begin; every notice goes to ``sink``, which may be called from any thread and never blocks."""

    def send(self, request: Request) -> None:
        """Pass on what the user wants; returns at once."""

    def stop(self, timeout: float = 2.0) -> None:
        """End within ``timeout`` seconds; may block that long, so it is called off the UI thread."""

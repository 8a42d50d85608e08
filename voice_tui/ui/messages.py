"""What travels inside the screens: notices on their way in, wishes on their way out; and the voice side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.message import Message

from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice


class Wanted(Message):
    """The user wants something of the voice side.

    Whatever was moved, pressed or typed posts this once; it bubbles up to the application, which sends the request.
    """

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class ScreenWanted(Message):
    """Another screen is wanted, by its name among the application's; screens do not know each other.

    Args:
        name: Which.
        about: What it is given.
    """

    def __init__(self, name: str, about: object) -> None:
        super().__init__()
        self.name = name
        self.about = about


class NoticePosted(Message, bubble=False):
    """The voice side said something; levels, of which there are many, wait for the beat instead."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice


class VoiceLink(Protocol):
    """The voice thread as the screens see it."""

    def start(self, sink: Callable[[Notice], None]) -> None:
        """Begin; every notice goes to ``sink``, which may be called from any thread and never blocks."""

    def send(self, request: Request) -> None:
        """Pass on what the user wants; returns at once."""

    def stop(self, timeout: float = 2.0) -> None:
        """End within ``timeout`` seconds; may block that long, so it is called off the UI thread."""

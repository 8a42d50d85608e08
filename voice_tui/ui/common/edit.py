"""A text that is to be edited: what a screen asks the editor for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content

from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a text that was sent.

    Attributes:
        ack: Whether it was taken.
        words: One line.
    """

    ack: Ack
    words: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One text to edit and to send.

    Attributes:
        title: What it is.
        text: Where it begins.
        request: From the text to what is sent.
        verdict: Reads out of a notice what came of it; None: the notice is about something else.
        verdict_kinds: The kinds of notice that tell it.
        hint: Explains the text as it stands.
    """

    title: str
    text: str
    request: Callable[[str], Request]
    verdict: Callable[[Notice], Verdict | None]
    verdict_kinds: tuple[type, ...]
    hint: Callable[[str], Content]

"""Notices as Textual messages: `post_message` is the only door from the voice thread into the UI."""

from __future__ import annotations

from textual.message import Message

from voice_tui.conversation.notices import LevelMeasured, Notice


class NoticePosted(Message, bubble=False):
    """The voice side said something."""

    def __init__(self, notice: Notice) -> None:
        super().__init__()
        self.notice = notice


class LevelPosted(Message, bubble=False):
    """A level was measured; while the UI is busy only the newest waits."""

    def __init__(self, notice: LevelMeasured) -> None:
        super().__init__()
        self.notice = notice

    def can_replace(self, message: Message) -> bool:
        """Tell Textual that an older waiting level may be thrown away."""
        return isinstance(message, LevelPosted)


def posted(notice: Notice) -> NoticePosted | LevelPosted:
    """The message that carries the notice."""
    return LevelPosted(notice) if isinstance(notice, LevelMeasured) else NoticePosted(notice)

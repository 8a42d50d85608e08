"""What was told, and when: all that those need who judge a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.messages.notices import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it was told.

    Attributes:
        t: When, s since the recording began.
        notice: What.
    """

    t: float
    notice: Notice

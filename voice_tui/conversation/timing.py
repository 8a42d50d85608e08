"""How long an answer took, from the end of the user's turn."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.conversation.bus import Bus
from voice_tui.conversation.notices import TurnTimed


@dataclass(slots=True)
class TurnTimer:
    """Three moments of the answer to the last turn; each counts once."""

    _ended: float | None = None
    _created: float | None = None
    _first_audio: float | None = None
    item: str | None = None
    """The answer whose first sound is waited for."""

    def turn_ended(self, now: float) -> None:
        """The user's turn was committed or typed."""
        self._ended, self._created, self._first_audio, self.item = now, None, None, None

    def created(self, now: float) -> None:
        """``response.created`` arrived."""
        if self._ended is not None and self._created is None:
            self._created = now

    def audio_arrived(self, now: float, item_id: str) -> None:
        """A piece of the answer's audio arrived."""
        if self._created is not None and self._first_audio is None:
            self._first_audio, self.item = now, item_id

    def sounded(self, bus: Bus) -> None:
        """The answer's first sample was handed to the device: the turn is timed."""
        if self._ended is None or self._created is None or self._first_audio is None or self.item is None:
            return
        moments = (self._created, self._first_audio, bus.now)
        created, first_audio, first_sound = (round((t - self._ended) * 1000) for t in moments)
        bus.notify(TurnTimed(self.item, created, first_audio, first_sound))
        self.forget()

    def forget(self) -> None:
        """No answer is to be timed (it was interrupted or failed)."""
        self._ended, self._created, self._first_audio, self.item = None, None, None, None

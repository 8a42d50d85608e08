"""The speakers and what they are called: the book of voices, and which of them are enrolled."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from voice_tui.audio.voices.diarisation import SpeakerBook
from voice_tui.messages.speakers import KnownVoice, SpeakerInfo, VoicesReady


class Roster:
    """A book of speakers that knows who is enrolled.

    Args:
        ready: How voices are compared, and those that are known.
        store: Takes all enrolled voices whenever they changed.
    """

    def __init__(self, ready: VoicesReady, store: Callable[[tuple[KnownVoice, ...]], None]) -> None:
        self.book = SpeakerBook(ready.method, ready.likeness)
        self._store = store
        self._enrolled: dict[str, KnownVoice] = {}
        for voice in ready.voices:
            self._add(voice)

    @property
    def infos(self) -> tuple[SpeakerInfo, ...]:
        """Everything that is told of the speakers, by number."""
        return tuple(
            SpeakerInfo(s.number, s.name, s.named, s.name in self._enrolled, s.turns, round(s.seconds, 1))
            for s in self.book.speakers
        )

    @property
    def several(self) -> bool:
        """More than one voice was heard or has a name."""
        return sum(bool(s.turns or s.named) for s in self.book.speakers) > 1

    def named(self, number: int) -> bool:
        """The user gave this speaker a name."""
        return any(s.named for s in self.book.speakers if s.number == number)

    def enrol(self, voice: KnownVoice) -> None:
        """Know a voice from now on."""
        self._add(voice)
        self._changed()

    def rename(self, number: int, name: str) -> tuple[str, str]:
        """Give a name; the old and the new one.

        Raises:
            ValueError: See `SpeakerBook.rename`.
        """
        old = self.book.name(number)
        self.book.rename(number, name)
        new = self.book.name(number)
        if voice := self._enrolled.pop(old, None):
            self._keep(replace(voice, name=new))
        return old, new

    def merge(self, into: int, other: int) -> None:
        """Two are one; an enrolled voice stays enrolled under the name that stays.

        Raises:
            ValueError: See `SpeakerBook.merge`.
        """
        names = self.book.name(into), self.book.name(other)
        self.book.merge(into, other)
        voices = [voice for name in names if (voice := self._enrolled.pop(name, None))]
        if voices:
            self._keep(replace(voices[0], name=self.book.name(into)))

    def forget(self, number: int) -> None:
        """Drop a voice.

        Raises:
            ValueError: There is no such speaker.
        """
        name = self.book.name(number)
        self.book.forget(number)
        if self._enrolled.pop(name, None):
            self._changed()

    def _add(self, voice: KnownVoice) -> None:
        self.book.enrol(voice.name, voice.vector, voice.seconds)
        self._enrolled[voice.name] = voice

    def _keep(self, voice: KnownVoice) -> None:
        self._enrolled[voice.name] = voice
        self._changed()

    def _changed(self) -> None:
        self._store(tuple(self._enrolled.values()))


_NUMBERED = re.compile(r"speaker \d+", re.IGNORECASE)
_NOBODY = ("", "you", "user", "the user", "assistant")


def lasting(label: str) -> str:
    """The label, if it will still mean the same person tomorrow; "" for "You" and "Speaker 2"."""
    return "" if label.strip().lower() in _NOBODY or _NUMBERED.fullmatch(label.strip()) else label.strip()

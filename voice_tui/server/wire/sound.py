"""The audio of one connection: what the client sends becomes 24 kHz PCM, what it gets is encoded as it asked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from voice_tui.audio.stream.telephone import LAWS, FromTelephone, ToTelephone

PCM = "audio/pcm"
FORMATS = (PCM, *LAWS)
"""GA's names of what can be spoken here."""


def converted(audio: str, convert: Callable[[bytes], bytes]) -> str:
    """Base64 with what is inside converted; what is no base64 stays, for whoever refuses it."""
    try:
        return base64.b64encode(convert(base64.b64decode(audio, validate=True))).decode()
    except binascii.Error:
        return audio


class ClientSound:
    """Both directions of a connection, each in its own format."""

    def __init__(self) -> None:
        self.hears = self.speaks = PCM
        """What the session has agreed on: the client's audio, and ours."""
        self._input: tuple[str, FromTelephone] | None = None
        self._answers: dict[str, str] = {}  # answer → its format
        self._parts: dict[tuple[str, str], ToTelephone] = {}

    def incoming(self, audio: bytes) -> bytes:
        """A piece of the microphone, as PCM."""
        if self.hears not in LAWS:
            return audio
        if self._input is None or self._input[0] != self.hears:
            self._input = self.hears, FromTelephone(self.hears)
        return self._input[1].take(audio)

    def heard(self, audio: bytes) -> bytes:
        """A recording that is whole, as PCM."""
        return FromTelephone(self.hears).take(audio) if self.hears in LAWS else audio

    def recording(self, pcm: bytes, *, own: bool) -> bytes:
        """A recording that is whole, as the client knows it: what we said (``own``) or what it said."""
        law = self.speaks if own else self.hears
        return ToTelephone(law).take(pcm) if law in LAWS else pcm

    def answer_begins(self, response_id: str, law: str) -> None:
        """An answer may have a format of its own."""
        self._answers[response_id] = law

    def outgoing(self, response_id: str, item_id: str, pcm: bytes) -> bytes:
        """A piece of an answer, encoded."""
        law = self._answers.get(response_id, self.speaks)
        if law not in LAWS:
            return pcm
        part = self._parts.setdefault((response_id, item_id), ToTelephone(law))
        return part.take(pcm)

    def answer_ends(self, response_id: str) -> None:
        """Nothing of this answer follows."""
        self._answers.pop(response_id, None)
        self._parts = {key: part for key, part in self._parts.items() if key[0] != response_id}

"""What a conversation leaves behind: notices, wire log, summary and what a listener heard."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.wire import Record
from voice_tui.audio.stream.pcm import RATE, Pcm


@dataclass
class Conversation:
    """One run of ``talk``.

    Attributes:
        notices: (name, seconds since the loudspeaker started, data) of every notice.
        summary: The last line.
        events: The wire log.
        heard: What a listener heard, int16 at 24 kHz.
    """

    notices: list[tuple[str, float, dict[str, Any]]]
    summary: dict[str, Any]
    events: list[Record]
    heard: Pcm

    def texts(self, role: str) -> list[str]:
        return [turn["text"] for turn in self.summary["turns"] if turn["role"] == role]

    def sent(self, name: str) -> list[dict[str, Any]]:
        return [e["event"] for e in self.events if e["dir"] == "client" and e["event"]["type"] == name]

    def received(self, name: str) -> list[dict[str, Any]]:
        return [e["event"] for e in self.events if e["dir"] == "server" and e["event"]["type"] == name]

    def audio_of(self, item: str) -> Pcm:
        """Everything that arrived of an answer."""
        deltas = [e for e in self.received("response.output_audio.delta") if e["item_id"] == item]
        return np.frombuffer(b"".join(base64.b64decode(e["delta"]) for e in deltas), "<i2")

    def heard_of(self, item: str) -> tuple[int, int]:
        """Where an answer begins in what was heard, and how many of its samples sound there unchanged."""
        audio = self.audio_of(item)
        loud = np.flatnonzero(np.abs(audio) > 300)
        probe = int(loud[0])
        needle = audio[probe : probe + 480].tobytes()
        at = self.heard.tobytes().find(needle)
        while at % 2:
            at = self.heard.tobytes().find(needle, at + 1)
        assert at >= 0, f"{item} is nowhere in what was heard"
        start = at // 2 - probe
        count = min(len(audio), len(self.heard) - start)
        same = self.heard[start : start + count] == audio[:count]
        different = np.flatnonzero(~same)
        return start, int(different[0]) if len(different) else count

    def misjudged_ms(self, item: str, audio_end_ms: int) -> float:
        """How far ``audio_end_ms`` is from where the answer broke off.

        The voice pauses between sentences for half a second of exact zeros: where an answer broke off within such a
        pause cannot be heard, and any place in it is right.
        """
        start, unchanged = self.heard_of(item)
        sounds = np.flatnonzero(self.heard[start : start + unchanged])
        earliest = (int(sounds[-1]) + 1 if len(sounds) else 0) * 1000 / RATE
        return max(earliest - audio_end_ms, audio_end_ms - unchanged * 1000 / RATE, 0.0)

"""Conversations of several voices, and a driver that tells them apart as it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.support.harness import Harness
from voice_tui.audio.voices.overlap import Overlap
from voice_tui.audio.voices.voiceprint import Likeness, Vector, unit
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate
from voice_tui.messages.speakers import Identify, KnownVoice, SpeakersChanged, VoiceHeard, VoicesReady

LIKENESS = Likeness(near=0.7, slope=30.0, blur_s=0.3)
ALICE: Vector = unit(np.array([1.0, 0.0, 0.0]))
BOB: Vector = unit(np.array([0.0, 1.0, 0.0]))
TWO = Overlap(True, 3.0)


class Story(Harness):
    """A conversation in which voices are told apart by vectors that the story names."""

    def __init__(self, preset: str = "server-vad", voices: Sequence[KnownVoice] = ()) -> None:
        super().__init__(preset)
        self.connect()
        self.engine.receive(VoicesReady("test", LIKENESS, tuple(voices)))
        self.last: str | None = None
        self.drain()

    def asked(self) -> list[Identify]:
        taken = [v for v in self.voices if isinstance(v, Identify)]
        self.voices = [v for v in self.voices if not isinstance(v, Identify)]
        return taken

    def heard(self, vector: Vector | None, seconds: float = 3.0, overlap: Overlap | None = None) -> None:
        """The driver answers the last question."""
        ask = self.asked()[-1]
        self.engine.receive(VoiceHeard(ask.turn_id, ask.whole, vector, seconds, overlap))
        self.tick(10)

    def turn(self, item: str, vector: Vector | None, seconds: float = 3.0, overlap: Overlap | None = None) -> None:
        """A turn that the server found, identified, answered by the server itself."""
        self.server.speech_started(item, self.captured * 10)
        self.speak(1000)
        self.server.speech_stopped(item, self.captured * 10)
        self.server.committed(item, self.last)
        self.server.transcribed(item, f"words of {item}")
        self.heard(vector, seconds, overlap)
        self.last = item

    def labels(self) -> dict[str, str]:
        return {row.item_id: row.speaker + "?" * row.unsure for row in self.rows if row.role == "user"}

    def state(self) -> SpeakersChanged:
        return [x for x in self.notices if isinstance(x, SpeakersChanged)][-1]


def known(name: str, vector: Vector) -> KnownVoice:
    return KnownVoice(name, vector, 10.0, 1_700_000_000.0)


def label_of(event: object) -> tuple[str, str | None]:
    assert isinstance(event, ConversationItemCreate)
    assert event.item.role == "system"
    previous = event.previous_item_id
    assert previous is None or isinstance(previous, str)
    return event.item.text, previous

"""What goes over the wire in a short talk with an interruption, a setting that is refused, and a cut."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from voice_tui.drivers.wirestore import WireStore
from voice_tui.endpoints.families import REALTIME

PERSONA = "You are a helpful voice assistant. Be brief and engaging. " * 6
CUT = "item_story"


class Sent(NamedTuple):
    """An event, and when it goes by."""

    at: float
    direction: str
    event: dict[str, Any]


def sound(ms: int, level: float) -> str:
    """So much of a voice that swells and falls, as it stands on the wire."""
    t = np.arange(ms * 24)
    voice = np.sin(t / 9) * np.sin(np.pi * t / len(t)) * level * 32_000
    return base64.b64encode(voice.astype("<i2").tobytes()).decode()


def story() -> Iterator[Sent]:
    """The events in order."""
    out, into = "client", "server"
    session = {"type": "realtime", "model": "gpt-realtime-2.1", "instructions": PERSONA}
    yield Sent(0.10, into, {"type": "session.created", "event_id": "s1", "session": session})
    yield Sent(0.11, out, {"type": "session.update", "event_id": "event_00001", "session": session})
    yield Sent(0.19, into, {"type": "session.updated", "event_id": "s2", "session": session})
    wrong = {"type": "realtime", "audio": {"output": {"speed": 9}}}
    yield Sent(0.20, out, {"type": "session.update", "event_id": "event_00002", "session": wrong})
    error = {"type": "invalid_request_error", "code": "invalid_value", "message": "speed: 9 is more than 1.5",
             "event_id": "event_00002"}  # fmt: skip
    yield Sent(0.27, into, {"type": "error", "event_id": "s3", "error": error})
    for number in range(20):
        audio = sound(20, 0.3)
        yield Sent(1 + number / 50, out, {"type": "input_audio_buffer.append", "audio": audio})
    yield Sent(2.0, out, {"type": "input_audio_buffer.commit", "event_id": "event_00003"})
    yield Sent(2.05, into, {"type": "input_audio_buffer.committed", "event_id": "s4", "item_id": "item_user"})
    yield Sent(2.06, out, {"type": "response.create", "event_id": "event_00004"})
    response = {"id": "resp_1", "status": "in_progress"}
    yield Sent(2.10, into, {"type": "response.created", "event_id": "s5", "response": response})
    for word in ("All ", "right, ", "here ", "is ", "the ", "story."):
        about = {"response_id": "resp_1", "item_id": CUT}
        yield Sent(2.4, into, {"type": "response.output_audio_transcript.delta", "delta": word, **about})
        yield Sent(2.4, into, {"type": "response.output_audio.delta", "delta": sound(200, 0.8), **about})
    yield Sent(3.9, out, {"type": "response.cancel", "event_id": "event_00005", "response_id": "resp_1"})
    truncate = {"item_id": CUT, "content_index": 0, "audio_end_ms": 812}
    yield Sent(3.9, out, {"type": "conversation.item.truncate", "event_id": "event_00006", **truncate})
    done = {"id": "resp_1", "status": "cancelled", "usage": {"input_tokens": 61, "output_tokens": 70}}
    yield Sent(3.94, into, {"type": "response.done", "event_id": "s6", "response": done})
    yield Sent(3.95, into, {"type": "conversation.item.truncated", "event_id": "s7", **truncate})


class Wire:
    """A store that was told the story.

    Args:
        again: How often.
    """

    def __init__(self, again: int = 1, **more: Any) -> None:
        self.now = 0.0
        self.store = WireStore(REALTIME.inspection, lambda: self.now, ["hunter2-hunter2"], **more)
        for _ in range(again):
            self.tell(story())

    def tell(self, events: Iterator[Sent]) -> None:
        """Events go by."""
        for each in events:
            self.now = each.at
            self.store.write(each.direction, json.dumps(each.event).encode())

    def kind(self, number: int) -> str:
        """The type of an event."""
        event = self.store.event(number)
        return self.store.glance(event).type if event is not None else ""

    def number(self, kind: str) -> int:
        """The first event of a type."""
        return next(n for n in range(self.store.first, self.store.last + 1) if self.kind(n) == kind)

"""The pieces that the log of a session is made of, each as the service sends it."""

from __future__ import annotations

import base64
import random
from itertools import count
from typing import Any

from tests.wire.schema import Record

APPEND_MS = 40
WORDS = ("well", "then", "let", "me", "see", "what", "there", "is", "about", "the", "weather", "in", "Lisbon")
SERVER_VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
PCM = {"type": "audio/pcm", "rate": 24_000}


def audio(ms: int) -> str:
    """Silence as it stands in an event."""
    return base64.b64encode(bytes(48 * ms)).decode()


class Pieces:
    """Writes events into a log.

    Args:
        seed: Decides on lengths and words.

    Attributes:
        log: What is written so far.
        rng: Decides.
        last: The last item of the conversation.
        received_ms: Audio that the client has sent.
    """

    def __init__(self, seed: int) -> None:
        self.log: list[Record] = []
        self.rng = random.Random(seed)
        self._number = count(1)
        self.received_ms = 0
        self.last: str | None = None  # item

    def client(self, type: str, *, wrong: bool = False, **fields: Any) -> None:
        marks = {"expect": "error"} if wrong else {}
        fields = {"event_id": self.id("client"), **fields}
        self.log.append({"dir": "client", "dialect": "ga", "event": {"type": type, **fields}, **marks})

    def server(self, type: str, **fields: Any) -> None:
        self.log.append(
            {"dir": "server", "dialect": "ga", "event": {"type": type, "event_id": self.id("event"), **fields}}
        )

    def id(self, kind: str) -> str:
        return f"{kind}_{next(self._number)}"

    def session(self, voice: str) -> dict[str, Any]:
        microphone = {"format": PCM, "transcription": None, "noise_reduction": None, "turn_detection": SERVER_VAD}
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": "sess_1",
            "model": "gpt-realtime",
            "output_modalities": ["audio"],
            "instructions": "",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "expires_at": 1_800_000_000,
            "audio": {"input": microphone, "output": {"format": PCM, "voice": voice, "speed": 1.0}},
        }

    def some_words(self) -> list[str]:
        return [f"{word} " for word in self.rng.choices(WORDS, k=self.rng.randint(2, 6))]

    def message(self, role: str, kind: str, text: str = "") -> dict[str, Any]:
        return {"type": "message", "id": self.id("item"), "role": role, "content": [{"type": kind, "text": text}]}

    def enter(self, item: dict[str, Any], *, done: bool = False) -> None:
        """An item enters the conversation behind all others."""
        for kind in ("conversation.item.added", "conversation.item.done") if done else ("conversation.item.added",):
            self.server(kind, previous_item_id=self.last, item=item)
        self.last = item["id"]

    def speak(self, ms: int) -> None:
        for _ in range(0, ms, APPEND_MS):
            self.client("input_audio_buffer.append", audio=audio(APPEND_MS))
            self.received_ms += APPEND_MS

    def hear(self) -> str:
        """The user begins to speak; gives the item to come."""
        self.speak(400)
        item = self.id("item")
        self.server("input_audio_buffer.speech_started", audio_start_ms=self.received_ms - 350, item_id=item)
        self.speak(self.rng.randrange(200, 600, APPEND_MS))
        return item

    def commit(self, item: str) -> None:
        self.server("input_audio_buffer.speech_stopped", audio_end_ms=self.received_ms - 20, item_id=item)
        self.server("input_audio_buffer.committed", previous_item_id=self.last, item_id=item)
        self.spoken_item(item)

    def turn(self) -> str:
        item = self.hear()
        self.commit(item)
        return item

    def spoken_item(self, item: str) -> None:
        content = [{"type": "input_audio", "transcript": None}]
        self.enter(
            {"type": "message", "id": item, "role": "user", "status": "completed", "content": content}, done=True
        )

    def write(self) -> None:
        said = self.message("user", "input_text", "".join(self.some_words()))
        self.client("conversation.item.create", item={k: v for k, v in said.items() if k != "id"})
        self.enter({**said, "status": "completed"}, done=True)

    def response(self, id: str, status: str, output: list[Any], *, aside: bool = False) -> dict[str, Any]:
        details = {"text_tokens": 20, "audio_tokens": 30, "image_tokens": 0, "cached_tokens": 10}
        usage = {
            "total_tokens": 90,
            "input_tokens": 50,
            "output_tokens": 40,
            "input_token_details": details,
            "output_token_details": {"text_tokens": 10, "audio_tokens": 30},
        }
        return {
            "object": "realtime.response",
            "id": id,
            "status": status,
            "status_details": None,
            "output": output,
            "conversation_id": None if aside else "conv_1",
            "output_modalities": ["text" if aside else "audio"],
            "max_output_tokens": "inf",
            "usage": None if status == "in_progress" else usage,
            "metadata": None,
        }

    def output(self, step: str, response: str, item: dict[str, Any]) -> None:
        self.server(f"response.output_item.{step}", response_id=response, output_index=0, item=item)

    def begin_answer(self) -> tuple[str, dict[str, Any], int]:
        """The id of an answer that is being made, its item with what it says so far, how much was sent in ms."""
        response, words, sent_ms = self.id("resp"), self.some_words(), 0
        item = {"type": "message", "id": self.id("item"), "role": "assistant", "status": "in_progress", "content": []}
        place = {"response_id": response, "item_id": item["id"], "output_index": 0, "content_index": 0}
        self.server("response.created", response=self.response(response, "in_progress", []))
        self.output("added", response, item)
        self.enter(item)
        self.server("response.content_part.added", **place, part={"type": "audio", "transcript": ""})
        for word in words:
            self.server("response.output_audio_transcript.delta", **place, delta=word)
            self.server("response.output_audio.delta", **place, delta=audio(100))
            sent_ms += 100
        return response, {**item, "content": [{"type": "output_audio", "transcript": "".join(words)}]}, sent_ms

    def end_answer(self, response: str, item: dict[str, Any], status: str, details: dict[str, Any] | None) -> None:
        place = {"response_id": response, "item_id": item["id"], "output_index": 0, "content_index": 0}
        transcript = item["content"][0]["transcript"]
        item = {**item, "status": "completed" if status == "completed" else "incomplete"}
        self.server("response.output_audio.done", **place)
        self.server("response.output_audio_transcript.done", **place, transcript=transcript)
        self.server("response.content_part.done", **place, part={"type": "audio", "transcript": transcript})
        self.server("conversation.item.done", previous_item_id=None, item=item)
        self.output("done", response, item)
        done = {**self.response(response, status, [item]), "status_details": details}
        self.server("response.done", response=done)

    def answer(self, heard: str | None) -> None:
        """A whole spoken answer; the words of the user's item ``heard`` come in the middle of it."""
        response, item, _ = self.begin_answer()
        if heard is not None:
            place = {"item_id": heard, "content_index": 0}
            self.server("conversation.item.input_audio_transcription.delta", **place, delta="hello")
            usage = {"type": "duration", "seconds": 1.0}
            kind = "conversation.item.input_audio_transcription.completed"
            self.server(kind, **place, transcript="hello", usage=usage)
        self.end_answer(response, item, "completed", None)

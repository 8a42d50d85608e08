"""What the session tests share: the orders of the wire, and saying things."""

from __future__ import annotations

from typing import Any

from tests.support.server_fakes import Client, silence, tone

TURN = (silence(500), tone(500), silence(400))
ANSWERED = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
]
SPOKEN = ["response.output_audio_transcript.delta", "response.output_audio.delta"]
CLOSED = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]
TURN_EVENTS = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
]
LONG = "This answer is long enough to be cut off in the middle of it."


def status(done: dict[str, Any]) -> tuple[str, Any]:
    return done["response"]["status"], done["response"]["status_details"]


async def detect(client: Client, **fields: Any) -> None:
    detection = {"type": "server_vad", **fields}
    await client.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": detection}}})


async def say(client: Client, text: str, **fields: Any) -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    await client.send("conversation.item.create", item={**item, **fields})

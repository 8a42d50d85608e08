"""A plain websocket client for the server's tests; it writes down everything both sides say."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from tests.wire import Record, check
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.endpoints.realtime.wire.codec import decode_client_event, decode_server_event
from voice_tui.endpoints.realtime.wire.server_events import UnknownEvent

TIMEOUT_S = 20
APPEND = RATE // 25  # 40 ms


class WireClient:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.record: list[Record] = []
        self._arrived = asyncio.Condition()

    async def read(self) -> None:
        async for message in self._connection:
            async with self._arrived:
                self._write("server", json.loads(message))
                self._arrived.notify_all()

    def _write(self, direction: str, event: dict[str, Any], **marks: str) -> None:
        self.record.append({"dir": direction, "dialect": "ga", "event": event, **marks})

    @property
    def events(self) -> list[dict[str, Any]]:
        return [r["event"] for r in self.record if r["dir"] == "server"]

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    async def send(self, type: str, *, wrong: bool = False, **fields: Any) -> None:
        """Send an event; ``wrong`` says that an error is what is wanted."""
        event = {"type": type, **fields}
        self._write("client", event, **({"expect": "error"} if wrong else {}))
        await self._connection.send(json.dumps(event))

    async def speak(self, pcm: Pcm) -> None:
        for start in range(0, len(pcm), APPEND):
            audio = base64.b64encode(pcm[start : start + APPEND].tobytes()).decode()
            await self.send("input_audio_buffer.append", audio=audio)

    async def until(self, type: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th event of a type."""
        async with self._arrived:
            async with asyncio.timeout(TIMEOUT_S):
                await self._arrived.wait_for(lambda: len(self.of(type)) >= count)
        return self.of(type)[count - 1]

    async def configure(self, **session: Any) -> dict[str, Any]:
        """Update the session; gives what the server made of it."""
        done = len(self.of("session.updated"))
        await self.send("session.update", session={"type": "realtime", **session})
        updated: dict[str, Any] = (await self.until("session.updated", done + 1))["session"]
        return updated

    async def say(self, text: str) -> None:
        """A text turn of the user."""
        content = [{"type": "input_text", "text": text}]
        await self.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})

    def audio_of(self, item_id: str) -> Pcm:
        deltas = (e["delta"] for e in self.of("response.output_audio.delta") if e["item_id"] == item_id)
        return np.frombuffer(b"".join(map(base64.b64decode, deltas)), "<i2").astype(np.int16)


@asynccontextmanager
async def client_of(url: str, **options: Any) -> AsyncIterator[WireClient]:
    """A client that has been greeted; when it leaves, all that was said in its session is judged."""
    async with connect(url, max_size=None, compression=None, proxy=None, **options) as connection:
        client = WireClient(connection)
        reader = asyncio.create_task(client.read())
        try:
            await client.until("session.created")
            yield client
        finally:
            reader.cancel()
    judge(client.record)


def judge(records: list[Record]) -> None:
    """What was said on the wire obeys its rules, and our own protocol reads it."""
    check(records)
    for record in records:
        text = json.dumps(record["event"])
        if record["dir"] == "server":
            assert not isinstance(decode_server_event(text), UnknownEvent), text
        elif "expect" not in record:
            decode_client_event(text)


def turns(*pieces: Pcm | int) -> Pcm:
    """Speech and silences (ms), one after another, with the faint noise of a room."""
    audio = np.concatenate([np.zeros(p * RATE // 1000, np.int16) if isinstance(p, int) else p for p in pieces])
    noise = np.random.default_rng(1).standard_normal(len(audio)) * 8
    return np.clip(audio + noise, -32_768, 32_767).astype(np.int16)

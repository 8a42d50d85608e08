"""A small Realtime server that does what it is told wrong: what a probe has to find out."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from voice_tui.audio.stream.pcm import RATE, to_pcm

FRAME_MS = 20
ONSET_MS = 120  # so long a sound has to last to be speech
LOUD = 300  # mean of |x| that is speech
PIECE_S = 0.1
STORY_S = 12.0


class Link(Protocol):
    """A client's connection."""

    def __aiter__(self) -> AsyncIterator[str | bytes]: ...
    async def send(self, message: bytes, *, text: bool | None = None) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...


@dataclass
class Oddities:
    """What is wrong with it; the defaults are nothing."""

    deaf: bool = False  # it never hears speech
    semantic_deaf: bool = False  # ... not with semantic VAD
    fixed_silence_ms: float | None = None  # the setting is acknowledged and ignored
    fixed_threshold: bool = False
    always_interrupts: bool = False
    always_answers: bool = False
    always_listens: bool = False  # turn_detection null is acknowledged and ignored
    truncate: str = "works"  # works, silent, blind (acknowledges what does not exist), idle (changes nothing)
    silent_audio: bool = False
    pace: float = 4.0
    refuses: frozenset[str] = frozenset()  # types of events that are answered with an error
    no_created: bool = False
    closes_at: str = ""  # type of the client event that it hangs up at
    every_time: bool = False  # ... on each connection
    preview_names: bool = False
    at_once: bool = False  # an answer is complete before anybody can cancel it
    beside_enters: bool = False
    spoken_late: bool = False  # what was said before becomes an item while the question beside is answered
    calls_tools: bool = True
    connections: int = field(default=0, init=False)


class OddServer:
    """One connection of such a server."""

    def __init__(self, odd: Oddities, link: Link) -> None:
        self.odd, self.link = odd, link
        self._ids = itertools.count(1)
        self._turns: dict[str, Any] | None = {"type": "server_vad"}
        self._items: dict[str, dict[str, Any]] = {}
        self._answer: asyncio.Task[None] | None = None
        self._answer_id = ""
        self._ms = self._loud_ms = self._quiet_ms = 0.0
        self._speaking = False
        self._tools: list[Any] = []

    async def run(self) -> None:
        if not self.odd.no_created:
            await self._send("session.created", session={"type": "realtime", "id": "sess_1"})
        try:
            async for raw in self.link:
                event = json.loads(raw)
                kind = event["type"]
                if kind == self.odd.closes_at and (self.odd.connections == 1 or self.odd.every_time):
                    await self.link.close(1011, "out of order")
                    return
                if kind in self.odd.refuses:
                    await self._error(event, f"{kind} is not known")
                    continue
                await getattr(self, "_on_" + kind.replace(".", "_"))(event)
        finally:
            if self._answer is not None:
                self._answer.cancel()

    async def _send(self, kind: str, **fields: Any) -> None:
        if self.odd.preview_names:
            kind = (
                kind.replace("output_audio", "audio")
                .replace("output_text", "text")
                .replace("item.added", "item.created")
            )
        await self.link.send(json.dumps({"type": kind, "event_id": f"e{next(self._ids)}", **fields}).encode())

    async def _error(self, event: dict[str, Any], words: str) -> None:
        await self._send("error", error={"message": words, "code": "odd", "event_id": event.get("event_id")})

    # ---- requests

    async def _on_session_update(self, event: dict[str, Any]) -> None:
        session = event["session"]
        hears = session.get("audio", {}).get("input", {})
        if "turn_detection" in hears and not (hears["turn_detection"] is None and self.odd.always_listens):
            self._turns = hears["turn_detection"]
        self._tools = session.get("tools", self._tools)
        await self._send("session.updated", session=session | {"id": "sess_1"})

    async def _on_input_audio_buffer_clear(self, event: dict[str, Any]) -> None:
        self._speaking, self._loud_ms = False, 0.0
        await self._send("input_audio_buffer.cleared")

    async def _on_input_audio_buffer_commit(self, event: dict[str, Any]) -> None:
        await self._send("input_audio_buffer.committed", item_id=f"u{next(self._ids)}", previous_item_id=None)

    async def _on_input_audio_buffer_append(self, event: dict[str, Any]) -> None:
        pcm = to_pcm(base64.b64decode(event["audio"]))
        size = RATE * FRAME_MS // 1000
        for at in range(0, len(pcm), size):
            self._ms += FRAME_MS
            await self._hear(float(np.abs(pcm[at : at + size].astype(np.float32)).mean()))

    async def _hear(self, level: float) -> None:
        turns, odd = self._turns, self.odd
        if turns is None or odd.deaf or (odd.semantic_deaf and turns["type"] == "semantic_vad"):
            return
        loud = level > LOUD and (odd.fixed_threshold or turns.get("threshold", 0.5) < 1.0)
        self._loud_ms = self._loud_ms + FRAME_MS if loud else 0.0
        self._quiet_ms = 0.0 if loud else self._quiet_ms + FRAME_MS
        if not self._speaking and self._loud_ms >= ONSET_MS:
            self._speaking = True
            start = max(0, int(self._ms - self._loud_ms - turns.get("prefix_padding_ms", 300)))
            await self._send("input_audio_buffer.speech_started", audio_start_ms=start, item_id="u")
            if turns.get("interrupt_response", True) or odd.always_interrupts:
                await self._stop("turn_detected")
        silence = odd.fixed_silence_ms or turns.get("silence_duration_ms", 500)
        if self._speaking and self._quiet_ms >= silence:
            self._speaking = False
            await self._send("input_audio_buffer.speech_stopped", audio_end_ms=int(self._ms), item_id="u")
            await self._send("input_audio_buffer.committed", item_id="u", previous_item_id=None)
            if turns.get("create_response", True) or odd.always_answers:
                self._begin(1.0, {})

    async def _on_conversation_item_create(self, event: dict[str, Any]) -> None:
        item = {"id": f"i{next(self._ids)}"} | event["item"]
        self._items[item["id"]] = item
        await self._send("conversation.item.added", item=item, previous_item_id=None)

    async def _on_conversation_item_delete(self, event: dict[str, Any]) -> None:
        self._items.pop(event["item_id"], None)
        await self._send("conversation.item.deleted", item_id=event["item_id"])

    async def _on_conversation_item_retrieve(self, event: dict[str, Any]) -> None:
        item = self._items.get(event["item_id"])
        await (self._send("conversation.item.retrieved", item=item) if item else self._error(event, "no such item"))

    async def _on_conversation_item_truncate(self, event: dict[str, Any]) -> None:
        if self.odd.truncate == "silent":
            return
        if self.odd.truncate == "works" and event["audio_end_ms"] > 60_000:
            await self._error(event, "already shorter")
            return
        if self.odd.truncate != "idle":
            self._items[event["item_id"]]["content"] = [{"type": "output_audio", "transcript": None}]
        fields = {name: event[name] for name in ("item_id", "content_index", "audio_end_ms")}
        await self._send("conversation.item.truncated", **fields)

    async def _on_response_cancel(self, event: dict[str, Any]) -> None:
        await self._stop("client_cancelled")

    async def _on_response_create(self, event: dict[str, Any]) -> None:
        said = [i["content"][0].get("text", "") for i in self._items.values() if i.get("role") == "user"]
        long = bool(said) and "story" in said[-1]
        self._begin(STORY_S if long else 1.0, event.get("response") or {})

    # ---- answers

    def _begin(self, seconds: float, params: dict[str, Any]) -> None:
        self._answer_id = f"r{next(self._ids)}"
        self._answer = asyncio.ensure_future(self._make(self._answer_id, seconds, params))

    async def _make(self, name: str, seconds: float, params: dict[str, Any]) -> None:
        await self._send("response.created", response={"id": name, "status": "in_progress"})
        item: dict[str, Any] = {"id": f"a{name}", "type": "message", "role": "assistant", "content": []}
        where = {"response_id": name, "item_id": item["id"], "output_index": 0, "content_index": 0}
        if params.get("tool_choice") == "required" and self.odd.calls_tools:
            item = {
                "id": "c1",
                "type": "function_call",
                "name": "give_number",
                "call_id": "c",
                "arguments": '{"number": 7}',
            }
            await self._send("response.output_item.done", response_id=name, output_index=0, item=item)
        elif params.get("output_modalities") == ["text"]:
            if self.odd.spoken_late:
                said = {"id": "item_late", "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
                await self._send("conversation.item.added", item=said, previous_item_id=None)
            if params.get("conversation") != "none" or self.odd.beside_enters:
                await self._send("conversation.item.added", item=item, previous_item_id=None)
            await self._send("response.output_text.delta", delta="yes", **where)
            item["content"] = [{"type": "output_text", "text": "yes"}]
        else:
            self._items[item["id"]] = item
            item["content"] = [{"type": "output_audio", "transcript": "once upon a time"}]
            await self._send("conversation.item.added", item=item | {"content": []}, previous_item_id=None)
            await self._send("response.output_audio_transcript.delta", delta="once upon a time", **where)
            sound = np.full(int(PIECE_S * RATE), 0 if self.odd.silent_audio else 3000, np.int16)
            sound[::2] *= -1
            audio = base64.b64encode(sound.tobytes()).decode()
            for _ in range(round(seconds / PIECE_S)):
                await self._send("response.output_audio.delta", delta=audio, **where)
                await asyncio.sleep(0 if self.odd.at_once else PIECE_S / self.odd.pace)
        self._answer_id = ""
        await self._send("response.done", response={"id": name, "status": "completed", "output": [item]})

    async def _stop(self, reason: str) -> None:
        if self._answer is None or self._answer.done() or not self._answer_id:
            return
        self._answer.cancel()
        name, self._answer_id = self._answer_id, ""
        details = {"type": "cancelled", "reason": reason}
        await self._send("response.done", response={"id": name, "status": "cancelled", "status_details": details})


def serving(odd: Oddities) -> Any:
    """What takes each connection's end."""

    async def serve(link: Any) -> None:
        odd.connections += 1
        await OddServer(odd, link).run()

    return serve

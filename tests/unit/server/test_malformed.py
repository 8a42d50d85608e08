"""Events with anything wrong in them: each is answered, and the session goes on, in either dialect."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.server_fakes import Gate, open_session
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.server.brains.demo.brain import DemoBrain

PICTURE = "data:image/png;base64,AA"
TOOL = {"type": "function", "name": "f", "description": "d", "parameters": {"properties": {"a": {"type": "string"}}}}
FORMAT = {"type": "audio/pcm", "rate": 24_000}
DETECTION = {
    "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
    "idle_timeout_ms": 5_000, "create_response": True, "interrupt_response": True,
}  # fmt: skip
HEARING = {
    "format": FORMAT, "transcription": {"model": "w", "language": "en"}, "noise_reduction": {"type": "near_field"},
    "turn_detection": DETECTION,
}  # fmt: skip
GA: dict[str, Any] = {
    "type": "realtime", "model": "m", "output_modalities": ["audio"], "instructions": "x", "tools": [TOOL],
    "audio": {"input": HEARING, "output": {"format": FORMAT, "voice": "alloy", "speed": 1.0}}, "max_output_tokens": 10,
    "tool_choice": {"type": "function", "name": "f"}, "tracing": {"workflow_name": "x"}, "reasoning": {"effort": "low"},
    "truncation": {"type": "retention_ratio", "retention_ratio": 0.5}, "include": None, "parallel_tool_calls": True,
}  # fmt: skip
PREVIEW: dict[str, Any] = {
    "modalities": ["text", "audio"], "voice": "alloy", "input_audio_format": "pcm16", "tool_choice": "auto",
    "output_audio_format": "g711_ulaw", "input_audio_transcription": {"model": "w"}, "temperature": 0.8, "speed": 1.0,
    "turn_detection": {"type": "semantic_vad", "eagerness": "low"}, "max_response_output_tokens": "inf",
}  # fmt: skip
SAID = [
    {"type": "input_text", "text": "hello"}, {"type": "input_audio", "audio": "AAAA", "transcript": "x"},
    {"type": "input_image", "image_url": PICTURE, "detail": "low"},
]  # fmt: skip
USER = {"id": "item_1", "type": "message", "role": "user", "status": "completed", "content": SAID}
CREATE = "conversation.item.create"
EVENTS: list[dict[str, Any]] = [
    {"type": "session.update", "event_id": "e", "session": GA},
    {"type": "session.update", "session": PREVIEW},
    {"type": "transcription_session.update", "session": {"input_audio_format": "pcm16", "turn_detection": None}},
    {"type": "input_audio_buffer.append", "audio": "AAAA"},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": CREATE, "previous_item_id": "root", "item": USER},
    *(
        {"type": CREATE, "item": {"type": "message", "role": "assistant", "content": [{"type": kind, "text": "x"}]}}
        for kind in ("output_text", "text")
    ),
    {"type": CREATE, "item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}},
    {"type": CREATE, "item": {"type": "function_call_output", "call_id": "c", "output": "{}"}},
    {"type": "conversation.item.retrieve", "item_id": "item_1"},
    {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 0},
    {"type": "conversation.item.delete", "item_id": "item_1"},
    {"type": "response.create", "response": {
        "output_modalities": ["text"], "audio": {"output": {"voice": "alloy", "format": FORMAT}}, "tools": [TOOL],
        "max_output_tokens": 5, "conversation": "none", "input": [{"type": "item_reference", "id": "item_1"}, USER],
        "metadata": {"a": "b"}, "reasoning": {"effort": "low"},
    }},
    {"type": "response.create", "response": {
        "modalities": ["text", "audio"], "voice": "alloy", "output_audio_format": "pcm16", "temperature": 0.8,
        "input": [{"type": "message", "role": "assistant", "content": [{"type": "text", "text": "x"}]}],
    }},
    {"type": "response.cancel", "response_id": "x"},
    {"type": "output_audio_buffer.clear"},
]  # fmt: skip
WRONG: list[Any] = [
    None, True, 0, -1, 10**30, 10**400, 1.5, float("nan"), float("inf"), "", "x", "auto", "root", "\ud800", "a" * 600,
    [], {}, [None], ["audio"], {"type": None}, {"type": "function"}, {"type": 5}, {"a": {"b": [1]}}, "AAA", PICTURE,
    [[]], {"type": "audio/pcmu"}, {"type": "item_reference"}, USER,
]  # fmt: skip


class Ears:
    def transcribe(self, pcm: Pcm) -> str:
        return "Hi."


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be wrong."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in inner:
        yield (*path, name)
        yield from places(child, (*path, name))


def spoilt(event: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same event with something in it that is missing, unknown or wrong; now and then it is as it should be."""
    event = copy.deepcopy(event)
    for _ in range(chance.choice((0, 1, 1, 2))):
        paths = [path for path in places(event) if path != ("type",)]
        if not paths:
            continue
        *path, leaf = chance.choice(paths)
        holder: Any = event
        for name in path:
            holder = holder[name]
        kind = chance.random()
        if kind < 0.15:
            del holder[leaf]
        elif kind < 0.25 and isinstance(holder, dict):
            holder["bogus"] = copy.deepcopy(chance.choice(WRONG))
        else:
            holder[leaf] = copy.deepcopy(chance.choice(WRONG))
    return event


@pytest.mark.parametrize(
    "seeds", [range(2), pytest.param(range(2, 150), marks=pytest.mark.outside)], ids=["few", "many"]
)
@pytest.mark.parametrize("dialect", [Dialect.GA, Dialect.PREVIEW])
async def test_whatever_comes_is_answered_and_the_session_goes_on(
    dialect: Dialect, seeds: range, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        kind = chance.choice(("realtime", "realtime", "realtime", "transcription"))
        model = chance.choice(("gpt-realtime", "gpt-realtime-2"))
        async with open_session(DemoBrain(), Ears(), Gate(), dialect=dialect, kind=kind, model=model) as client:
            for _ in range(30):
                event = spoilt(chance.choice(EVENTS), chance)
                before = len(client.events)
                await client.send_raw(json.dumps(event))
                await asyncio.sleep(0)
                assert len(client.events) > before or event["type"] == "input_audio_buffer.append", (seed, event)
            await client.send("nonsense", event_id="mine")
            assert client.of("error")[-1]["error"]["event_id"] == "mine", seed
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

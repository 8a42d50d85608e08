"""Clients that nobody here wrote hold a whole talk with ``voice-tui serve``, and all of it obeys the wire's law."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI

from tests.clients.install import MISSING, python_of
from tests.integration.wire_client import turns
from tests.support.tap import Tap, tapped
from tests.wire import faults
from voice_tui.audio.stream.pcm import Pcm

pytestmark = [pytest.mark.outside, pytest.mark.wall_clock]

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".cache" / "clients"
SCRIPTS = ROOT / "tests" / "clients"
TALK_S = 180  # at most, on a busy machine too
QUESTION, WISH = "What's the weather like in London today?", "Please tell me a long story."
# What these clients do, and may: they configure the session before they have read its greeting.
EXCUSED = {"waits_for_the_greeting"}


def judge(tap: Tap) -> None:
    """Everything was as the protocol wants it, and nothing was refused."""
    assert [fault for fault in faults(tap.records) if fault.rule not in EXCUSED] == []
    assert tap.of("error") == []


# -- the SDK, in both dialects --

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
GA = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
PREVIEW = {
    "modalities": ["text", "audio"],
    "voice": "alloy",
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": {"model": "whisper-1"},
    "turn_detection": {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200},
    "temperature": 0.8,
}


class Sdk:
    """A connection of the SDK."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def until(self, type: str, count: int = 1) -> Any:
        """The ``count``-th event of a type from now on, read by the SDK."""
        async with asyncio.timeout(TALK_S):
            async for event in self._connection:
                assert event.type != "error", event
                count -= event.type == type
                if not count:
                    return event
        raise AssertionError(f"the connection ended before {type}")

    async def send(self, type: str, **fields: Any) -> None:
        await self._connection.send({"type": type, **fields})

    async def speak(self, pcm: Pcm) -> None:
        for start in range(0, len(pcm), 2_400):
            audio = base64.b64encode(pcm[start : start + 2_400].tobytes()).decode()
            await self.send("input_audio_buffer.append", audio=audio)


@pytest.mark.parametrize("dialect", ["ga", "preview"])
async def test_the_openai_sdk(served: str, local_voice: Callable[[str], Pcm], dialect: str) -> None:
    preview = dialect == "preview"
    delta = "response.audio.delta" if preview else "response.output_audio.delta"
    async with tapped(served, dialect) as tap:
        client = AsyncOpenAI(api_key="any", websocket_base_url=f"{tap.url}/v1")
        realtime = client.beta.realtime if preview else client.realtime
        async with realtime.connect(model="gpt-realtime") as connection:
            sdk = Sdk(connection)
            session = PREVIEW if preview else GA
            await sdk.send("session.update", session={"instructions": "Be brief.", "tools": [WEATHER], **session})
            await sdk.until("session.updated")
            hello = {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "What is 2 plus 2?"}],
            }
            await sdk.send("conversation.item.create", item=hello)
            await sdk.send("response.create")
            assert (await sdk.until("response.done")).response.output[0].content[0].transcript == "That is 4."
            await sdk.speak(turns(500, local_voice(WISH), 900))
            await sdk.until(delta, 5)
            await sdk.speak(turns(local_voice(QUESTION), 900))
            cut = (await sdk.until("response.done")).response
            assert (cut.status, cut.status_details.reason) == ("cancelled", "turn_detected")
            heard = {"item_id": cut.output[0].id, "content_index": 0, "audio_end_ms": 200}
            await sdk.send("conversation.item.truncate", **heard)
            call = (await sdk.until("response.done")).response.output[0]
            assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "London"})
            result = {"type": "function_call_output", "call_id": call.call_id, "output": "rainy"}
            await sdk.send("conversation.item.create", item=result)
            await sdk.send("response.create")
            assert "ainy" in (await sdk.until("response.done")).response.output[0].content[0].transcript
            written = {"modalities": ["text"]} if preview else {"output_modalities": ["text"]}
            aside = {
                "conversation": "none",
                "instructions": 'Say exactly "ok".',
                "metadata": {"for": "test"},
                **written,
            }
            await sdk.send("response.create", response=aside)
            done = (await sdk.until("response.done")).response
            assert (done.output[0].content[0].text, done.conversation_id) == ("ok", None)
        judge(tap)


# -- the agents SDKs --


def installed(kind: str) -> Path:
    """Where the clients of a kind are; the test is skipped where there are none."""
    folder = CLIENTS / kind
    if not folder.exists():
        pytest.skip("the clients are installed by make test-outside")
    if (folder / MISSING).exists():
        pytest.skip(f"the clients for {kind} cannot be had: {(folder / MISSING).read_text()}")
    return folder


@pytest.mark.parametrize("kind", ["python", "node"])
async def test_the_agents_sdk(served: str, local_voice: Callable[[str], Pcm], tmp_path: Path, kind: str) -> None:
    folder = installed(kind)
    speech: list[Path] = []
    for name, words in (("question", QUESTION), ("wish", WISH)):
        speech.append(tmp_path / f"{name}.pcm")
        speech[-1].write_bytes(turns(500, local_voice(words), 1_200).astype(np.int16).tobytes())
    runs = (
        (python_of(CLIENTS), SCRIPTS / "agents_talk.py") if kind == "python" else ("node", SCRIPTS / "agents_talk.mjs")
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    async with tapped(served) as tap:
        process = await asyncio.create_subprocess_exec(
            *map(str, (*runs, f"{tap.url}/v1/realtime", *speech)),
            cwd=folder,
            env=environment | {"OPENAI_AGENTS_DISABLE_TRACING": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        async with asyncio.timeout(TALK_S):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()[-2_000:]
        told = json.loads(out.decode().splitlines()[-1])
        assert told["errors"] == []
        assert told["tools"] == ["London", "London"]
        assert told["spoken"][0] == "That is 4."
        assert [words for words in told["spoken"] if "ainy" in words]
        assert told["events"]["audio_interrupted"] >= 1
        cut = [event["response"]["status"] for event in tap.of("response.done")].count("cancelled")
        assert cut == 1
        assert tap.of("conversation.item.truncated")
        assert tap.of("conversation.item.retrieved")
        judge(tap)

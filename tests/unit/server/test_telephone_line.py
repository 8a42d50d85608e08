"""Clients that speak as telephones do: eight bits at eight kilohertz, in either law, in either dialect."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from tests.support.server_fakes import Client, LetterVoice, ScriptedBrain, ScriptedEars, open_session
from tests.wire import check
from voice_tui.audio.stream.g711 import G711_RATE, from_alaw, from_ulaw, to_alaw, to_ulaw
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.endpoints.realtime.wire.preview import Dialect

LAWS: dict[str, Any] = {"audio/pcmu": (to_ulaw, from_ulaw), "audio/pcma": (to_alaw, from_alaw)}
PREVIEW = {"audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}


def hum(ms: int, level: int) -> Pcm:
    """A tone that a telephone carries; `LoudIsSpeech` takes it for speech where it is loud."""
    wave: Pcm = (level * np.sin(2 * np.pi * 440 / G711_RATE * np.arange(ms * G711_RATE // 1000))).astype(np.int16)
    return wave


async def speak(client: Client, law: str, *pieces: Pcm) -> None:
    codes = LAWS[law][0](np.concatenate(pieces)).tobytes()
    for start in range(0, len(codes), 160):
        audio = base64.b64encode(codes[start : start + 160]).decode()
        await client.send("input_audio_buffer.append", audio=audio)


@pytest.mark.parametrize("dialect", [Dialect.GA, Dialect.PREVIEW])
@pytest.mark.parametrize("law", LAWS)
async def test_a_spoken_turn_over_the_telephone(law: str, dialect: Dialect) -> None:
    brain, model = ScriptedBrain("Hello there."), "gpt-4o-realtime-preview"
    async with open_session(brain, ScriptedEars("Hi."), dialect=dialect, model=model) as client:
        if dialect is Dialect.GA:
            audio = {half: {"format": {"type": law}} for half in ("input", "output")}
            await client.send("session.update", session={"type": "realtime", "audio": audio})
            assert client.last["session"]["audio"]["input"]["format"] == {"type": law}
        else:
            formats = {f"{half}_audio_format": PREVIEW[law] for half in ("input", "output")}
            await client.send("session.update", session=formats)
        await speak(client, law, hum(500, 0), hum(500, 12_000), hum(400, 0))
        done = await client.until("response.done")
        started = client.of("input_audio_buffer.speech_started")[0]["audio_start_ms"]
        assert 180 <= started <= 220  # 500 ms of silence, less 300 of padding: the clock is that of the codes
        delta = "response.output_audio.delta" if dialect is Dialect.GA else "response.audio.delta"
        spoken = b"".join(base64.b64decode(event["delta"]) for event in client.of(delta))
        whole = len(LetterVoice().synthesise("Hello there."))
        assert len(spoken) == whole // 3
        item = client.of("input_audio_buffer.committed")[0]["item_id"]
        await client.send("conversation.item.retrieve", item_id=item)
        heard = LAWS[law][1](np.frombuffer(base64.b64decode(client.last["item"]["content"][0]["audio"]), np.uint8))
        assert 0.8 < np.abs(heard.astype(float)).max() / 12_000 < 1.2
        answer = done["response"]["output"][0]["id"]
        await client.send("conversation.item.truncate", item_id=answer, content_index=0, audio_end_ms=250)
        await client.send("conversation.item.retrieve", item_id=answer)
        assert len(base64.b64decode(client.last["item"]["content"][0]["audio"])) == 2_000
        check(client.record)


async def test_a_hundred_milliseconds_can_be_committed_and_less_cannot() -> None:
    async with open_session(ears=ScriptedEars("Hi.")) as client:
        settings = {"format": {"type": "audio/pcmu"}, "turn_detection": None}
        await client.send("session.update", session={"type": "realtime", "audio": {"input": settings}})
        await speak(client, "audio/pcmu", hum(99, 8_000))
        await client.send("input_audio_buffer.commit")
        assert client.last["error"]["code"] == "input_audio_buffer_commit_empty"
        await speak(client, "audio/pcmu", hum(1, 8_000))
        await client.send("input_audio_buffer.commit")
        assert client.last["type"] == "conversation.item.done"


async def test_one_answer_may_have_a_format_of_its_own() -> None:
    async with open_session() as client:
        for law, size in (("audio/pcmu", 1), ("audio/pcm", 6)):
            before = len(client.of("response.output_audio.delta"))
            done = len(client.of("response.done"))
            audio = {"output": {"format": {"type": law}}}
            await client.send("response.create", response={"audio": audio, "conversation": "none"})
            response = (await client.until("response.done", done + 1))["response"]
            assert response["audio"]["output"]["format"]["type"] == law
            sent = sum(len(base64.b64decode(e["delta"])) for e in client.of("response.output_audio.delta")[before:])
            assert sent == len(LetterVoice().synthesise("Hello there.")) // 3 * size


async def test_an_item_brings_its_audio_in_the_format_of_the_session() -> None:
    async with open_session(ears=ScriptedEars("Hi.")) as client:
        await client.send(
            "session.update", session={"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcma"}}}}
        )
        audio = base64.b64encode(to_alaw(hum(200, 8_000)).tobytes()).decode()
        item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]}
        await client.send("conversation.item.create", item={**item, "id": "mine"})
        await client.send("conversation.item.retrieve", item_id="mine")
        assert len(base64.b64decode(client.last["item"]["content"][0]["audio"])) == 1_600
        broken = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": "no base64"}]}
        await client.send("conversation.item.create", item=broken)
        assert client.last["error"]["param"] == "item.content[0].audio"

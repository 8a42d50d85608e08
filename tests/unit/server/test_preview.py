"""The preview dialect, whole: what a client of it sends, gets, and is refused, in its own words."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.support.server_fakes import Gate, ScriptedBrain, ScriptedEars, open_session, silence, tone
from tests.support.server_session import LONG, TURN
from tests.wire import check
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.server.brains.dialogue import Call, DialogueTurn

MODEL = "gpt-4o-realtime-preview"
# What the workshop's first step sends, with the names of its day.
STEP_1 = {
    "modalities": ["text", "audio"],
    "instructions": "You are helpful, brief and engaging.",
    "voice": "alloy",
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": {"model": "whisper-1"},
    "turn_detection": {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200},
    "temperature": 0.8,
}
LOOK = {"type": "function", "name": "look", "description": "Look.", "parameters": {"type": "object", "properties": {}}}


def preview(*models: Any, **options: Any) -> Any:
    return open_session(*models, dialect=Dialect.PREVIEW, model=MODEL, **options)


async def test_it_begins_as_the_dialect_begins() -> None:
    async with preview() as client:
        assert client.types == ["session.created", "conversation.created"]
        session = client.events[0]["session"]
        assert session.pop("instructions")
        assert session.pop("id").startswith("sess_")
        assert session == {
            "object": "realtime.session",
            "model": MODEL,
            "modalities": ["text", "audio"],
            "voice": "alloy",
            "speed": 1.0,
            "turn_detection": {
                "type": "server_vad",
                "threshold": 0.5,
                "prefix_padding_ms": 300,
                "silence_duration_ms": 200,
                "create_response": True,
                "interrupt_response": True,
            },
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "input_audio_transcription": None,
            "input_audio_noise_reduction": None,
            "tools": [],
            "tool_choice": "auto",
            "temperature": 0.8,
            "max_response_output_tokens": "inf",
            "tracing": None,
            "expires_at": 1_800_000_000,
        }
        check(client.record)


async def test_the_first_step_of_the_workshop() -> None:
    brain = ScriptedBrain("Hello to you.")
    async with preview(brain, ScriptedEars("Hello.")) as client:
        update = {"type": "session.update", "session": STEP_1}
        await client.send(**update)
        for name, value in STEP_1.items():
            kept = client.last["session"][name]
            assert kept == value if not isinstance(value, dict) else kept.items() >= value.items()
        hello = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
        await client.send("conversation.item.create", item=hello)
        await client.send("response.create", response={"modalities": ["text", "audio"]})
        await client.until("response.done")
        await client.speak(*TURN)
        done = (await client.until("response.done", 2))["response"]
        await client.until("conversation.item.input_audio_transcription.completed")
        assert [part["type"] for part in done["output"][0]["content"]] == ["audio"]
        assert (done["modalities"], done["voice"], done["output_audio_format"], done["temperature"]) == (
            ["text", "audio"],
            "alloy",
            "pcm16",
            0.8,
        )
        assert set(client.types) >= {
            "conversation.item.created",
            "response.audio.delta",
            "response.audio.done",
            "response.audio_transcript.delta",
            "response.audio_transcript.done",
        }
        assert not set(client.types) & {"conversation.item.added", "conversation.item.done"}
        check(client.record)
    assert brain.asked[1].turns[-1] == DialogueTurn("user", "Hello.")


async def test_written_answers_and_calls() -> None:
    async with preview(ScriptedBrain("Let me see. ", Call("look", "{}"))) as client:
        update = {"type": "session.update", "session": {"modalities": ["text"], "tools": [LOOK], "tool_choice": "auto"}}
        await client.send(**update)
        await client.send("response.create", response={"max_response_output_tokens": 200, "temperature": 0.7})
        done = (await client.until("response.done"))["response"]
        message, call = done["output"]
        assert message["content"] == [{"type": "text", "text": "Let me see."}]
        assert (call["name"], call["object"]) == ("look", "realtime.item")
        assert (done["max_output_tokens"], done["temperature"], done["modalities"]) == (200, 0.7, ["text"])
        assert {"response.text.delta", "response.text.done"} <= set(client.types)
        check(client.record)


async def test_a_cut_answer_is_truncated_and_retrieved() -> None:
    gate = Gate(open_for=6)
    async with preview(ScriptedBrain(LONG), ScriptedEars("Stop."), gate) as client:
        await client.send("response.create")
        await client.until("response.audio.delta", 6)
        await client.speak(silence(200), tone(200))
        done = await client.until("response.done")
        assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        item_id = done["response"]["output"][0]["id"]
        await client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=200)
        await client.send("conversation.item.retrieve", item_id=item_id)
        part = client.last["item"]["content"][0]
        assert (part["type"], len(base64.b64decode(part["audio"]))) == ("audio", 9_600)
        gate.opened.set()
        await client.speak(silence(400))
        await client.until("response.done", 2)


async def test_what_the_assistant_said_before_comes_as_text() -> None:
    brain = ScriptedBrain("Yes.")
    async with preview(brain) as client:
        said = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "I am Ada."}]}
        await client.send("conversation.item.create", item=said)
        assert client.last["item"]["content"] == said["content"]
        await client.send("response.create", response={"conversation": "none", "input": [said]})
        await client.until("response.done")
    assert brain.asked[0].turns == (DialogueTurn("assistant", "I am Ada."),)


SESSION, RESPONSE, ITEM = "session.update", "response.create", "conversation.item.create"
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    (SESSION, {"session": {"type": "realtime"}}, "unknown_parameter", "session.type"),
    (SESSION, {"session": {"audio": {}}}, "unknown_parameter", "session.audio"),
    (SESSION, {"session": {"output_modalities": ["text"]}}, "unknown_parameter", "session.output_modalities"),
    (SESSION, {"session": {"modalities": ["audio"]}}, "invalid_value", "session.modalities"),
    (SESSION, {"session": {"voice": "nobody"}}, "invalid_value", "session.voice"),
    (SESSION, {"session": {"input_audio_format": "audio/pcm"}}, "invalid_value", "session.input_audio_format"),
    (SESSION, {"session": {"temperature": 1.3}}, "decimal_above_max_value", "session.temperature"),
    (SESSION, {"session": {"max_response_output_tokens": 0}}, "integer_below_min_value",
     "session.max_response_output_tokens"),
    (SESSION, {"session": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5_000}}}, "unknown_parameter",
     "session.turn_detection.idle_timeout_ms"),
    (SESSION, {"session": {"turn_detection": {"threshold": 2.0}}}, "decimal_above_max_value",
     "session.turn_detection.threshold"),
    (SESSION, {"session": {"turn_detection": {"type": "vad"}}}, "invalid_value", "session.turn_detection.type"),
    (SESSION, {"session": {"input_audio_transcription": {"keywords": []}}}, "unknown_parameter",
     "session.input_audio_transcription.keywords"),
    (RESPONSE, {"response": {"output_modalities": ["text"]}}, "unknown_parameter", "response.output_modalities"),
    (RESPONSE, {"response": {"voice": "nobody"}}, "invalid_value", "response.voice"),
    (RESPONSE, {"response": {"modalities": ["audio"]}}, "invalid_value", "response.modalities"),
    (RESPONSE, {"response": {"temperature": 0.1}}, "decimal_below_min_value", "response.temperature"),
    (ITEM, {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": ""}]}},
     "invalid_value", "item.content[0].type"),
    ("transcription_session.update", {"session": {}}, "invalid_value", "session.type"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "code", "param"), REFUSED, ids=[f"{r[0]} {r[3]}" for r in REFUSED])
async def test_what_is_refused_is_named_as_it_was_written(
    kind: str, fields: dict[str, Any], code: str, param: str
) -> None:
    async with preview() as client:
        before = len(client.events)
        if kind == "transcription_session.update":
            await client.send(ITEM, item={"type": "message", "role": "user", "content": []})
        await client.send(kind, event_id="mine", **fields)
        error = client.last["error"]
        assert (error["code"], error["param"], error["event_id"]) == (code, param, "mine")
        assert "session.audio" not in error["message"].replace(param, "")
        assert "session.updated" not in client.types[before:]


async def test_nulls_of_the_dialect() -> None:
    async with preview() as client:
        await client.send(SESSION, session={"voice": None, "tools": None, "modalities": None, "temperature": None})
        assert client.last["session"]["voice"] == "alloy"
        await client.send(SESSION, session={"turn_detection": None, "input_audio_transcription": None})
        assert client.last["session"]["turn_detection"] is None
        await client.send(RESPONSE, response={"instructions": None, "modalities": None, "voice": None})
        await client.until("response.done")
        assert not client.of("error")


async def test_an_incomplete_detector_is_the_servers_own() -> None:
    async with preview() as client:
        await client.send(SESSION, session={"turn_detection": {"silence_duration_ms": 900}})
        detection = client.last["session"]["turn_detection"]
        assert (detection["type"], detection["silence_duration_ms"], detection["threshold"]) == ("server_vad", 900, 0.5)

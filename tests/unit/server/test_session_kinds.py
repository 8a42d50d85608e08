"""Sessions of other kinds: those that only listen, those of a model that thinks, and pictures in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.support.server_fakes import Client, ScriptedBrain, ScriptedEars, open_session
from tests.support.server_session import TURN, TURN_EVENTS, say
from tests.wire import check
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.server.brains.chat import UNSEEN as UNSEEN_BY_CHAT
from voice_tui.server.brains.chat import messages
from voice_tui.server.brains.demo.brain import UNSEEN, think
from voice_tui.server.brains.dialogue import Call, Dialogue, DialogueTurn

NOW = datetime(2026, 11, 23, 9, 5)
TRANSCRIBED = "conversation.item.input_audio_transcription.completed"

# -- sessions that only listen --


def kinds(client: Client) -> list[str]:
    return [kind for kind in client.types if not kind.endswith("transcription.delta")]


async def test_a_transcription_session_hears_and_writes_and_does_not_answer() -> None:
    async with open_session(ears=ScriptedEars("How are you?", "Fine."), kind="transcription") as client:
        session = client.events[0]["session"]
        assert session.keys() == {"type", "object", "id", "expires_at", "audio", "include"}
        assert session["object"] == "realtime.transcription_session"
        await client.speak(*TURN)
        assert (await client.until(TRANSCRIBED))["transcript"] == "How are you?"
        assert kinds(client) == ["session.created", *TURN_EVENTS, TRANSCRIBED]
        language = {"transcription": {"model": "gpt-4o-transcribe", "language": "en"}, "turn_detection": None}
        await client.send("session.update", session={"type": "transcription", "audio": {"input": language}})
        assert client.last["session"]["audio"]["input"]["transcription"]["language"] == "en"
        await client.speak(*TURN)
        await client.send("input_audio_buffer.commit")
        assert (await client.until(TRANSCRIBED, 2))["transcript"] == "Fine."
        check(client.record)
        await client.send("response.create", event_id="mine")
        assert (client.last["error"]["code"], client.last["error"]["event_id"]) == ("invalid_value", "mine")


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"type": "realtime"}, "invalid_value", "session.type"),
        ({"type": "transcription", "instructions": "x"}, "unknown_parameter", "session.instructions"),
        ({"type": "transcription", "audio": {"output": {}}}, "unknown_parameter", "session.audio.output"),
    ],
)
async def test_a_transcription_session_has_no_more_than_it_needs(
    session: dict[str, Any], code: str, param: str
) -> None:
    async with open_session(kind="transcription") as client:
        await client.send("session.update", session=session)
        assert (client.last["error"]["code"], client.last["error"]["param"]) == (code, param)


async def test_a_session_may_become_one_that_listens_as_long_as_nothing_was_said() -> None:
    update = {"type": "transcription", "audio": {"input": {"noise_reduction": {"type": "near_field"}}}}
    async with open_session() as client:
        await client.send("session.update", session=update)
        assert client.last["session"]["type"] == "transcription"
        assert client.last["session"]["id"] == client.events[0]["session"]["id"]
    async with open_session() as client:
        await say(client, "Hello.")
        await client.send("session.update", session=update)
        assert client.last["error"]["param"] == "session.type"


async def test_the_transcription_session_of_the_preview_dialect() -> None:
    ears = ScriptedEars("How are you?")
    async with open_session(ears=ears, kind="transcription", dialect=Dialect.PREVIEW) as client:
        assert client.types == ["transcription_session.created"]
        session = {
            "input_audio_format": "pcm16",
            "input_audio_transcription": {"model": "gpt-4o-transcribe", "language": "en", "prompt": ""},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 250},
            "input_audio_noise_reduction": {"type": "near_field"},
            "include": ["item.input_audio_transcription.logprobs"],
        }
        await client.send("transcription_session.update", session=session)
        assert client.last["type"] == "transcription_session.updated"
        told = client.last["session"]
        assert told["include"] == session["include"]
        assert told["turn_detection"]["silence_duration_ms"] == 250
        await client.speak(*TURN)
        assert (await client.until(TRANSCRIBED))["transcript"] == "How are you?"
        await client.send("session.update", session={"voice": "alloy"})
        assert client.last["error"]["param"] == "session.type"


# -- models that think --


@pytest.mark.parametrize("model", ["gpt-realtime-2", "gpt-realtime-2.1-mini", "gpt-realtime-2-2026-08-01"])
async def test_a_model_that_thinks_has_its_own_fields(model: str) -> None:
    async with open_session(ScriptedBrain(Call("a", "{}"), Call("b", "{}")), model=model) as client:
        assert client.events[0]["session"]["reasoning"] == {"effort": "low"}
        update = {"reasoning": {"effort": "high"}, "parallel_tool_calls": False, "max_output_tokens": 30_000}
        await client.send("session.update", session={"type": "realtime", **update})
        assert client.last["session"].items() >= update.items()
        await client.send("session.update", session={"type": "realtime", "reasoning": {"effort": "extreme"}})
        assert client.last["error"]["param"] == "session.reasoning.effort"
        await client.send("response.create", response={"reasoning": {"effort": "minimal"}})
        one = await client.until("response.done")
        assert [item["name"] for item in one["response"]["output"]] == ["a"]
        await client.send("response.create", response={"parallel_tool_calls": True})
        both = await client.until("response.done", 2)
        assert [item["name"] for item in both["response"]["output"]] == ["a", "b"]


@pytest.mark.parametrize("model", ["gpt-realtime", "gpt-realtime-2025-08-28", "my-deployment"])
async def test_other_models_have_them_not(model: str) -> None:
    async with open_session(model=model) as client:
        assert "reasoning" not in client.events[0]["session"]
        for field in ({"reasoning": {"effort": "low"}}, {"parallel_tool_calls": True}):
            await client.send("response.create", response=field)
            assert client.last["error"]["param"] == f"response.{next(iter(field))}"
        await client.send("response.create", response={"reasoning": None, "parallel_tool_calls": None})
        await client.until("response.done")


# -- pictures --

PICTURE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low"}


def shown(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [*content]}


async def test_a_picture_is_taken_and_said_to_be_unseen() -> None:
    brain = ScriptedBrain("Hm.")
    async with open_session(brain) as client:
        await client.send("conversation.item.create", item=shown(PICTURE, {"type": "input_text", "text": "Who is it?"}))
        assert client.last["item"]["content"][0] == PICTURE
        await client.send("response.create")
        await client.until("response.done")
        check(client.record)
    (asked,) = brain.asked
    assert asked.turns == (DialogueTurn("user", "Who is it?", images=1),)
    assert think(asked, NOW) == [UNSEEN]
    assert messages(asked)[-1]["content"] == f"Who is it?\n{UNSEEN_BY_CHAT}"


def test_what_is_said_beside_a_picture_is_answered_too() -> None:
    turns = (DialogueTurn("user", "", images=2), DialogueTurn("user", "What is two plus two?"))
    assert "".join(map(str, think(Dialogue("", turns), NOW))) == f"{UNSEEN} That is 4."
    answered = (*turns, DialogueTurn("assistant", "No."), DialogueTurn("user", "What is two plus two?"))
    assert think(Dialogue("", answered), NOW) == ["That is 4."]


@pytest.mark.parametrize(
    ("picture", "code", "param"),
    [
        ({"type": "input_image"}, "missing_required_parameter", "image_url"),
        (PICTURE | {"image_url": "https://pictures.example/1.png"}, "invalid_value", "image_url"),
        (PICTURE | {"detail": "sharp"}, "invalid_value", "detail"),
    ],
)
async def test_a_picture_that_is_none(picture: dict[str, Any], code: str, param: str) -> None:
    async with open_session() as client:
        await client.send("conversation.item.create", item=shown(picture))
        error = client.last["error"]
        assert (error["code"], error["param"]) == (code, f"item.content[0].{param}")

"""One session without a socket: items, turns made by hand, and what is wrong."""

from __future__ import annotations

import base64

import pytest

from tests.support.server_fakes import Gate, ScriptedBrain, ScriptedEars, open_session, silence, tone
from tests.support.server_session import LONG, TURN_EVENTS, detect, say
from voice_tui.server.brains.dialogue import Call, DialogueTurn, Result


async def test_truncated_answers_are_known_only_as_far_as_they_were_heard() -> None:
    brain = ScriptedBrain("One two three four.")
    async with open_session(brain) as client:
        await say(client, "Count.")
        await client.send("response.create")
        item_id = (await client.until("response.done"))["response"]["output"][0]["id"]
        await client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=400)
        assert client.last["type"] == "conversation.item.truncated"
        await client.send(
            "conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=500, event_id="t"
        )
        assert client.last["error"]["message"] == "Audio content of 400ms is already shorter than 500ms"
        await say(client, "Go on.")
        await client.send("response.create")
        await client.until("response.done", 2)
    assert brain.asked[1].turns[1] == DialogueTurn("assistant", "One two", interrupted=True)


async def test_truncating_an_answer_still_being_made() -> None:
    gate = Gate(open_for=5)
    async with open_session(ScriptedBrain(LONG), gate=gate) as client:
        await client.send("response.create")
        delta = await client.until("response.output_audio.delta", 5)
        cut = {"item_id": delta["item_id"], "content_index": 0, "audio_end_ms": 300}
        await client.send("conversation.item.truncate", **cut)
        assert client.last["type"] == "conversation.item.truncated"
        gate.opened.set()
        done = await client.until("response.done")
        assert done["response"]["output"][0]["content"][0]["transcript"] == LONG
        await client.send("conversation.item.retrieve", item_id=delta["item_id"])
        part = client.last["item"]["content"][0]
        assert "transcript" not in part
        assert len(base64.b64decode(part["audio"])) == 14_400


async def test_deleting_an_answer_still_being_made() -> None:
    gate = Gate(open_for=2)
    async with open_session(gate=gate) as client:
        await client.send("response.create")
        delta = await client.until("response.output_audio.delta", 2)
        await client.send("conversation.item.delete", item_id=delta["item_id"])
        gate.opened.set()
        await client.until("response.done")
        assert "conversation.item.done" not in client.types


async def test_manual_turns() -> None:
    async with open_session(ears=ScriptedEars("Hello.")) as client:
        await client.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        await client.speak(tone(300))
        await client.send("input_audio_buffer.clear")
        assert client.last["type"] == "input_audio_buffer.cleared"
        await client.send("input_audio_buffer.commit")
        assert client.last["error"]["code"] == "input_audio_buffer_commit_empty"
        await client.speak(tone(300))
        await client.send("input_audio_buffer.commit")
        assert client.types[-3:] == TURN_EVENTS[-3:]
        item_id = client.last["item"]["id"]
        await client.send("conversation.item.retrieve", item_id=item_id)
        assert base64.b64decode(client.last["item"]["content"][0]["audio"]) == tone(300).tobytes()
        await client.send("conversation.item.delete", item_id=item_id)
        assert client.last["type"] == "conversation.item.deleted"


@pytest.mark.parametrize("how", ["clear", "off"])
async def test_a_turn_that_is_thrown_away_is_closed(how: str) -> None:
    off = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    async with open_session() as client:
        await client.speak(tone(300))
        await (
            client.send("input_audio_buffer.clear") if how == "clear" else client.send("session.update", session=off)
        )
        assert client.types[1:3] == ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"]
        assert len(client.types) == 4


async def test_seeded_history_is_known_and_not_answered() -> None:
    brain = ScriptedBrain("Teal.")
    async with open_session(brain) as client:
        await say(client, "My favourite colour is teal.")
        answer = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Nice."}]}
        await client.send("conversation.item.create", item=answer)
        await say(client, "What is it?")
        assert client.types == ["session.created", *["conversation.item.added", "conversation.item.done"] * 3]
        await client.send("response.create")
        await client.until("response.done")
    assert brain.asked[0].turns == (
        DialogueTurn("user", "My favourite colour is teal."),
        DialogueTurn("assistant", "Nice."),
        DialogueTurn("user", "What is it?"),
    )


async def test_an_item_with_audio_is_understood() -> None:
    brain = ScriptedBrain("Hi.")
    async with open_session(brain, ScriptedEars("Hello from a file.")) as client:
        sound = base64.b64encode(tone(500).tobytes()).decode()
        item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": sound}]}
        await client.send("conversation.item.create", item=item)
        await client.send("response.create")
        done = await client.until("response.done")
        assert done["response"]["usage"]["input_token_details"]["audio_tokens"] == 5
    assert brain.asked[0].turns == (DialogueTurn("user", "Hello from a file."),)


async def test_function_outputs_are_told_to_the_brain() -> None:
    brain = ScriptedBrain("Sunny.")
    async with open_session(brain) as client:
        call = {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"}
        await client.send("conversation.item.create", item=call)
        output = {"type": "function_call_output", "call_id": "c1", "output": "sun"}
        await client.send("conversation.item.create", item=output)
        assert "status" not in client.last["item"]
        await client.send("response.create")
        await client.until("response.done")
    assert brain.asked[0].events == (Call("weather", "{}", "c1"), Result("c1", "sun"))


async def test_a_silent_user_is_asked_after_the_idle_timeout() -> None:
    async with open_session(ScriptedBrain("Hello."), ScriptedEars("", "")) as client:
        await detect(client, idle_timeout_ms=5_000)
        await client.speak(silence(6_000))
        assert "input_audio_buffer.timeout_triggered" not in client.types  # nobody has spoken yet
        await client.send("response.create")
        await client.until("response.done")
        await client.speak(silence(5_000))
        assert "input_audio_buffer.timeout_triggered" not in client.types  # the answer takes 300 ms to play
        await client.speak(silence(400))
        timeout = await client.until("input_audio_buffer.timeout_triggered")
        assert timeout["audio_end_ms"] - timeout["audio_start_ms"] >= 5_000
        assert client.of("input_audio_buffer.committed")[0]["item_id"] == timeout["item_id"]
        await client.until("response.done", 2)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\x00", "invalid_event"),
        ("{", "invalid_json"),
        ("[]", "invalid_type"),
        ('{"type":"nope"}', "invalid_value"),
        ('{"type":"output_audio_buffer.clear"}', "invalid_value"),
        ('{"type":"transcription_session.update","session":{}}', "invalid_value"),
        ('{"type":"response.create","response":{"temperature":1}}', "unknown_parameter"),
        ('{"type":"response.create","response":{"max_output_tokens":0}}', "integer_below_min_value"),
        ('{"type":"response.create","response":{"conversation":"other"}}', "invalid_value"),
        ('{"type":"response.create","response":{"audio":{"output":{"voice":"x"}}}}', "invalid_value"),
        ('{"type":"response.create","response":{"input":[{"type":"message"}]}}', "missing_required_parameter"),
        ('{"type":"response.create","response":{"input":[{"type":3}]}}', "invalid_type"),
        ('{"type":"response.cancel","event_id":"' + "e" * 513 + '"}', "string_above_max_length"),
    ],
)
async def test_what_is_wrong_is_one_error_and_changes_nothing(message: str | bytes, code: str) -> None:
    async with open_session() as client:
        await client.send_raw(message)
        assert client.types == ["session.created", "error"]
        assert client.last["error"]["code"] == code

"""One session without a socket: every order of events, with scripted models and no clock."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from tests.fakes_local import Client, Gate, LetterVoice, ScriptedBrain, ScriptedEars, open_session, silence, tone
from voice_tui.local.brain import BrainError
from voice_tui.local.conversation import Turn

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


async def test_a_spoken_turn_in_the_order_of_the_wire() -> None:
    brain = ScriptedBrain("Hello ", "there.")
    async with open_session(brain, ScriptedEars("How are you?")) as client:
        await client.speak(*TURN)
        await client.until("response.done")
        kinds = [kind for kind in client.types if kind not in SPOKEN]
        assert kinds == ["session.created", *TURN_EVENTS, *ANSWERED, *CLOSED]
        assert client.types[-len(CLOSED) - 2 : -len(CLOSED)] == SPOKEN
    assert brain.asked[0].turns == (Turn("user", "How are you?"),)


async def test_everything_names_what_it_belongs_to() -> None:
    async with open_session(ears=ScriptedEars("Hi.")) as client:
        await client.speak(*TURN)
        done = await client.until("response.done")
        item_ids = {e["item_id"] for e in client.events if e["type"].startswith("input_audio_buffer.")}
        assert len(item_ids) == 1
        assert client.of("conversation.item.added")[0]["item"]["id"] in item_ids
        assert client.of("conversation.item.added")[1]["previous_item_id"] in item_ids
        response_id, item = done["response"]["id"], done["response"]["output"][0]
        parts = [e for e in client.events if e["type"].startswith("response.") and "response" not in e]
        assert {e["response_id"] for e in parts} == {response_id}
        assert {e.get("item_id", item["id"]) for e in parts} == {item["id"]}
        assert len({e["event_id"] for e in client.events}) == len(client.events)


async def test_deltas_add_up_and_are_100_ms_but_the_last_of_a_sentence() -> None:
    async with open_session(ScriptedBrain("One two. ", "Three.")) as client:
        await client.send("response.create")
        done = await client.until("response.done")
        text = "".join(e["delta"] for e in client.of("response.output_audio_transcript.delta"))
        assert text == "One two. Three." == done["response"]["output"][0]["content"][0]["transcript"]
        lengths = [len(base64.b64decode(e["delta"])) for e in client.of("response.output_audio.delta")]
        whole = len(LetterVoice().synthesise("One two.")) + len(LetterVoice().synthesise("Three."))
        assert sum(lengths) == whole * 2
        assert set(lengths[:4]) == {4_800}


async def test_the_transcript_leads_the_sound() -> None:
    async with open_session(ScriptedBrain(LONG)) as client:
        await client.send("response.create")
        await client.until("response.done")
        letters = samples = 0
        for event in client.events:
            if event["type"] == "response.output_audio_transcript.delta":
                letters += len(event["delta"])
            elif event["type"] == "response.output_audio.delta":
                samples += len(base64.b64decode(event["delta"])) // 2
                assert letters >= len(LONG) * samples // len(LetterVoice().synthesise(LONG)) - 1
        assert client.types.count("response.output_audio.delta") > 3  # and is not told all at once


async def test_transcription_is_told_only_where_it_was_asked_for() -> None:
    async with open_session(ears=ScriptedEars("One.", "Two words.")) as client:
        await client.speak(*TURN)
        await client.until("response.done")
        assert not [kind for kind in client.types if "transcription" in kind]
        transcription = {"audio": {"input": {"transcription": {"model": "any"}}}}
        await client.send("session.update", session={"type": "realtime", **transcription})
        await client.speak(*TURN)
        done = await client.until("conversation.item.input_audio_transcription.completed")
        assert done["transcript"] == "Two words."
        assert done["usage"] == {"type": "duration", "seconds": 2}  # 300 ms padding + 500 + 216: begun seconds count
        deltas = client.of("conversation.item.input_audio_transcription.delta")
        assert [e["delta"] for e in deltas] == ["Two", " words."]
        await client.send("conversation.item.retrieve", item_id=done["item_id"])
        assert client.last["item"]["content"][0]["transcript"] == "Two words."
        await client.until("response.done", 2)


async def test_ears_that_break_fail_the_transcription_and_not_the_talk() -> None:
    brain = ScriptedBrain("Pardon?")
    async with open_session(brain, ScriptedEars(RuntimeError("broken"))) as client:
        transcription = {"audio": {"input": {"transcription": {"model": "any"}}}}
        await client.send("session.update", session={"type": "realtime", **transcription})
        await client.speak(*TURN)
        done = await client.until("response.done")
        failed = client.of("conversation.item.input_audio_transcription.failed")
        assert failed[0]["error"]["code"] == "transcription_failed"
        assert status(done) == ("completed", None)
    assert brain.asked[0].turns == (Turn("user", ""),)


async def test_a_voice_cuts_the_answer_off_and_nothing_of_it_follows() -> None:
    gate = Gate(open_for=4)
    async with open_session(ScriptedBrain(LONG), ScriptedEars("Wait."), gate) as client:
        await client.send("response.create")
        await client.until("response.output_audio.delta", 4)
        await client.speak(silence(200), tone(200))
        assert client.types[-7:] == ["input_audio_buffer.speech_started", *CLOSED]
        done = client.last
        assert status(done) == ("cancelled", {"type": "cancelled", "reason": "turn_detected"})
        item = done["response"]["output"][0]
        assert item["status"] == "incomplete"
        assert LONG.startswith(item["content"][0]["transcript"])
        assert done["response"]["usage"]["output_token_details"]["audio_tokens"] == 8  # 4 deltas of 100 ms
        gate.opened.set()
        await client.speak(silence(400))
        await client.until("response.done", 2)
        after = client.events[client.events.index(done) + 1 :]
        assert not [e for e in after if e.get("response_id") == done["response"]["id"]]


async def test_without_interrupt_response_the_turn_is_refused_its_answer() -> None:
    gate = Gate(open_for=2)
    async with open_session(ScriptedBrain(LONG), ScriptedEars("Wait."), gate) as client:
        await detect(client, interrupt_response=False)
        await client.send("response.create")
        await client.until("response.output_audio.delta", 2)
        await client.speak(*TURN)
        error = client.of("error")[0]["error"]
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", None)
        gate.opened.set()
        assert status(await client.until("response.done"))[0] == "completed"


async def test_without_create_response_a_turn_is_only_committed() -> None:
    async with open_session(ears=ScriptedEars("Hello.")) as client:
        await detect(client, create_response=False)
        await client.speak(*TURN)
        assert client.last["type"] == "conversation.item.done"


async def test_cancelling() -> None:
    gate = Gate(open_for=2)
    async with open_session(ScriptedBrain(LONG), gate=gate) as client:
        await client.send("response.cancel", event_id="early")
        assert client.last["error"]["code"] == "response_cancel_not_active"
        assert client.last["error"]["event_id"] == "early"
        await client.send("response.create")
        created = await client.until("response.created")
        await client.send("response.cancel", response_id="resp_other")
        assert client.last["error"]["code"] == "response_cancel_not_active"
        await client.until("response.output_audio.delta", 2)
        await client.send("response.cancel", response_id=created["response"]["id"])
        assert status(client.last) == ("cancelled", {"type": "cancelled", "reason": "client_cancelled"})
        await client.send("response.cancel")
        assert client.last["error"]["code"] == "response_cancel_not_active"


async def test_cancelling_before_anything_was_said() -> None:
    async with open_session() as client:
        await client.send("response.create")
        await client.send("response.cancel")
        assert client.types[-2:] == ["response.created", "response.done"]
        assert client.last["response"]["output"] == []
        assert client.last["response"]["usage"] is None
        for _ in range(50):
            await asyncio.sleep(0)
        assert client.last["type"] == "response.done"


async def test_a_second_answer_must_wait_for_the_first() -> None:
    gate = Gate(open_for=1)
    async with open_session(gate=gate) as client:
        await client.send("response.create")
        await client.send("response.create", event_id="second")
        error = client.last["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert client.of("response.created")[0]["response"]["id"] in error["message"]
        assert error["event_id"] == "second"
        gate.opened.set()
        await client.until("response.done")
        await client.send("response.create")
        await client.until("response.done", 2)


async def test_out_of_band_answers_stand_beside_the_conversation() -> None:
    brain = ScriptedBrain("A summary.")
    gate = Gate(open_for=1)
    async with open_session(brain, gate=gate) as client:
        await say(client, "Remember this.", id="first")
        await say(client, "And this.")
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        fresh = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Sum up."}]}
        wanted = {"conversation": "none", "input": [{"type": "item_reference", "id": "first"}, fresh]}
        about = {"metadata": {"topic": "summary"}, "instructions": "One line.", "output_modalities": ["text"]}
        await client.send("response.create", response={**wanted, **about})
        gate.opened.set()
        await client.until("response.done", 2)
        done = next(e for e in client.of("response.done") if e["response"]["metadata"])
        assert done["response"]["conversation_id"] is None
        assert done["response"]["metadata"] == {"topic": "summary"}
        item_id = done["response"]["output"][0]["id"]
        assert item_id not in [e["item"]["id"] for e in client.events if e["type"].startswith("conversation.item.")]
    asked = brain.asked[1]
    assert asked.turns == (Turn("user", "Remember this."), Turn("user", "Sum up."))
    assert asked.response_instructions == "One line."


async def test_an_empty_input_clears_the_context() -> None:
    brain = ScriptedBrain("Hm.")
    async with open_session(brain) as client:
        await say(client, "Secret.")
        await client.send("response.create", response={"input": []})
        await client.until("response.done")
        await client.send("response.create", response={"input": [{"type": "item_reference", "id": "nowhere"}]})
        assert client.last["error"]["code"] == "item_not_found"
    assert brain.asked[0].turns == ()


async def test_written_answers() -> None:
    async with open_session(ScriptedBrain("One.\n", "Two.")) as client:
        await client.send("response.create", response={"output_modalities": ["text"]})
        done = await client.until("response.done")
        assert done["response"]["output"][0]["content"] == [{"type": "output_text", "text": "One.\nTwo."}]
        assert "".join(e["delta"] for e in client.of("response.output_text.delta")) == "One.\nTwo."
        assert client.of("response.content_part.added")[0]["part"] == {"type": "text", "text": ""}
        assert client.types[-5:-1] == [
            "response.output_text.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
        ]
        assert done["response"]["usage"]["output_token_details"]["audio_tokens"] == 0


async def test_the_token_limit_ends_an_answer_as_incomplete() -> None:
    async with open_session(ScriptedBrain(LONG)) as client:
        await client.send("response.create", response={"max_output_tokens": 10})
        done = await client.until("response.done")
        assert status(done) == ("incomplete", {"type": "incomplete", "reason": "max_output_tokens"})
        assert 10 <= done["response"]["usage"]["output_tokens"] <= 13
        assert client.types[-6:] == CLOSED


async def test_a_brain_without_an_answer_fails_the_response_and_says_why() -> None:
    async with open_session(ScriptedBrain("Well. ", BrainError("brain_down", "Start it."))) as client:
        await client.send("response.create")
        done = await client.until("response.done")
        error = {"type": "server_error", "code": "brain_down", "message": "Start it."}
        assert status(done) == ("failed", {"type": "failed", "error": error})
        assert done["response"]["output"][0]["content"][0]["transcript"] == "Well."


async def test_a_brain_with_nothing_to_say_completes_with_nothing() -> None:
    async with open_session(ScriptedBrain()) as client:
        await client.send("response.create")
        done = await client.until("response.done")
        assert (status(done), done["response"]["output"]) == (("completed", None), [])


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
    assert brain.asked[1].turns[1] == Turn("assistant", "One two", interrupted=True)


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
        Turn("user", "My favourite colour is teal."),
        Turn("assistant", "Nice."),
        Turn("user", "What is it?"),
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
    assert brain.asked[0].turns == (Turn("user", "Hello from a file."),)


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
    assert brain.asked[0].turns == (Turn("system", "The function returned: sun"),)


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

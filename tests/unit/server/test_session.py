"""One session without a socket: every order of events, with scripted models and no clock."""

from __future__ import annotations

import asyncio
import base64

from tests.support.server_fakes import Gate, LetterVoice, ScriptedBrain, ScriptedEars, open_session, silence, tone
from tests.support.server_session import ANSWERED, CLOSED, LONG, SPOKEN, TURN, TURN_EVENTS, detect, say, status
from voice_tui.server.brains.brain import BrainError
from voice_tui.server.brains.dialogue import DialogueTurn
from voice_tui.server.wire.connection import MAX_APPEND_BYTES


async def test_a_spoken_turn_in_the_order_of_the_wire() -> None:
    brain = ScriptedBrain("Hello ", "there.")
    async with open_session(brain, ScriptedEars("How are you?")) as client:
        await client.speak(*TURN)
        await client.until("response.done")
        kinds = [kind for kind in client.types if kind not in SPOKEN]
        assert kinds == ["session.created", *TURN_EVENTS, *ANSWERED, *CLOSED]
        assert client.types[-len(CLOSED) - 2 : -len(CLOSED)] == SPOKEN
    assert brain.asked[0].turns == (DialogueTurn("user", "How are you?"),)


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
    assert brain.asked[0].turns == (DialogueTurn("user", ""),)


async def test_ears_that_break_while_a_pause_is_judged_leave_it_to_the_silence() -> None:
    async with open_session(ears=ScriptedEars(RuntimeError("broken"), "How are you?")) as client:
        await detect(client, type="semantic_vad", eagerness="high")
        await client.speak(silence(500), tone(500), silence(1_000))
        await asyncio.sleep(0.01)  # the pause is judged
        assert not client.of("input_audio_buffer.committed")
        await client.speak(silence(1_500))
        done = await client.until("response.done")
        assert status(done) == ("completed", None)


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
    assert asked.turns == (DialogueTurn("user", "Remember this."), DialogueTurn("user", "Sum up."))
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


async def test_an_append_is_limited_by_its_audio() -> None:
    async with open_session() as client:
        by_hand = {"audio": {"input": {"turn_detection": None}}}
        await client.send("session.update", session={"type": "realtime", **by_hand})
        for length, refused in ((MAX_APPEND_BYTES, False), (MAX_APPEND_BYTES + 2, True)):
            audio = base64.b64encode(bytes(length)).decode()
            await client.send("input_audio_buffer.append", audio=audio, event_id="mine")
            assert bool(client.of("error")) is refused
        error = client.last["error"]
        assert (error["code"], error["param"], error["event_id"]) == ("string_above_max_length", "audio", "mine")

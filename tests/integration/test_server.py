"""The embedded server over real websockets, with the real ears and the real voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

pytest.importorskip("onnxruntime", reason="the local extra is not installed")

from tests.integration.wire_client import WireClient, client_of, turns
from tests.support.words import word_error_rate
from voice_tui.server.serve import running_server
from voice_tui.speech.recogniser import LocalRecogniser
from voice_tui.speech.synthesiser import LocalSynthesiser

pytestmark = pytest.mark.wall_clock

STORY = "Please tell me a long story."
FAST_VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 400}
VAD = {**FAST_VAD, "create_response": True, "interrupt_response": True}
# What closes a spoken item, cut short or not.
CLOSING = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]


@pytest.fixture(scope="module")
def voice() -> LocalSynthesiser:
    return LocalSynthesiser()


@pytest.fixture(scope="module")
def ears() -> LocalRecogniser:
    return LocalRecogniser()


@pytest.fixture
async def client(ears: LocalRecogniser, voice: LocalSynthesiser) -> AsyncIterator[WireClient]:
    async with running_server(ears=ears, voice=voice) as url, client_of(url) as client:
        yield client


def audio(**settings: Any) -> dict[str, Any]:
    return {"audio": {"input": settings}}


async def test_a_text_turn_is_answered_in_speech_that_says_its_transcript(
    client: WireClient, ears: LocalRecogniser
) -> None:
    await client.say("What is twelve times seven?")
    await client.send("response.create")
    done = await client.until("response.done")
    assert done["response"]["status"] == "completed"
    item = done["response"]["output"][0]
    assert item["content"][0]["transcript"] == "That is 84."
    heard = ears.transcribe(client.audio_of(item["id"])).lower().replace("-", " ").replace("84", "eighty four")
    assert word_error_rate("that is eighty four", heard) == 0
    usage = done["response"]["usage"]
    assert usage["output_token_details"]["audio_tokens"] > 0
    assert usage["input_token_details"]["audio_tokens"] == 0


async def test_a_spoken_turn_is_found_understood_and_answered(client: WireClient, voice: LocalSynthesiser) -> None:
    await client.configure(**audio(turn_detection=VAD, transcription={"model": "moonshine-tiny-en"}))
    said = "Could you please count from one to three for me?"
    await client.speak(turns(500, voice.synthesise(said, "marin"), 900))
    done = await client.until("response.done")
    heard = await client.until("conversation.item.input_audio_transcription.completed")
    assert word_error_rate(said, heard["transcript"]) <= 0.2
    assert done["response"]["output"][0]["content"][0]["transcript"] == "1, 2, 3."
    started, stopped = client.of("input_audio_buffer.speech_started"), client.of("input_audio_buffer.speech_stopped")
    committed = client.of("input_audio_buffer.committed")
    assert len(started) == len(stopped) == len(committed) == 1
    assert started[0]["item_id"] == stopped[0]["item_id"] == committed[0]["item_id"] == heard["item_id"]
    assert done["response"]["usage"]["input_token_details"]["audio_tokens"] > 0


async def test_a_voice_during_the_answer_cancels_it(client: WireClient, voice: LocalSynthesiser) -> None:
    await client.configure(**audio(turn_detection=VAD))
    await client.say(STORY)
    await client.send("response.create")
    await client.until("response.output_audio.delta", 5)
    await client.speak(turns(300, voice.synthesise("What is nine times five?", "cedar"), 900))
    first = await client.until("response.done")
    assert first["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    types = [event["type"] for event in client.events]
    at = types.index("input_audio_buffer.speech_started")
    assert types[at + 1 : at + 7] == CLOSING
    cut = first["response"]["output"][0]
    assert cut["status"] == "incomplete"
    await client.send("conversation.item.truncate", item_id=cut["id"], content_index=0, audio_end_ms=300)
    await client.until("conversation.item.truncated")
    second = await client.until("response.done", 2)
    assert second["response"]["output"][0]["content"][0]["transcript"] == "That is 45."


async def test_without_interrupt_response_the_answer_goes_on(client: WireClient, voice: LocalSynthesiser) -> None:
    await client.configure(**audio(turn_detection={**VAD, "interrupt_response": False}))
    await client.say(STORY)
    await client.send("response.create")
    await client.until("response.output_audio.delta", 5)
    await client.speak(turns(300, voice.synthesise("What is two plus two?"), 900))
    refused = await client.until("error")
    assert refused["error"]["code"] == "conversation_already_has_active_response"
    assert refused["error"]["event_id"] is None
    deltas = len(client.of("response.output_audio.delta"))
    await client.until("response.output_audio.delta", deltas + 3)
    await client.send("response.cancel")
    done = await client.until("response.done")
    assert done["response"]["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}


async def test_a_manual_turn(client: WireClient, voice: LocalSynthesiser) -> None:
    await client.configure(**audio(turn_detection=None))
    await client.speak(turns(200, voice.synthesise("My name is Ada."), 200))
    await client.send("input_audio_buffer.commit")
    item_id = (await client.until("input_audio_buffer.committed"))["item_id"]
    await client.send("response.create")
    done = await client.until("response.done")
    assert "Ada" in done["response"]["output"][0]["content"][0]["transcript"]
    assert not client.of("input_audio_buffer.speech_started")
    await client.send("conversation.item.retrieve", item_id=item_id)
    kept = (await client.until("conversation.item.retrieved"))["item"]
    assert len(kept["content"][0]["audio"]) > 0


async def test_what_was_truncated_is_forgotten_and_can_be_gone_on_from(client: WireClient) -> None:
    await client.say(STORY)
    await client.send("response.create")
    await client.until("response.output_audio.delta", 20)
    await client.send("response.cancel")
    done = await client.until("response.done")
    item_id = done["response"]["output"][0]["id"]
    await client.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1_000)
    await client.until("conversation.item.truncated")
    await client.send("conversation.item.retrieve", item_id=item_id)
    part = (await client.until("conversation.item.retrieved"))["item"]["content"][0]
    assert not part.get("transcript")
    assert len(part["audio"]) == 64_000  # 1,000 ms of 16-bit samples in base64
    await client.say("Where were we?")
    await client.send("response.create", response={"output_modalities": ["text"]})
    answer = (await client.until("response.done", 2))["response"]["output"][0]["content"][0]["text"]
    assert "lighthouse" not in answer
    assert "story" not in answer.split("heard were:")[1] or "story." in answer


async def test_written_answers(client: WireClient) -> None:
    session = await client.configure(output_modalities=["text"])
    assert session["output_modalities"] == ["text"]
    await client.say("What is nine minus two?")
    await client.send("response.create")
    done = await client.until("response.done")
    assert done["response"]["output"][0]["content"] == [{"type": "output_text", "text": "That is 7."}]
    assert not client.of("response.output_audio.delta")
    assert "".join(event["delta"] for event in client.of("response.output_text.delta")) == "That is 7."


async def test_semantic_vad_ends_a_finished_question_early(client: WireClient, voice: LocalSynthesiser) -> None:
    settings = {"type": "semantic_vad", "eagerness": "low"}
    await client.configure(**audio(turn_detection=settings))
    question = voice.synthesise("What is two plus two?")
    await client.speak(turns(400, question, 700))
    done = await client.until("response.done")
    assert done["response"]["output"][0]["content"][0]["transcript"] == "That is 4."


def update(**session: Any) -> tuple[str, dict[str, Any]]:
    return "session.update", {"session": {"type": "realtime", **session}}


NOWHERE = {"item_id": "x"}
CUT = {**NOWHERE, "content_index": 0, "audio_end_ms": 0}
WRONG: list[tuple[tuple[str, dict[str, Any]], str, str | None]] = [
    (("input_audio_buffer.commit", {}), "input_audio_buffer_commit_empty", None),
    (("response.cancel", {}), "response_cancel_not_active", None),
    (("conversation.item.truncate", CUT), "item_truncate_invalid_item_id", "item_id"),
    (("conversation.item.delete", NOWHERE), "item_delete_invalid_item_id", "item_id"),
    (("conversation.item.retrieve", NOWHERE), "item_retrieve_invalid_item_id", "item_id"),
    (("session.update", {"session": {}}), "missing_required_parameter", "session.type"),
    (update(temperature=0.8), "unknown_parameter", "session.temperature"),
    (update(bogus=1), "unknown_parameter", "session.bogus"),
    (update(max_output_tokens=0), "integer_below_min_value", "session.max_output_tokens"),
    (("nonsense", {}), "invalid_value", "type"),
    (("output_audio_buffer.clear", {}), "invalid_value", "type"),
]


async def test_mistakes_are_answered_by_errors_that_name_the_event(client: WireClient) -> None:
    for i, ((kind, fields), code, param) in enumerate(WRONG):
        await client.send(kind, wrong=True, event_id=f"mine-{i}", **fields)
        error = (await client.until("error", i + 1))["error"]
        assert (error["code"], error["param"], error["event_id"]) == (code, param, f"mine-{i}")
        assert error["type"] == "invalid_request_error"

"""What goes out, in each dialect and with each deviation."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire.connection import RealtimeCodec
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, ResponseParams
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    NoiseReduction,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
)

PCM = AudioFormat("audio/pcm", 24_000)
TOOL = {"type": "function", "name": "dial", "description": "Dial.", "parameters": {"type": "object"}}
NESTED = {"type": "function", "function": {"name": "dial", "description": "Dial.", "parameters": {"type": "object"}}}
VAD = TurnDetection("server_vad", threshold=0.5, create_response=True, interrupt_response=False)
VAD_SENT = {"type": "server_vad", "threshold": 0.5, "create_response": True, "interrupt_response": False}

WHOLE = ce.SessionUpdate(
    session=SessionConfig(
        type="realtime",
        instructions="Be brief.",
        output_modalities=["audio"],
        audio=SessionAudio(
            input=AudioInput(
                format=PCM,
                transcription=Transcription("whisper-1"),
                noise_reduction=NoiseReduction("near_field"),
                turn_detection=VAD,
            ),
            output=AudioOutput(format=PCM, voice="alloy", speed=1.25),
        ),
        tools=[TOOL],
        tool_choice="auto",
        max_output_tokens=200,
    )
)
FLAT = {
    "instructions": "Be brief.",
    "modalities": ["text", "audio"],
    "voice": "alloy",
    "speed": 1.25,
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": {"model": "whisper-1"},
    "input_audio_noise_reduction": {"type": "near_field"},
    "turn_detection": VAD_SENT,
    "tools": [TOOL],
    "tool_choice": "auto",
    "max_response_output_tokens": 200,
}


def codec(dialect: str = "ga", deviations: Deviations = NO_DEVIATIONS) -> RealtimeCodec:
    return RealtimeCodec(dialect=dialect, deviations=deviations)


def sent(event: Any, dialect: str = "ga", deviations: Deviations = NO_DEVIATIONS) -> dict[str, Any]:
    wire: dict[str, Any] = json.loads(codec(dialect, deviations).encode(event))
    return wire


def session(dialect: str = "ga", deviations: Deviations = NO_DEVIATIONS, **fields: Any) -> dict[str, Any]:
    update = ce.SessionUpdate(session=SessionConfig(type="realtime", **fields))
    inner: dict[str, Any] = sent(update, dialect, deviations)["session"]
    return inner


def hears(**fields: Any) -> dict[str, Any]:
    return {"audio": SessionAudio(input=AudioInput(**fields))}


def test_a_whole_session_in_each_dialect() -> None:
    ga = sent(WHOLE)["session"]
    assert ga["type"] == "realtime"
    assert ga["audio"]["input"] == {
        "format": {"type": "audio/pcm", "rate": 24_000},
        "transcription": {"model": "whisper-1"},
        "noise_reduction": {"type": "near_field"},
        "turn_detection": VAD_SENT,
    }
    assert ga["audio"]["output"]["voice"] == "alloy"
    assert sent(WHOLE, "preview") == {"type": "session.update", "session": FLAT}
    assert sent(WHOLE, "voicelive")["session"] == FLAT | {"input_audio_sampling_rate": 24_000}


def test_a_session_of_text_only() -> None:
    assert session("preview", output_modalities=["text"]) == {"modalities": ["text"]}


def test_what_is_switched_off_stays_null_and_what_was_not_given_stays_away() -> None:
    off = hears(turn_detection=None, transcription=None, noise_reduction=None)
    assert session("preview", **off) == {
        "turn_detection": None,
        "input_audio_transcription": None,
        "input_audio_noise_reduction": None,
    }
    assert session("preview") == {}
    assert session() == {"type": "realtime"}


@pytest.mark.parametrize(("asked", "kept"), [(0.8, 0.8), (0.0, 0.6), (2.0, 1.2)])
def test_only_the_flat_dialects_have_a_temperature(asked: float, kept: float) -> None:
    assert session("preview", temperature=asked) == {"temperature": kept}
    assert session(temperature=asked) == {"type": "realtime"}


ONLY_GA: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"truncation": "auto"}, {}),
    ({"prompt": {"id": "p"}}, {}),
    ({"include": ["item.input_audio_transcription.logprobs"]}, {}),
    ({"reasoning": {"effort": "low"}}, {}),
    ({"parallel_tool_calls": True}, {}),
    (
        hears(turn_detection=TurnDetection("server_vad", idle_timeout_ms=None)),
        {"turn_detection": {"type": "server_vad"}},
    ),
    (hears(noise_reduction=NoiseReduction("x", strength=1.0)), {"input_audio_noise_reduction": {"type": "x"}}),
    (hears(transcription=Transcription("w", keywords=["a"])), {"input_audio_transcription": {"model": "w"}}),
    (hears(transcription=Transcription(delay="low")), {}),
]


@pytest.mark.parametrize(("asked", "kept"), ONLY_GA, ids=range(len(ONLY_GA)))
@pytest.mark.parametrize("dialect", ["preview", "voicelive"])
def test_a_field_that_the_dialect_lacks_is_not_sent_and_that_is_said(
    dialect: str, asked: dict[str, Any], kept: dict[str, Any]
) -> None:
    wire = codec(dialect)
    update = ce.SessionUpdate(session=SessionConfig(**asked))
    assert json.loads(wire.encode(update)) == {"type": "session.update", "session": kept}
    (line,) = wire.misfits()
    assert line.startswith("session.update: ")
    assert "it is not sent" in line


@pytest.mark.parametrize(
    ("voice", "written"),
    [
        ("alloy", "alloy"),
        ("en-US-AvaNeural", {"type": "azure-standard", "name": "en-US-AvaNeural"}),
        ({"type": "openai", "name": "alloy"}, {"type": "openai", "name": "alloy"}),
    ],
)
def test_an_azure_voice_is_an_object_in_voice_live(voice: Any, written: Any) -> None:
    audio = SessionAudio(output=AudioOutput(voice=voice))
    assert session("voicelive", audio=audio) == {"voice": written}
    assert session("preview", audio=audio) == {"voice": voice}


@pytest.mark.parametrize("dialect", ["preview", "voicelive"])
def test_an_assistants_text_has_its_old_type(dialect: str) -> None:
    item = Item("message", role="assistant", phase=None, content=[ContentPart("output_text", text="Hi")])
    event = ce.ConversationItemCreate(item=item, previous_item_id="root")
    assert sent(event, dialect) == {
        "type": "conversation.item.create",
        "previous_item_id": "root",
        "item": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}]},
    }
    assert sent(event)["item"]["content"] == [{"type": "output_text", "text": "Hi"}]


def test_a_users_text_and_a_functions_output_are_the_same_in_all() -> None:
    for item in (
        Item("message", role="user", content=[ContentPart("input_text", text="Hi")]),
        Item("function_call_output", call_id="c", output="done"),
    ):
        event = ce.ConversationItemCreate(item=item)
        assert sent(event) == sent(event, "preview") == sent(event, "voicelive")


def test_a_request_is_translated_like_a_session() -> None:
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
    event = ce.ResponseCreate(
        response=ResponseParams(
            output_modalities=["text"],
            instructions="Sum up.",
            conversation="none",
            input=[said, {"type": "item_reference", "id": "item_1"}],
            tools=[TOOL],
            max_output_tokens=64,
            metadata={"purpose": "summary"},
            audio=SessionAudio(output=AudioOutput(voice="cedar", format=AudioFormat("audio/pcm", 24_000))),
            reasoning={"effort": "low"},
        )
    )
    assert sent(event, "preview")["response"] == {
        "modalities": ["text"],
        "instructions": "Sum up.",
        "conversation": "none",
        "input": [said | {"content": [{"type": "text", "text": "Hi"}]}, {"type": "item_reference", "id": "item_1"}],
        "tools": [TOOL],
        "max_response_output_tokens": 64,
        "metadata": {"purpose": "summary"},
        "voice": "cedar",
        "output_audio_format": "pcm16",
    }
    assert sent(event)["response"]["output_modalities"] == ["text"]
    assert sent(ce.ResponseCreate(), "preview") == {"type": "response.create"}


def test_events_that_are_the_same_in_all_dialects() -> None:
    truncate = ce.ConversationItemTruncate(item_id="i", content_index=0, audio_end_ms=7, event_id="e")
    assert sent(truncate) == sent(truncate, "preview") == sent(truncate, "voicelive")


@pytest.mark.parametrize(("rate", "name"), [(8_000, "pcm16_8000hz"), (16_000, "pcm16_16000hz"), (24_000, "pcm16")])
def test_voice_live_is_told_rates_in_its_own_way(rate: int, name: str) -> None:
    told = sent(WHOLE, "voicelive", replace(NO_DEVIATIONS, input_rate=rate, output_rate=rate))["session"]
    assert (told["input_audio_sampling_rate"], told["output_audio_format"]) == (rate, name)


# ---- deviations


def test_fields_may_stand_on_top_of_a_nested_session() -> None:
    on_top = replace(NO_DEVIATIONS, top_level=frozenset({"voice", "turn_detection"}))
    written = sent(WHOLE, "ga", on_top)["session"]
    assert (written["voice"], written["turn_detection"]) == ("alloy", VAD_SENT)
    assert "turn_detection" not in written["audio"]["input"]
    assert session("ga", on_top, audio=SessionAudio(output=AudioOutput(voice="Ara"))) == {
        "type": "realtime",
        "voice": "Ara",
    }


@pytest.mark.parametrize(
    ("way", "written"), [("null", None), ("type null", {"type": None}), ("type none", {"type": "none"})]
)
def test_turns_by_hand_have_three_names(way: str, written: Any) -> None:
    deviations = replace(NO_DEVIATIONS, no_turn_detection=way)
    assert session("ga", deviations, **hears(turn_detection=None))["audio"]["input"] == {"turn_detection": written}
    assert session("preview", deviations, **hears(turn_detection=None)) == {"turn_detection": written}


@pytest.mark.parametrize("dialect", ["ga", "preview"])
def test_tools_may_be_nested(dialect: str) -> None:
    nested = replace(NO_DEVIATIONS, nested_tools=True)
    assert sent(WHOLE, dialect, nested)["session"]["tools"] == [NESTED]
    request = ce.ResponseCreate(response=ResponseParams(tools=[TOOL]))
    assert sent(request, dialect, nested)["response"]["tools"] == [NESTED]


def test_fields_that_an_endpoint_refuses_are_left_out_without_a_word() -> None:
    wire = codec(deviations=replace(NO_DEVIATIONS, unsent=frozenset({"audio.input.turn_detection.interrupt_response"})))
    written = json.loads(wire.encode(WHOLE))["session"]["audio"]["input"]["turn_detection"]
    assert written == {name: value for name, value in VAD_SENT.items() if name != "interrupt_response"}
    assert wire.misfits() == []


@pytest.mark.parametrize("dialect", ["ga", "preview", "voicelive"])
def test_an_endpoint_with_fixed_formats_is_told_none(dialect: str) -> None:
    text = json.dumps(sent(WHOLE, dialect, replace(NO_DEVIATIONS, sends_formats=False)))
    assert "format" not in text
    assert "24000" not in text


# ---- which dialect


@pytest.mark.parametrize(
    ("url", "created", "dialect"),
    [
        ("ws://host/v1/realtime", {"audio": {}}, "ga"),
        ("ws://host/v1/realtime", {"voice": "alloy"}, "preview"),
        ("ws://host/v1/realtime", {"voice": {"type": "openai"}}, "voicelive"),
        ("ws://host/v1/realtime", {}, "ga"),
        ("wss://host/openai/realtime?api-version=1&deployment=d", {}, "preview"),
        ("wss://host/openai/realtime?api-version=1&deployment=d", {"output_modalities": ["audio"]}, "ga"),
    ],
)
def test_the_url_promises_a_dialect_and_the_session_has_the_last_word(
    url: str, created: dict[str, Any], dialect: str
) -> None:
    wire = RealtimeCodec(url)
    wire.decode(json.dumps({"type": "session.created", "session": created}))
    assert wire.dialect == dialect
    assert ("type" in json.loads(wire.encode(WHOLE))["session"]) is (dialect == "ga")


def test_a_dialect_that_was_asked_for_stays() -> None:
    wire = RealtimeCodec("ws://host/v1/realtime", "preview")
    wire.decode('{"type":"session.created","session":{"audio":{}}}')
    assert wire.dialect == "preview"


@pytest.mark.parametrize(
    ("asked", "created", "said"),
    [("preview", "audio", 1), ("preview", "voice", 0), ("ga", "voice", 0), ("", "audio", 0)],
)
def test_a_dialect_that_the_server_does_not_seem_to_speak_is_told_of(asked: str, created: str, said: int) -> None:
    wire = RealtimeCodec("ws://host/v1/realtime", asked)
    wire.decode(json.dumps({"type": "session.created", "session": {created: {}}}))
    assert len(lines := wire.misfits()) == said
    assert all("looks like ga, preview is spoken" in line for line in lines)

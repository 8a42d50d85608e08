from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.server.session_config import DEFAULT_INSTRUCTIONS, default_session, updated
from voice_tui.speech.synthesiser import PITCH

START = default_session(None, 1_800_000_000)


def wire(session: SessionConfig) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(session)
    return built


def apply(session: SessionConfig = START, *, has_spoken: bool = False, **patch: Any) -> dict[str, Any]:
    return wire(updated(session, msgspec.convert({"type": "realtime", **patch}, SessionConfig), has_spoken=has_spoken))


def audio(**halves: Any) -> dict[str, Any]:
    return {"audio": halves}


def detection(**fields: Any) -> dict[str, Any]:
    return audio(input={"turn_detection": fields})


def test_a_session_begins_with_the_wires_fields_and_defaults() -> None:
    begun = wire(START)
    assert begun.pop("instructions") == DEFAULT_INSTRUCTIONS
    assert begun.pop("id").startswith("sess_")
    pcm = {"type": "audio/pcm", "rate": 24_000}
    server_vad = {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    }
    assert begun == {
        "type": "realtime",
        "object": "realtime.session",
        "model": "voice-tui-local",
        "output_modalities": ["audio"],
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": 1_800_000_000,
        "audio": {
            "input": {"format": pcm, "transcription": None, "noise_reduction": None, "turn_detection": server_vad},
            "output": {"format": pcm, "voice": "alloy", "speed": 1.0},
        },
        "include": None,
    }


def test_what_is_left_out_keeps_its_value() -> None:
    changed = apply(**detection(type="server_vad", threshold=0.7))
    assert changed["audio"]["input"]["turn_detection"]["threshold"] == 0.7
    changed["audio"]["input"]["turn_detection"]["threshold"] = 0.5
    assert changed == wire(START)


def test_null_switches_off_and_an_object_on_again_with_defaults() -> None:
    off = apply(**audio(input={"turn_detection": None}))
    assert off["audio"]["input"]["turn_detection"] is None
    on = apply(msgspec.convert(off, SessionConfig), **detection(type="server_vad", silence_duration_ms=900))
    assert on["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 900
    assert on["audio"]["input"]["turn_detection"]["prefix_padding_ms"] == 300


def test_another_kind_of_turn_detection_takes_nothing_along() -> None:
    changed = apply(**detection(type="semantic_vad", eagerness="high"))["audio"]["input"]["turn_detection"]
    assert changed == {
        "type": "semantic_vad",
        "eagerness": "high",
        "create_response": True,
        "interrupt_response": True,
    }


@pytest.mark.parametrize("model", [PROVIDERS["embedded"].transcription, "whisper-1"])
def test_transcription_is_echoed_whole(model: str) -> None:
    changed = apply(**audio(input={"transcription": {"model": model}}))
    assert changed["audio"]["input"]["transcription"] == {"model": model, "language": None, "prompt": None}


def test_empty_instructions_mean_the_servers_own() -> None:
    told = apply(instructions="Be a pirate.")
    assert told["instructions"] == "Be a pirate."
    assert apply(msgspec.convert(told, SessionConfig), instructions="")["instructions"] == DEFAULT_INSTRUCTIONS


def test_the_model_was_chosen_by_the_connection() -> None:
    assert apply(model="gpt-realtime")["model"] == "voice-tui-local"


def test_the_voice_is_fixed_once_it_has_spoken() -> None:
    assert apply(**audio(output={"voice": "cedar"}))["audio"]["output"]["voice"] == "cedar"
    apply(has_spoken=True, **audio(output={"voice": "alloy"}))
    with pytest.raises(ProtocolError, match="if assistant audio is present") as refused:
        apply(has_spoken=True, **audio(output={"voice": "cedar"}))
    assert refused.value.code == "cannot_update_voice"


FORMAT = {"format": {"type": "audio/pcm", "rate": 16_000}}
TOOL = {"type": "function", "name": "look", "parameters": {}}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "video"}, "invalid_value", "type"),
    ({"reasoning": {"effort": "low"}}, "unknown_parameter", "reasoning"),
    ({"parallel_tool_calls": False}, "unknown_parameter", "parallel_tool_calls"),
    ({"include": ["everything"]}, "invalid_value", "include"),
    ({"truncation": {"type": "retention_ratio"}}, "missing_required_parameter", "truncation.retention_ratio"),
    (
        {"truncation": {"type": "retention_ratio", "retention_ratio": 1.5}},
        "decimal_above_max_value",
        "truncation.retention_ratio",
    ),
    ({"tracing": {"colour": "red"}}, "unknown_parameter", "tracing.colour"),
    ({"temperature": 0.8}, "unknown_parameter", "temperature"),
    ({"id": "sess_1"}, "unknown_parameter", "id"),
    ({"expires_at": 1}, "unknown_parameter", "expires_at"),
    ({"output_modalities": ["text", "audio"]}, "invalid_value", "output_modalities"),
    ({"output_modalities": []}, "invalid_value", "output_modalities"),
    ({"max_output_tokens": 0}, "integer_below_min_value", "max_output_tokens"),
    ({"max_output_tokens": 4097}, "integer_above_max_value", "max_output_tokens"),
    ({"max_output_tokens": "many"}, "invalid_value", "max_output_tokens"),
    ({"tool_choice": "sometimes"}, "invalid_value", "tool_choice"),
    ({"truncation": "never"}, "invalid_value", "truncation"),
    ({"prompt": {"id": "pmpt_1"}}, "invalid_value", "prompt"),
    ({"tools": [{"type": "mcp", "server_label": "x"}]}, "invalid_value", "tools[0].type"),
    ({"tools": [TOOL, {"type": "function"}]}, "missing_required_parameter", "tools[1].name"),
    (audio(output={"voice": "nobody"}), "invalid_value", "audio.output.voice"),
    (audio(output={"voice": {"id": "voice_1"}}), "invalid_value", "audio.output.voice"),
    (audio(output={"speed": 1.6}), "decimal_above_max_value", "audio.output.speed"),
    (audio(output={"speed": 0.2}), "decimal_below_min_value", "audio.output.speed"),
    (audio(input=FORMAT), "integer_below_min_value", "audio.input.format.rate"),
    (audio(output=FORMAT), "integer_below_min_value", "audio.output.format.rate"),
    (audio(input={"format": {"type": "audio/opus"}}), "invalid_value", "audio.input.format.type"),
    (
        audio(output={"format": {"type": "audio/pcmu", "rate": 24_000}}),
        "integer_above_max_value",
        "audio.output.format.rate",
    ),
    (audio(input={"noise_reduction": {"type": "loud"}}), "invalid_value", "audio.input.noise_reduction.type"),
    (detection(type="none"), "invalid_value", "audio.input.turn_detection.type"),
    (detection(type="server_vad", threshold=1.5), "decimal_above_max_value", "audio.input.turn_detection.threshold"),
    (
        detection(type="server_vad", prefix_padding_ms=-1),
        "integer_below_min_value",
        "audio.input.turn_detection.prefix_padding_ms",
    ),
    (
        detection(type="server_vad", idle_timeout_ms=4_999),
        "integer_below_min_value",
        "audio.input.turn_detection.idle_timeout_ms",
    ),
    ({"max_output_tokens": 10**400}, "integer_above_max_value", "max_output_tokens"),
    (detection(type="semantic_vad", threshold=0.5), "unknown_parameter", "audio.input.turn_detection.threshold"),
    (detection(type="server_vad", eagerness="low"), "unknown_parameter", "audio.input.turn_detection.eagerness"),
    (detection(type="semantic_vad", eagerness="very"), "invalid_value", "audio.input.turn_detection.eagerness"),
]


@pytest.mark.parametrize(("patch", "code", "param"), REFUSED)
def test_what_a_session_cannot_be_is_refused_in_the_wires_words(patch: dict[str, Any], code: str, param: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        apply(**patch)
    assert (refused.value.code, refused.value.param) == (code, f"session.{param}")


@pytest.mark.parametrize(
    ("patch", "same"),
    [
        (detection(type="semantic_vad", idle_timeout_ms=None), detection(type="semantic_vad")),
        ({"reasoning": None}, {}),
        ({"type": "transcription", "tracing": None, "prompt": None}, {"type": "transcription"}),
    ],
)
def test_to_switch_off_what_is_not_there_says_nothing(patch: dict[str, Any], same: dict[str, Any]) -> None:
    assert apply(**patch) == apply(**same)


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "instructions": st.text(min_size=1),
        "output_modalities": st.sampled_from([["audio"], ["text"]]),
        "max_output_tokens": st.one_of(st.just("inf"), st.integers(1, 4096)),
        "tracing": st.sampled_from([None, "auto"]),
        "audio": st.fixed_dictionaries(
            {},
            optional={
                "input": st.fixed_dictionaries(
                    {},
                    optional={
                        "noise_reduction": st.sampled_from([None, {"type": "near_field"}]),
                        "turn_detection": st.sampled_from(
                            [None, {"type": "server_vad", "threshold": 0.3}, {"type": "semantic_vad"}]
                        ),
                    },
                ),
                "output": st.fixed_dictionaries(
                    {}, optional={"voice": st.sampled_from(sorted(PITCH)), "speed": st.floats(0.25, 1.5)}
                ),
            },
        ),
    },
)


def given_paths(patch: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """What a patch says, as dotted paths; an object that replaces null or another kind counts as one value."""
    said: list[tuple[tuple[str, ...], Any]] = []
    for name, value in patch.items():
        deeper = isinstance(value, dict) and name in ("audio", "input", "output")
        said += given_paths(value, (*path, name)) if deeper else [((*path, name), value)]
    return said


def at(session: dict[str, Any], path: tuple[str, ...]) -> Any:
    for name in path:
        session = session[name]
    return session


@given(patches=st.lists(SETTINGS, max_size=4))
def test_any_order_of_updates_says_what_was_said_last_and_keeps_the_rest(patches: list[dict[str, Any]]) -> None:
    session = START
    for patch in patches:
        before = wire(session)
        session = updated(session, msgspec.convert({"type": "realtime", **patch}, SessionConfig), has_spoken=False)
        after = wire(session)
        for path, value in given_paths(patch):
            got = at(after, path)
            assert (value.items() <= got.items()) if isinstance(value, dict) else got == value
        touched = {path for path, _ in given_paths(patch)}
        for path, value in given_paths(before):
            if path not in touched:
                assert at(after, path) == value
    assert wire(START)["audio"]["output"]["voice"] == "alloy"

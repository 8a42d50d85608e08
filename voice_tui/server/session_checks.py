"""What a ``session.update`` may say: tables of fields, values and ranges. Errors are those of the wire."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct

from voice_tui.audio.stream.g711 import G711_RATE
from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.session import SessionAudio, SessionConfig, given
from voice_tui.server.checks import check_choice, check_range, unknown
from voice_tui.server.tool_checks import check_tool_choice, check_tools
from voice_tui.speech.synthesiser import PITCH

KINDS = ("realtime", "transcription")
UNLIMITED = "inf"
MAX_OUTPUT_TOKENS, MAX_OUTPUT_TOKENS_REASONING = 4_096, 32_000
READ_ONLY = ("id", "object", "expires_at")
RATES = {"audio/pcm": RATE, "audio/pcmu": G711_RATE, "audio/pcma": G711_RATE}
"""What can be spoken here, and its rate in Hz: there is no other."""
LOGPROBS = "item.input_audio_transcription.logprobs"

CHOICES: dict[str, tuple[object, ...]] = {
    "output_modalities": (["audio"], ["text"]),
    "audio.input.format.type": tuple(RATES),
    "audio.output.format.type": tuple(RATES),
    "audio.input.noise_reduction.type": ("near_field", "far_field"),
    "audio.input.turn_detection.type": ("server_vad", "semantic_vad"),
    "audio.input.turn_detection.eagerness": ("low", "medium", "high", "auto"),
    "audio.output.voice": tuple(PITCH),
    "include": ([LOGPROBS], [], None),
}
# Choices for strings only: an object in their place has its own shape.
STRING_CHOICES: dict[str, tuple[object, ...]] = {
    "truncation": ("auto", "disabled"),
    "tracing": ("auto",),
    "max_output_tokens": (UNLIMITED,),
}
RANGES: dict[str, tuple[float, float | None]] = {
    "audio.input.turn_detection.threshold": (0.0, 1.0),
    "audio.input.turn_detection.prefix_padding_ms": (0, 10_000),
    "audio.input.turn_detection.silence_duration_ms": (0, 60_000),
    "audio.input.turn_detection.idle_timeout_ms": (5_000, 30_000),
    "audio.output.speed": (0.25, 1.5),
    "temperature": (0.6, 1.2),
}
# The fields that an object in a string's place may have, and those it needs.
OBJECTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "truncation": (frozenset({"type", "retention_ratio", "token_limits"}), frozenset({"type", "retention_ratio"})),
    "tracing": (frozenset({"workflow_name", "group_id", "metadata"}), frozenset()),
    "reasoning": (frozenset({"effort"}), frozenset()),
}
EFFORTS = ("minimal", "low", "medium", "high", "xhigh")
TURN_DETECTION_FIELDS: dict[str, frozenset[str]] = {
    "server_vad": frozenset(
        {"type", "threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms"}
        | {"create_response", "interrupt_response"}
    ),
    "semantic_vad": frozenset({"type", "eagerness", "create_response", "interrupt_response"}),
}


def lookup(session: SessionConfig, path: str) -> Any:
    """The value at a dotted path, `UNSET` where there is none."""
    value: Any = session
    for name in path.split("."):
        value = getattr(value, name, UNSET)
    return value


def reasons(session: SessionConfig) -> bool:
    """Whether the session's model is one that thinks: it has some more fields, and may say more."""
    model = MODELS.named(given(session.model, ""))
    return model is not None and model.reasons


def check_limit(param: str, limit: object, session: SessionConfig) -> None:
    """Refuse a ``max_output_tokens`` that the session's model does not have.

    Raises:
        ProtocolError: It is out of range, or a word that is none.
    """
    if isinstance(limit, int):
        check_range(param, limit, 1, MAX_OUTPUT_TOKENS_REASONING if reasons(session) else MAX_OUTPUT_TOKENS)
    else:
        check_choice(param, limit, (UNLIMITED,))


def check_reasoning(where: str, reasoning: object) -> None:
    """Refuse a ``reasoning`` that is none.

    Raises:
        ProtocolError: An unknown field or effort.
    """
    if isinstance(reasoning, dict):
        _check_object(f"{where}.reasoning", reasoning, *OBJECTS["reasoning"])
        check_choice(f"{where}.reasoning.effort", reasoning.get("effort", "low"), EFFORTS)


def check_update(patch: SessionConfig, current: SessionConfig, merged: SessionConfig) -> None:
    """Refuse a wrong update.

    Args:
        patch: What the client sent: judged for fields that do not exist.
        current: The session as it is: what it has no field for is unknown.
        merged: What the session would become: judged for values.

    Raises:
        ProtocolError: The first thing that is wrong.
    """
    _check_fields(patch, current, "session")
    for path, allowed in CHOICES.items():
        if lookup(patch, path) is not UNSET:
            check_choice(f"session.{path}", lookup(patch, path), allowed)
    for path, allowed in STRING_CHOICES.items():
        if isinstance(value := lookup(merged, path), str):
            check_choice(f"session.{path}", value, allowed)
    for path, (low, high) in RANGES.items():
        value = lookup(merged, path)
        if isinstance(value, int | float):
            check_range(f"session.{path}", value, low, high)
    for name, (fields, required) in OBJECTS.items():
        if isinstance(value := getattr(patch, name), dict):
            _check_object(f"session.{name}", value, fields, required)
    for half in ("input", "output"):
        _check_rate(patch, f"audio.{half}.format")
    _check_truncation(patch.truncation)
    check_reasoning("session", patch.reasoning)
    if patch.max_output_tokens is not UNSET:
        check_limit("session.max_output_tokens", patch.max_output_tokens, current)
    _check_turn_detection(patch)
    if isinstance(patch.tools, list):
        check_tools("session", patch.tools)
    if patch.tool_choice is not UNSET:
        check_tool_choice("session", patch.tool_choice)
    if isinstance(patch.prompt, dict):
        message = "Reusable prompts are kept by OpenAI; this server has none. Send 'instructions' instead."
        raise ProtocolError("invalid_value", message, "session.prompt")
    if current.tracing and patch.tracing and patch.tracing != current.tracing:
        message = "Cannot update 'session.tracing': it is on, and can only be switched off."
        raise ProtocolError("invalid_value", message, "session.tracing")


def _check_fields(patch: Struct, current: Struct, where: str) -> None:
    """Every field of the patch is one that the session has: dialects, models and kinds of session have others."""
    for name in patch.__struct_fields__:
        value = getattr(patch, name)
        if value is UNSET or (value is None and getattr(current, name) is UNSET):
            continue  # to switch off what is not there says nothing
        here = f"{where}.{name}"
        if name in READ_ONLY or getattr(current, name) is UNSET:
            raise unknown(here)
        if isinstance(value, SessionAudio):
            _check_fields(value, getattr(current, name), here)


def _check_object(where: str, value: dict[str, Any], fields: frozenset[str], required: frozenset[str]) -> None:
    for name in value:
        if name not in fields:
            raise unknown(f"{where}.{name}")
    for name in sorted(required - value.keys()):
        message = f"Missing required parameter: '{where}.{name}'."
        raise ProtocolError("missing_required_parameter", message, f"{where}.{name}")


def _check_truncation(truncation: object) -> None:
    where = "session.truncation"
    if not isinstance(truncation, dict):
        return
    check_choice(f"{where}.type", truncation["type"], ("retention_ratio",))
    ratio = truncation["retention_ratio"]
    if isinstance(ratio, bool) or not isinstance(ratio, int | float):
        message = f"Invalid type for '{where}.retention_ratio': expected a decimal."
        raise ProtocolError("invalid_type", message, f"{where}.retention_ratio")
    check_range(f"{where}.retention_ratio", ratio, 0.0, 1.0)


def _check_rate(patch: SessionConfig, path: str) -> None:
    rate = lookup(patch, f"{path}.rate")
    if isinstance(rate, int):
        only = RATES[lookup(patch, f"{path}.type")]
        check_range(f"session.{path}.rate", rate, only, only)


def _check_turn_detection(patch: SessionConfig) -> None:
    where = "audio.input.turn_detection"
    turn_detection = lookup(patch, where)
    if turn_detection is UNSET or turn_detection is None:
        return
    fields = TURN_DETECTION_FIELDS[turn_detection.type]
    for name in turn_detection.__struct_fields__:
        if name not in fields and getattr(turn_detection, name) not in (UNSET, None):
            raise unknown(f"session.{where}.{name}")

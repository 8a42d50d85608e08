"""What a session may hold: one table of choices, one of ranges, and the fields that do not exist."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from voice_tui.local.checks import check_choice, check_range, unknown
from voice_tui.local.tool_checks import check_tool_choice, check_tools
from voice_tui.local.voice import PITCH
from voice_tui.protocol.codec import ProtocolError
from voice_tui.protocol.session import Session

# Fields that other dialects or later models have, or that only the server writes.
UNKNOWN = ("temperature", "id", "object", "expires_at", "reasoning", "parallel_tool_calls")

CHOICES: dict[str, tuple[object, ...]] = {
    "type": ("realtime",),
    "output_modalities": (["audio"], ["text"]),
    "audio.input.format.type": ("audio/pcm",),
    "audio.output.format.type": ("audio/pcm",),
    "audio.input.noise_reduction.type": ("near_field", "far_field"),
    "audio.input.turn_detection.type": ("server_vad", "semantic_vad"),
    "audio.input.turn_detection.eagerness": ("low", "medium", "high", "auto"),
    "audio.output.voice": tuple(PITCH),
}
# Choices for strings only: an object in their place has its own shape.
STRING_CHOICES: dict[str, tuple[object, ...]] = {
    "truncation": ("auto", "disabled"),
    "tracing": ("auto",),
    "max_output_tokens": ("inf",),
}
RANGES: dict[str, tuple[float, float | None]] = {
    "max_output_tokens": (1, 4096),
    "audio.input.format.rate": (24_000, 24_000),
    "audio.output.format.rate": (24_000, 24_000),
    "audio.input.turn_detection.threshold": (0.0, 1.0),
    "audio.input.turn_detection.prefix_padding_ms": (0, 10_000),
    "audio.input.turn_detection.silence_duration_ms": (0, 60_000),
    "audio.input.turn_detection.idle_timeout_ms": (5_000, 30_000),
    "audio.output.speed": (0.25, 1.5),
}
TURN_DETECTION_FIELDS: dict[str, frozenset[str]] = {
    "server_vad": frozenset(
        {"type", "threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms"}
        | {"create_response", "interrupt_response"}
    ),
    "semantic_vad": frozenset({"type", "eagerness", "create_response", "interrupt_response"}),
}


def lookup(session: Session, path: str) -> Any:
    """The value at a dotted path, `UNSET` where there is none."""
    value: Any = session
    for name in path.split("."):
        value = getattr(value, name, UNSET)
    return value


def check(patch: Session, merged: Session) -> None:
    """Refuse a wrong update.

    Args:
        patch: What the client sent: judged for fields that do not exist.
        merged: What the session would become: judged for values.

    Raises:
        ProtocolError: The first thing that is wrong.
    """
    for name in UNKNOWN:
        if getattr(patch, name) is not UNSET:
            raise unknown(f"session.{name}")
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
    _check_turn_detection(patch)
    if isinstance(patch.tools, list):
        check_tools("session", patch.tools)
    if patch.tool_choice is not UNSET:
        check_tool_choice("session", patch.tool_choice)
    if isinstance(patch.prompt, dict):
        message = "Reusable prompts are kept by OpenAI; this server has none. Send 'instructions' instead."
        raise ProtocolError("invalid_value", message, "session.prompt")


def _check_turn_detection(patch: Session) -> None:
    where = "audio.input.turn_detection"
    turn_detection = lookup(patch, where)
    if turn_detection is UNSET or turn_detection is None:
        return
    fields = TURN_DETECTION_FIELDS[turn_detection.type]
    for name in turn_detection.__struct_fields__:
        if name not in fields and getattr(turn_detection, name) is not UNSET:
            raise unknown(f"session.{where}.{name}")

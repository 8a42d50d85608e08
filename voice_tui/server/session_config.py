"""The session object: how it begins, and what a ``session.update`` makes of it.

An update is a part: what it leaves out keeps its value, an explicit null switches off, lists are replaced whole.
If anything in it is wrong, nothing changes.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
    given,
)
from voice_tui.server.checks import check_choice, check_range, new_id, unknown
from voice_tui.server.tool_checks import check_tool_choice, check_tools
from voice_tui.speech.synthesiser import PITCH

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


def lookup(session: SessionConfig, path: str) -> Any:
    """The value at a dotted path, `UNSET` where there is none."""
    value: Any = session
    for name in path.split("."):
        value = getattr(value, name, UNSET)
    return value


def check(patch: SessionConfig, merged: SessionConfig) -> None:
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


def _check_turn_detection(patch: SessionConfig) -> None:
    where = "audio.input.turn_detection"
    turn_detection = lookup(patch, where)
    if turn_detection is UNSET or turn_detection is None:
        return
    fields = TURN_DETECTION_FIELDS[turn_detection.type]
    for name in turn_detection.__struct_fields__:
        if name not in fields and getattr(turn_detection, name) is not UNSET:
            raise unknown(f"session.{where}.{name}")


DEFAULT_MODEL = "voice-tui-local"
DEFAULT_TRANSCRIPTION_MODEL = "moonshine-tiny-en"
DEFAULT_VOICE = "alloy"
DEFAULT_INSTRUCTIONS = (
    "You are a helpful, brief and friendly voice assistant. Your words are spoken aloud: answer in one to three short "
    "sentences of plain spoken English, without lists, markup or emoji, unless you are asked for something longer."
)
AUDIO_FORMAT = AudioFormat("audio/pcm", 24_000)

TURN_DETECTION: dict[str, TurnDetection] = {
    "server_vad": TurnDetection(
        type="server_vad",
        threshold=0.5,
        prefix_padding_ms=300,
        silence_duration_ms=200,
        idle_timeout_ms=None,
        create_response=True,
        interrupt_response=True,
    ),
    "semantic_vad": TurnDetection(type="semantic_vad", eagerness="auto", create_response=True, interrupt_response=True),
}
TRANSCRIPTION = Transcription(DEFAULT_TRANSCRIPTION_MODEL, None, None)

S = TypeVar("S", bound=Struct)


def default_session(model: str | None, expires_at: int) -> SessionConfig:
    """The session of a fresh connection, every field as the wire shows it.

    Args:
        model: What the client asked for in the URL.
        expires_at: When the connection will be closed, Unix seconds.
    """
    return SessionConfig(
        type="realtime",
        object="realtime.session",
        id=new_id("sess"),
        model=model or DEFAULT_MODEL,
        output_modalities=["audio"],
        instructions=DEFAULT_INSTRUCTIONS,
        tools=[],
        tool_choice="auto",
        max_output_tokens="inf",
        tracing=None,
        truncation="auto",
        prompt=None,
        expires_at=expires_at,
        audio=SessionAudio(
            input=AudioInput(
                format=AUDIO_FORMAT,
                transcription=None,
                noise_reduction=None,
                turn_detection=TURN_DETECTION["server_vad"],
            ),
            output=AudioOutput(format=AUDIO_FORMAT, voice=DEFAULT_VOICE, speed=1.0),
        ),
        include=None,
    )


def updated(current: SessionConfig, patch: SessionConfig, *, has_spoken: bool) -> SessionConfig:
    """The session after an update; ``current`` stays as it is.

    Args:
        current: The whole session.
        patch: What the client sent.
        has_spoken: Whether the conversation holds assistant audio: then the voice is fixed.

    Raises:
        ProtocolError: The update must be refused as a whole.
    """
    # The model was chosen by the connection; clients repeat theirs in every update, so it is no reason to refuse.
    patch = msgspec.structs.replace(patch, model=UNSET)
    if patch.instructions == "":
        patch = msgspec.structs.replace(patch, instructions=DEFAULT_INSTRUCTIONS)  # as the wire does
    merged = _merge(current, patch)
    check(patch, merged)
    if has_spoken and voice_of(merged) != voice_of(current):
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise ProtocolError("cannot_update_voice", message, "session.audio.output.voice")
    return merged


def _merge(base: S, patch: S) -> S:
    changes: dict[str, Any] = {}
    for name in patch.__struct_fields__:
        value = getattr(patch, name)
        if value is not UNSET:
            changes[name] = _merge(_base(getattr(base, name), value), value) if isinstance(value, Struct) else value
    return msgspec.structs.replace(base, **changes)


def _base(old: object, new: Struct) -> Struct:
    """What a nested object's missing fields are taken from: what was there, else the defaults of its kind."""
    if isinstance(new, TurnDetection):
        same_kind = isinstance(old, TurnDetection) and old.type == new.type
        return old if isinstance(old, TurnDetection) and same_kind else TURN_DETECTION.get(new.type, new)
    if isinstance(new, Transcription):
        return old if isinstance(old, Transcription) else TRANSCRIPTION
    return old if isinstance(old, Struct) and type(old) is type(new) else new


# -- reading a whole session: every field is there, so the rest of the server need not ask --


def audio_input(session: SessionConfig) -> AudioInput:
    """The user's half of the audio settings."""
    return given(given(session.audio, SessionAudio()).input, AudioInput())


def audio_output(session: SessionConfig) -> AudioOutput:
    """The assistant's half of the audio settings."""
    return given(given(session.audio, SessionAudio()).output, AudioOutput())


def turn_detection_of(session: SessionConfig) -> TurnDetection | None:
    """How turns are found; None is by hand."""
    return given(audio_input(session).turn_detection, None)


def transcribes(session: SessionConfig) -> bool:
    """Whether the client wants to read what the user said."""
    return isinstance(audio_input(session).transcription, Transcription)


def voice_of(session: SessionConfig) -> str:
    """The name of the voice."""
    return str(given(audio_output(session).voice, DEFAULT_VOICE))

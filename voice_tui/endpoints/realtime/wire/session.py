"""The session object: what an endpoint can be told about hearing, thinking and speaking.

GA shape. A field left out (`UNSET`) keeps its value on the server; an explicit ``None`` switches
the feature off. That difference is why every field is tri-state.
"""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import UNSET, Struct, UnsetType

T = TypeVar("T")


class TurnDetection(Struct):
    """How the server finds the end of the user's turn.

    One shape for ``server_vad`` and ``semantic_vad`` (and for what other servers invent): the
    ``type`` says which fields count. Times are milliseconds, ``threshold`` is a speech
    probability 0.0-1.0.
    """

    type: str
    threshold: float | UnsetType = UNSET
    prefix_padding_ms: int | UnsetType = UNSET
    silence_duration_ms: int | UnsetType = UNSET
    idle_timeout_ms: int | None | UnsetType = UNSET
    eagerness: str | UnsetType = UNSET
    create_response: bool | UnsetType = UNSET
    interrupt_response: bool | UnsetType = UNSET


class AudioFormat(Struct):
    """Encoding on the wire: ``audio/pcm`` at 24,000 Hz, ``audio/pcmu`` or ``audio/pcma``."""

    type: str = "audio/pcm"
    rate: int | UnsetType = UNSET


class Transcription(Struct):
    """The separate recogniser that writes down what the user said."""

    model: str | UnsetType = UNSET
    language: str | None | UnsetType = UNSET
    prompt: str | None | UnsetType = UNSET
    keywords: list[str] | None | UnsetType = UNSET
    languages: list[str] | None | UnsetType = UNSET
    delay: str | None | UnsetType = UNSET


class NoiseReduction(Struct):
    """``near_field`` for headsets, ``far_field`` for laptop and room microphones."""

    type: str
    strength: float | UnsetType = UNSET


class AudioInput(Struct):
    """The user's half of the audio."""

    format: AudioFormat | UnsetType = UNSET
    transcription: Transcription | None | UnsetType = UNSET
    noise_reduction: NoiseReduction | None | UnsetType = UNSET
    turn_detection: TurnDetection | None | UnsetType = UNSET


class AudioOutput(Struct):
    """The assistant's half of the audio."""

    format: AudioFormat | UnsetType = UNSET
    voice: str | dict[str, Any] | UnsetType = UNSET
    speed: float | UnsetType = UNSET


class SessionAudio(Struct):
    """Both halves."""

    input: AudioInput | UnsetType = UNSET
    output: AudioOutput | UnsetType = UNSET


class SessionConfig(Struct):
    """A whole or partial session; ``session.update`` sends a part, ``session.updated`` the whole."""

    type: str | UnsetType = UNSET
    object: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    output_modalities: list[str] | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    audio: SessionAudio | UnsetType = UNSET
    tools: list[dict[str, Any]] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    max_output_tokens: int | str | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    truncation: str | dict[str, Any] | None | UnsetType = UNSET
    tracing: str | dict[str, Any] | None | UnsetType = UNSET
    prompt: dict[str, Any] | None | UnsetType = UNSET
    include: list[str] | None | UnsetType = UNSET
    reasoning: dict[str, Any] | None | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    expires_at: int | UnsetType = UNSET


def given(value: T | UnsetType | None, default: T) -> T:
    """The value where one was given, else the default."""
    return default if isinstance(value, UnsetType) or value is None else value

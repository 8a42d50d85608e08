"""Two wires, one model: what the preview dialect calls things, and how its session is shaped.

GA is the model. Names are dispatched on, never the dialect: third-party servers mix both
(GA deltas beside ``conversation.item.created``), so the preview names are read in any session.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Dialect(StrEnum):
    """Which wire a connection speaks."""

    GA = "ga"
    PREVIEW = "preview"
    VOICE_LIVE = "voicelive"


# preview name -> GA name; every other name is the same on both wires.
PREVIEW_TO_GA: dict[str, str] = {
    "conversation.item.created": "conversation.item.added",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}

# preview's flat session field -> where GA keeps it.
SESSION_PATHS: dict[str, tuple[str, ...]] = {
    "modalities": ("output_modalities",),
    "voice": ("audio", "output", "voice"),
    "speed": ("audio", "output", "speed"),
    "output_audio_format": ("audio", "output", "format"),
    "input_audio_format": ("audio", "input", "format"),
    "input_audio_transcription": ("audio", "input", "transcription"),
    "input_audio_noise_reduction": ("audio", "input", "noise_reduction"),
    "turn_detection": ("audio", "input", "turn_detection"),
    "max_response_output_tokens": ("max_output_tokens",),
}

AUDIO_FORMATS: dict[str, dict[str, Any]] = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}


# In these null says nothing (a text-only session has no voice); elsewhere it switches a feature off.
NEVER_NULL = {"modalities", "voice", "speed", "input_audio_format", "output_audio_format", "max_response_output_tokens"}


def detect_dialect(url: str) -> Dialect:
    """The dialect a URL promises; ``session.created`` has the last word (see `dialect_of_session`)."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "/voice-live/" in parts.path:
        return Dialect.VOICE_LIVE
    if parts.path.endswith("/openai/realtime") or {"api-version", "deployment"} <= query.keys():
        return Dialect.PREVIEW
    return Dialect.GA


def dialect_of_session(session: dict[str, Any]) -> Dialect:
    """The dialect that a ``session.created`` speaks, read off its shape."""
    if "audio" in session or "output_modalities" in session:
        return Dialect.GA
    if isinstance(session.get("voice"), dict):
        return Dialect.VOICE_LIVE
    return Dialect.PREVIEW if session.keys() & SESSION_PATHS.keys() else Dialect.GA


def session_to_ga(flat: dict[str, Any]) -> dict[str, Any]:
    """A preview session as GA would write it; a GA session passes through unchanged."""
    if dialect_of_session(flat) is Dialect.GA:
        return flat
    out: dict[str, Any] = {}
    for name, value in flat.items():
        if value is None and name in NEVER_NULL:
            continue
        if name in ("input_audio_format", "output_audio_format"):
            value = AUDIO_FORMATS.get(value, {"type": value}) if isinstance(value, str) else value
        elif name == "modalities":
            value = ["audio"] if "audio" in value else ["text"]
        elif name == "turn_detection" and isinstance(value, dict) and value.get("type") == "none":
            value = None
        *parents, leaf = SESSION_PATHS.get(name, (name,))
        place = out
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    return out

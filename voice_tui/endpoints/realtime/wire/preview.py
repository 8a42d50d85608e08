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

# Names of audio formats that are not GA's, as GA would write them. Where no rate is named it is the endpoint's own.
FORMATS_TO_GA: dict[str, dict[str, Any]] = {
    "pcm16": {"type": "audio/pcm"},
    "pcm": {"type": "audio/pcm"},
    "pcm24": {"type": "audio/pcm", "rate": 24_000},
    "pcm16_8000hz": {"type": "audio/pcm", "rate": 8_000},
    "pcm16_16000hz": {"type": "audio/pcm", "rate": 16_000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
SAMPLING_RATE = "input_audio_sampling_rate"
"""Voice Live's field for the rate of the user's audio, Hz."""

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


def dialect_of_session(session: dict[str, Any]) -> Dialect | None:
    """The dialect that a ``session.created`` speaks, read off its shape; None where that says nothing."""
    if session.keys() & {"audio", "output_modalities"}:
        return Dialect.GA
    if isinstance(session.get("voice"), dict):
        return Dialect.VOICE_LIVE
    if session.keys() & SESSION_PATHS.keys():
        return Dialect.PREVIEW
    return Dialect.GA if "type" in session else None


def session_to_ga(session: dict[str, Any]) -> dict[str, Any]:
    """A session of any dialect as GA would write it; also one that is nested with some fields on top."""
    out = {name: _copied(value) for name, value in session.items() if name not in SESSION_PATHS}
    for name, path in SESSION_PATHS.items():
        value = session.get(name)
        if name in session and not (value is None and name in NEVER_NULL):
            _place(out, path, _modalities_to_ga(value) if name == "modalities" else _copied(value))
    rate = out.pop(SAMPLING_RATE, None)
    for half in ("input", "output"):
        holder = _inner(_inner(out, "audio"), half)
        if "format" in holder:
            holder["format"] = _format_to_ga(holder["format"])
        if half == "input" and "turn_detection" in holder:
            holder["turn_detection"] = _turn_detection_to_ga(holder["turn_detection"])
    if rate is not None:
        _place(out, ("audio", "input", "format", "rate"), rate)
    return out


def _place(into: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value where GA keeps it, unless something stands there."""
    *parents, leaf = path
    for parent in parents:
        inner = into.setdefault(parent, {})
        if not isinstance(inner, dict):
            return
        into = inner
    into.setdefault(leaf, value)


def _inner(parent: dict[str, Any], name: str) -> dict[str, Any]:
    child = parent.get(name)
    return child if isinstance(child, dict) else {}


def _copied(value: Any) -> Any:
    return {name: _copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _modalities_to_ga(value: Any) -> Any:
    return (["audio"] if "audio" in value else ["text"]) if isinstance(value, list) else value


def _format_to_ga(value: Any) -> Any:
    """A format by its name alone, or an object whose type may be such a name."""
    named = {"type": value} if isinstance(value, str) else value
    if not isinstance(named, dict) or not isinstance(named.get("type"), str):
        return value
    return named | FORMATS_TO_GA.get(named["type"], {}) | ({"rate": named["rate"]} if "rate" in named else {})


def _turn_detection_to_ga(value: Any) -> Any:
    """Off has three names: null, a type ``none``, and a type null."""
    off = isinstance(value, dict) and "type" in value and value["type"] in (None, "none")
    return None if off else value

"""The session object: how it begins, and what a ``session.update`` makes of it.

An update is a part: what it leaves out keeps its value, an explicit null switches off, lists are replaced whole.
If anything in it is wrong, nothing changes.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.preview import Dialect
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
from voice_tui.server.checks import check_choice, new_id
from voice_tui.server.session_checks import KINDS, RATES, UNLIMITED, check_update, reasons

DEFAULT_MODEL = "voice-tui-local"
DEFAULT_TRANSCRIPTION_MODEL = "moonshine-tiny-en"
DEFAULT_VOICE = "alloy"
DEFAULT_TEMPERATURE = 0.8
DEFAULT_INSTRUCTIONS = (
    "You are a helpful, brief and friendly voice assistant. Your words are spoken aloud: answer in one to three short "
    "sentences of plain spoken English, without lists, markup or emoji, unless you are asked for something longer."
)
AUDIO_FORMAT = AudioFormat("audio/pcm", RATE)
FORMATS = {name: AUDIO_FORMAT if name == AUDIO_FORMAT.type else AudioFormat(name) for name in RATES}
"""As sessions show them; only PCM names its rate."""

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


def default_session(
    model: str | None, expires_at: int, dialect: Dialect = Dialect.GA, kind: str = "realtime"
) -> SessionConfig:
    """The session of a fresh connection, every field that it has as the wire shows it.

    Args:
        model: What the client asked for in the URL.
        expires_at: When the connection will be closed, Unix seconds.
        dialect: Some fields are GA's alone, one is preview's.
        kind: ``realtime`` or ``transcription``.
    """
    session = SessionConfig(
        type="realtime",
        object="realtime.session",
        id=new_id("sess"),
        model=model or DEFAULT_MODEL,
        output_modalities=["audio"],
        instructions=DEFAULT_INSTRUCTIONS,
        tools=[],
        tool_choice="auto",
        max_output_tokens=UNLIMITED,
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
    if dialect is Dialect.PREVIEW:
        session.temperature = DEFAULT_TEMPERATURE
    if reasons(session):
        session.reasoning, session.parallel_tool_calls = {"effort": "low"}, True
    return _transcription_session(session) if kind == "transcription" else session


def _transcription_session(session: SessionConfig) -> SessionConfig:
    """A session that only listens: it has no more than the user's half."""
    hearing = msgspec.structs.replace(audio_input(session), transcription=TRANSCRIPTION)
    return SessionConfig(
        type="transcription",
        object="realtime.transcription_session",
        id=session.id,
        expires_at=session.expires_at,
        audio=SessionAudio(input=hearing),
        include=None,
    )


def updated(
    current: SessionConfig, patch: SessionConfig, *, has_spoken: bool = False, has_begun: bool = False
) -> SessionConfig:
    """The session after an update; ``current`` stays as it is.

    Args:
        current: The whole session.
        patch: What the client sent.
        has_spoken: Whether the conversation holds assistant audio: then the voice is fixed.
        has_begun: Whether there is a conversation: then it cannot become one that only listens.

    Raises:
        ProtocolError: The update must be refused as a whole.
    """
    # The model was chosen by the connection; clients repeat theirs in every update, so it is no reason to refuse.
    patch = msgspec.structs.replace(patch, model=UNSET)
    if patch.instructions == "":
        patch = msgspec.structs.replace(patch, instructions=DEFAULT_INSTRUCTIONS)  # as the wire does
    current = _of_kind(current, given(patch.type, "realtime"), has_begun=has_begun)
    merged = _merge(current, patch)
    check_update(patch, current, merged)
    if has_spoken and voice_of(merged) != voice_of(current):
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise ProtocolError("cannot_update_voice", message, "session.audio.output.voice")
    return merged


def _of_kind(current: SessionConfig, kind: str, *, has_begun: bool) -> SessionConfig:
    check_choice("session.type", kind, KINDS)
    if kind == current.type:
        return current
    if kind == "realtime" or has_begun:
        message = f"Passing a {kind} session update event to a {current.type} session is not allowed."
        raise ProtocolError("invalid_value", message, "session.type")
    return _transcription_session(current)


def _merge(base: S, patch: S) -> S:
    changes: dict[str, Any] = {}
    for name in patch.__struct_fields__:
        value = getattr(patch, name)
        if value is None and getattr(base, name) is UNSET:
            continue  # there is nothing to switch off
        if value is not UNSET:
            changes[name] = _merge(_base(getattr(base, name), value), value) if isinstance(value, Struct) else value
    if isinstance(base, AudioFormat) and base.rate is UNSET:
        changes.pop("rate", None)  # a telephone's needs no name
    return msgspec.structs.replace(base, **changes)


def _base(old: object, new: Struct) -> Struct:
    """What a nested object's missing fields are taken from: what was there, else the defaults of its kind."""
    if isinstance(new, TurnDetection):
        same_kind = isinstance(old, TurnDetection) and old.type == new.type
        return old if isinstance(old, TurnDetection) and same_kind else TURN_DETECTION.get(new.type, new)
    if isinstance(new, AudioFormat):
        return FORMATS.get(new.type, new)
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


def format_of(session: SessionConfig, half: str) -> str:
    """How the ``input`` or the ``output`` is encoded: a name in `FORMATS`."""
    audio = audio_input(session) if half == "input" else audio_output(session)
    return given(audio.format, AUDIO_FORMAT).type


def transcription_of(session: SessionConfig) -> Transcription | None:
    """How what the user said is to be written down; None where it is not."""
    return given(audio_input(session).transcription, None)


def transcribes(session: SessionConfig) -> bool:
    """Whether the client wants to read what the user said."""
    return transcription_of(session) is not None


def voice_of(session: SessionConfig) -> str:
    """The name of the voice."""
    return str(given(audio_output(session).voice, DEFAULT_VOICE))

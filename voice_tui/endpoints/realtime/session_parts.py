"""What a session is told about hearing, speaking and tools, part by part."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.conversation.knobs import Knobs
from voice_tui.endpoints.realtime.persona import Persona
from voice_tui.endpoints.realtime.server_detection import ServerDetection
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    SessionAudio,
    SessionConfig,
    Transcription,
)
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.tools import ToolSpec

TURN_PART = "turn detection"


def function_tool(tool: ToolSpec) -> dict[str, Any]:
    """A tool as the session is told of it."""
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }


def session_of(*parts: SessionConfig) -> SessionConfig:
    """One session out of parts that name different fields."""
    whole: dict[str, Any] = {"type": "realtime"}
    for part in parts:
        _merge(whole, msgspec.to_builtins(part))
    return msgspec.convert(whole, SessionConfig)


def _merge(into: dict[str, Any], part: dict[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _hears(**fields: Any) -> SessionConfig:
    return SessionConfig(audio=SessionAudio(input=AudioInput(**fields)))


class SessionParts:
    """Makes the parts as profile, preset and knobs ask for them now.

    Args:
        persona: Who the assistant is.
        detection: What the server is to do about turns.
        knobs: Of the conversation.
        capabilities: What the endpoint can do.
    """

    def __init__(self, persona: Persona, detection: ServerDetection, knobs: Knobs, capabilities: Capabilities) -> None:
        self._persona, self._detection = persona, detection
        self._knobs, self._capabilities = knobs, capabilities

    def whole(self, place: Place | None = None) -> SessionConfig:
        """All parts in one, at this place or where the session is."""
        return session_of(*self.each(place).values())

    def each(self, place: Place | None = None) -> dict[str, SessionConfig]:
        """All parts by their names: a server that refuses the whole may take most of them."""
        profile, able = self._persona.at(place), place.capabilities if place else self._capabilities
        pcm = AudioFormat("audio/pcm", 24_000)
        model = profile.transcription_model if able.transcription else ""
        transcription = Transcription(model) if model else None
        parts = {
            TURN_PART: _hears(turn_detection=self._detection.wanted(place.capabilities if place else None)),
            "transcription": _hears(transcription=transcription),
            "instructions": SessionConfig(instructions=self._persona.instructions),
            "tools": SessionConfig(tools=[function_tool(tool) for tool in profile.offered], tool_choice="auto"),
            "audio format": SessionConfig(
                output_modalities=["audio"],
                audio=SessionAudio(input=AudioInput(format=pcm), output=AudioOutput(format=pcm)),
            ),
            "voice": SessionConfig(audio=SessionAudio(output=AudioOutput(voice=profile.voice))),
        }
        if not (profile.offered and able.tools):
            del parts["tools"]
        if self._knobs.effort:
            parts["reasoning effort"] = self.effort()
        return parts

    def turns(self) -> SessionConfig:
        """How the server is to find turns."""
        return session_of(_hears(turn_detection=self._detection.wanted()))

    def no_turns(self) -> SessionConfig:
        """It is to look for none."""
        return session_of(_hears(turn_detection=None))

    def effort(self) -> SessionConfig:
        """How hard the model is to think: what the endpoint would take by itself is low."""
        return SessionConfig(reasoning={"effort": self._knobs.effort or "low"})

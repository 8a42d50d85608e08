"""What one answer is to be: the session's settings with the overrides of its ``response.create``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.items import Item, ResponseParams
from voice_tui.endpoints.realtime.wire.session import AudioOutput, SessionAudio, SessionConfig, given
from voice_tui.endpoints.realtime.wire.tolerance import unknown_parameter, without_nulls
from voice_tui.server.checks import check_choice, check_length, check_range, unknown
from voice_tui.server.history import History, HistoryItem
from voice_tui.server.item_rules import admit
from voice_tui.server.session_checks import RANGES, UNLIMITED, check_limit, check_reasoning
from voice_tui.server.session_config import FORMATS, audio_output, format_of, voice_of
from voice_tui.server.tool_checks import check_tool_choice, check_tools, demanded, offered
from voice_tui.speech.synthesiser import PITCH

MAX_METADATA_PAIRS, MAX_KEY_CHARS, MAX_VALUE_CHARS = 16, 64, 512


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """The resolved settings of one answer.

    Attributes:
        audio: Speak (else write).
        instructions: The session's.
        response_instructions: What this answer is told instead, "" where nothing.
        voice, speed: How to speak.
        format: How the client wants the speech encoded: a name in `FORMATS`.
        temperature: As the session or the request says; nothing here depends on it.
        max_output_tokens: As on the wire, a number or ``"inf"``.
        out_of_band: Not part of the conversation (``conversation: "none"``).
        context: The items the answer is made from.
        metadata: Comes back as it was sent.
        tools: What may be called, as on the wire.
        tool_choice: ``auto``, ``none`` or ``required``.
        forced: The tool that must be called, "" where none must.
        parallel: Whether it may call more than one.
    """

    audio: bool
    instructions: str
    response_instructions: str
    voice: str
    speed: float
    format: str
    temperature: float | UnsetType
    max_output_tokens: int | str
    out_of_band: bool
    context: tuple[HistoryItem, ...]
    metadata: dict[str, Any] | None
    tools: list[dict[str, Any]]
    tool_choice: str
    forced: str
    parallel: bool

    @property
    def modalities(self) -> list[str]:
        """``output_modalities`` on the wire."""
        return ["audio"] if self.audio else ["text"]

    @property
    def token_limit(self) -> float:
        """``max_output_tokens`` as a number."""
        return float(self.max_output_tokens)

    @property
    def audio_config(self) -> dict[str, Any]:
        """``audio`` on the wire."""
        return {"output": {"format": msgspec.to_builtins(FORMATS[self.format]), "voice": self.voice}}


def plan(session: SessionConfig, params: ResponseParams, history: History) -> ResponsePlan:
    """Resolve a ``response.create``.

    Raises:
        ProtocolError: An override that cannot be.
    """
    modalities = given(params.output_modalities, given(session.output_modalities, ["audio"]))
    check_choice("response.output_modalities", modalities, (["audio"], ["text"]))
    unlimited: int | str = UNLIMITED
    limit = given(params.max_output_tokens, given(session.max_output_tokens, unlimited))
    check_limit("response.max_output_tokens", limit, session)
    conversation = given(params.conversation, "auto")
    check_choice("response.conversation", conversation, ("auto", "none"))
    _check_fields(params, session)
    output = given(given(params.audio, SessionAudio()).output, AudioOutput())
    voice: Any = given(output.voice, voice_of(session))
    check_choice("response.audio.output.voice", voice, tuple(PITCH))
    law = format_of(session, "output") if isinstance(output.format, UnsetType) else output.format.type
    check_choice("response.audio.output.format.type", law, tuple(FORMATS))
    if history.has_spoken and conversation == "auto" and voice != voice_of(session):
        message = "Cannot update a conversation's voice if assistant audio is present."
        raise ProtocolError("cannot_update_voice", message, "response.audio.output.voice")
    metadata = given(params.metadata, None)
    _check_metadata(metadata or {})
    tools = given(params.tools, given(session.tools, []))
    check_tools("response", tools)
    automatic: str | dict[str, Any] = "auto"
    choice = given(params.tool_choice, given(session.tool_choice, automatic))
    check_tool_choice("response", choice)
    tool_choice, forced = demanded(choice, offered(tools), by_session=params.tool_choice is UNSET)
    return ResponsePlan(
        audio=modalities == ["audio"],
        instructions=given(session.instructions, ""),
        response_instructions=given(params.instructions, ""),
        voice=voice,
        speed=given(audio_output(session).speed, 1.0),
        format=law,
        temperature=session.temperature if params.temperature is UNSET else params.temperature,
        max_output_tokens=limit,
        out_of_band=conversation == "none",
        context=_context(params, history),
        metadata=metadata,
        tools=tools,
        tool_choice=tool_choice,
        forced=forced,
        parallel=given(params.parallel_tool_calls, given(session.parallel_tool_calls, True)),
    )


def _check_fields(params: ResponseParams, session: SessionConfig) -> None:
    """Refuse what this session's dialect or model has no word for, and values that cannot be."""
    for name in ("temperature", "reasoning", "parallel_tool_calls"):
        if getattr(params, name) is not UNSET and getattr(session, name) is UNSET:
            raise unknown(f"response.{name}")
    audio = given(params.audio, SessionAudio())
    if audio.input is not UNSET:
        raise unknown("response.audio.input")
    if given(audio.output, AudioOutput()).speed is not UNSET:
        raise unknown("response.audio.output.speed")
    if isinstance(params.temperature, float | int):
        check_range("response.temperature", params.temperature, *RANGES["temperature"])
    check_reasoning("response", params.reasoning)
    if isinstance(params.prompt, dict):
        message = "Reusable prompts are kept by OpenAI; this server has none. Send 'instructions' instead."
        raise ProtocolError("invalid_value", message, "response.prompt")


def _context(params: ResponseParams, history: History) -> tuple[HistoryItem, ...]:
    """The items to answer: the conversation, or those that ``input`` names or holds."""
    if not isinstance(params.input, list):
        return tuple(history)
    entries: list[HistoryItem] = []
    for i, raw in enumerate(params.input):
        where = f"response.input[{i}]"
        if raw.get("type") == "item_reference":
            entries.append(history.find(str(raw.get("id")), "reference", f"{where}.id", "item_not_found"))
            continue
        if path := unknown_parameter(raw, Item, where):
            raise unknown(path)
        try:
            item, audio = admit(msgspec.convert(without_nulls(raw, Item), Item), where)
        except msgspec.ValidationError as error:
            raise ProtocolError("invalid_type", f"Invalid type for '{where}': {error}.", where) from error
        entries.append(HistoryItem(item, bytearray(audio)))
    return tuple(entries)


def _check_metadata(metadata: dict[str, str]) -> None:
    check_range("response.metadata", len(metadata), 0, MAX_METADATA_PAIRS)
    for key, value in metadata.items():
        check_length("response.metadata", key, MAX_KEY_CHARS)
        check_length(f"response.metadata.{key}", value, MAX_VALUE_CHARS)

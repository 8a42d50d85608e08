"""Conversation items, responses and their usage: the nouns that events carry. GA names."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from voice_tui.endpoints.realtime.wire.numbers import Count, Seconds
from voice_tui.endpoints.realtime.wire.session import SessionAudio

NO_REASON = "no reason given"
ENDS = ("completed", "cancelled", "incomplete", "failed")
"""How a response may end ..."""
SPELT = {"canceled": "cancelled", "complete": "completed", "done": "completed"}
"""... and how else servers write that."""


class ContentPart(Struct):
    """One part of a message item.

    ``type`` is ``input_text``, ``input_audio``, ``input_image``, ``output_text`` or
    ``output_audio`` in items, ``audio`` or ``text`` in ``response.content_part.*``.
    """

    type: str
    text: str | UnsetType = UNSET
    transcript: str | None | UnsetType = UNSET
    audio: str | None | UnsetType = UNSET
    image_url: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET


class Item(Struct):
    """An item of the conversation: a message, a function call or a function's output."""

    type: str
    id: str | UnsetType = UNSET
    object: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    content: list[ContentPart] | UnsetType = UNSET
    call_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    arguments: str | UnsetType = UNSET
    output: str | UnsetType = UNSET
    phase: str | None | UnsetType = UNSET

    @property
    def text(self) -> str:
        """Everything written or transcribed in this item, parts joined by a space."""
        parts = [] if isinstance(self.content, UnsetType) else self.content
        words = (part.text or part.transcript or "" for part in parts)
        return " ".join(w for w in words if w)


class CachedTokens(Struct):
    """Which of the input tokens came from the prompt cache."""

    text_tokens: Count = 0
    audio_tokens: Count = 0
    image_tokens: Count = 0


class InputTokens(Struct):
    """Input tokens by kind; cached ones are part of them."""

    text_tokens: Count = 0
    audio_tokens: Count = 0
    image_tokens: Count = 0
    cached_tokens: Count = 0
    cached_tokens_details: CachedTokens | None | UnsetType = UNSET


class OutputTokens(Struct):
    """Output tokens by kind."""

    text_tokens: Count = 0
    audio_tokens: Count = 0
    reasoning_tokens: Count | UnsetType = UNSET


class Usage(Struct):
    """What a response cost. ``total = input + output``; input counts the whole conversation again."""

    total_tokens: Count = 0
    input_tokens: Count = 0
    output_tokens: Count = 0
    input_token_details: InputTokens | None | UnsetType = UNSET
    output_token_details: OutputTokens | None | UnsetType = UNSET


class ErrorDetails(Struct):
    """What went wrong; ``event_id`` names the client event that caused it."""

    message: str = ""
    type: str | None = None
    code: str | None = None
    param: str | None = None
    event_id: str | None = None


class Failure(Struct):
    """Why something the server began came to nothing; unlike `ErrorDetails` it answers no client event."""

    message: str = ""
    type: str | None = None
    code: str | None = None
    param: str | None | UnsetType = UNSET


class StatusDetails(Struct):
    """Why a response ended as it did."""

    type: str | None | UnsetType = UNSET
    reason: str | None | UnsetType = UNSET
    error: Failure | None | UnsetType = UNSET


class Response(Struct):
    """A response as the server reports it in ``response.created`` and ``response.done``."""

    id: str
    status: str = "in_progress"
    object: str | UnsetType = UNSET
    status_details: StatusDetails | None | UnsetType = UNSET
    output: list[Item] = []
    conversation_id: str | None | UnsetType = UNSET
    output_modalities: list[str] | UnsetType = UNSET
    max_output_tokens: int | str | UnsetType = UNSET
    audio: dict[str, Any] | UnsetType = UNSET
    usage: Usage | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET
    temperature: float | UnsetType = UNSET


class ResponseParams(Struct):
    """The body of ``response.create``: overrides for this one response."""

    output_modalities: list[str] | UnsetType = UNSET
    instructions: str | UnsetType = UNSET
    audio: SessionAudio | UnsetType = UNSET
    tools: list[dict[str, Any]] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    max_output_tokens: int | str | UnsetType = UNSET
    conversation: str | UnsetType = UNSET
    input: list[dict[str, Any]] | UnsetType = UNSET
    metadata: dict[str, str] | None | UnsetType = UNSET
    prompt: dict[str, Any] | None | UnsetType = UNSET
    reasoning: dict[str, Any] | None | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    temperature: float | UnsetType = UNSET


class RateLimit(Struct):
    """One budget of the endpoint."""

    name: str
    limit: Count = 0
    remaining: Count = 0
    reset_seconds: Seconds = 0.0

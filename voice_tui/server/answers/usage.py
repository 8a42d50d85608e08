"""What an answer costs, in the wire's units, so that cost displays have something true to show."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.realtime.wire.items import CachedTokens, InputTokens, OutputTokens, Usage
from voice_tui.endpoints.realtime.wire.session import Transcription, given
from voice_tui.messages.tokens import assistant_audio, estimate, user_audio
from voice_tui.server.history import HistoryItem

BY_TOKENS = re.compile(r"gpt-4o-(?:mini-)?transcribe")


def output_tokens(text: str, samples: int) -> OutputTokens:
    """Tokens of an answer: its words, and so many samples of speech."""
    return OutputTokens(text_tokens=estimate(text), audio_tokens=assistant_audio(samples / RATE * 1000))


def added(first: OutputTokens, second: OutputTokens) -> OutputTokens:
    """The tokens of two items."""
    text, audio = first.text_tokens + second.text_tokens, first.audio_tokens + second.audio_tokens
    return OutputTokens(text_tokens=text, audio_tokens=audio)


def call_tokens(name: str, arguments: str) -> int:
    """Tokens of a function call: its name and its arguments are text."""
    return estimate(name) + estimate(arguments)


def tool_tokens(tools: list[dict[str, Any]]) -> int:
    """Tokens of the tools on offer, which an answer reads as JSON."""
    return estimate(msgspec.json.encode(tools).decode()) if tools else 0


def input_tokens(
    instructions: str, entries: Iterable[HistoryItem], tools: list[dict[str, Any]] | None = None
) -> InputTokens:
    """Tokens that an answer reads: instructions, tools and the whole conversation again. Nothing is cached."""
    text, audio = estimate(instructions) + tool_tokens(tools or []), 0
    for entry in entries:
        item = entry.item
        tokens = assistant_audio if item.role == "assistant" else user_audio
        audio += tokens(entry.samples / RATE * 1000)
        written = (entry.written, given(item.name, ""), given(item.arguments, ""), given(item.output, ""))
        text += sum(estimate(words) for words in written)
    return InputTokens(text_tokens=text, audio_tokens=audio, cached_tokens_details=CachedTokens())


def transcription_usage(transcription: Transcription, transcript: str, samples: int) -> dict[str, Any]:
    """What writing down so many samples costs: by the second, or by tokens where the model that is named counts so."""
    seconds = samples / RATE
    if not BY_TOKENS.match(given(transcription.model, "")):
        return {"type": "duration", "seconds": math.ceil(seconds)}
    audio, text = user_audio(seconds * 1000), estimate(transcript)
    details = {"text_tokens": 0, "audio_tokens": audio}
    return {
        "type": "tokens",
        "total_tokens": audio + text,
        "input_tokens": audio,
        "output_tokens": text,
        "input_token_details": details,
    }


def usage(read: InputTokens, written: OutputTokens) -> Usage:
    """The sum."""
    incoming = read.text_tokens + read.audio_tokens
    outgoing = written.text_tokens + written.audio_tokens
    return Usage(incoming + outgoing, incoming, outgoing, read, written)

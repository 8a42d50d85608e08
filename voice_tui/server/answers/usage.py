"""What an answer costs, in the wire's units, so that cost displays have something true to show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.realtime.wire.items import CachedTokens, InputTokens, OutputTokens, Usage
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.server.history import HistoryItem

CHARS_PER_TOKEN = 4  # of English text; an estimate, the demo brain has no tokenizer
USER_SAMPLES_PER_TOKEN = RATE // 10  # 100 ms
ASSISTANT_SAMPLES_PER_TOKEN = RATE // 20  # 50 ms


def _up(amount: int, unit: int) -> int:
    return -(-amount // unit)


def text_tokens(text: str) -> int:
    """About how many tokens a text is, rounded up."""
    return _up(len(text), CHARS_PER_TOKEN)


def output_tokens(text: str, samples: int) -> OutputTokens:
    """Tokens of an answer: its words, and so many samples of speech."""
    return OutputTokens(text_tokens=text_tokens(text), audio_tokens=_up(samples, ASSISTANT_SAMPLES_PER_TOKEN))


def added(first: OutputTokens, second: OutputTokens) -> OutputTokens:
    """The tokens of two items."""
    text, audio = first.text_tokens + second.text_tokens, first.audio_tokens + second.audio_tokens
    return OutputTokens(text_tokens=text, audio_tokens=audio)


def call_tokens(name: str, arguments: str) -> int:
    """Tokens of a function call: its name and its arguments are text."""
    return text_tokens(name) + text_tokens(arguments)


def tool_tokens(tools: list[dict[str, Any]]) -> int:
    """Tokens of the tools on offer, which an answer reads as JSON."""
    return text_tokens(msgspec.json.encode(tools).decode()) if tools else 0


def input_tokens(
    instructions: str, entries: Iterable[HistoryItem], tools: list[dict[str, Any]] | None = None
) -> InputTokens:
    """Tokens that an answer reads: instructions, tools and the whole conversation again. Nothing is cached."""
    text, audio = text_tokens(instructions) + tool_tokens(tools or []), 0
    for entry in entries:
        item = entry.item
        unit = ASSISTANT_SAMPLES_PER_TOKEN if item.role == "assistant" else USER_SAMPLES_PER_TOKEN
        audio += _up(entry.samples, unit)
        written = (entry.written, given(item.name, ""), given(item.arguments, ""), given(item.output, ""))
        text += sum(text_tokens(words) for words in written)
    return InputTokens(text_tokens=text, audio_tokens=audio, cached_tokens_details=CachedTokens())


def usage(read: InputTokens, written: OutputTokens) -> Usage:
    """The sum."""
    incoming = read.text_tokens + read.audio_tokens
    outgoing = written.text_tokens + written.audio_tokens
    return Usage(incoming + outgoing, incoming, outgoing, read, written)

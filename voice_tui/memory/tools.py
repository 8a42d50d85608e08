"""The tools that the model remembers with: what it is told of them, and its arguments checked."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta

from voice_tui.messages.tools import ToolSpec

LONGEST_TEXT = 500  # characters


class RememberCall(msgspec.Struct):
    """Arguments of ``remember``."""

    text: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=LONGEST_TEXT,
            description="The fact: one sentence in the third person, clear by itself.",
        ),
    ]
    subject: Annotated[str, Meta(max_length=80, description="Whom or what it is about; user for the user.")] = "user"


class RecallCall(msgspec.Struct):
    """Arguments of ``recall``."""

    query: Annotated[
        str,
        Meta(
            min_length=1, max_length=500, description='What to look for, or a day such as "yesterday" for past talks.'
        ),
    ]


class ForgetCall(msgspec.Struct):
    """Arguments of ``forget``."""

    query: Annotated[str, Meta(min_length=1, max_length=500, description="Words that the fact to delete holds.")]


ToolCall: TypeAlias = RememberCall | RecallCall | ForgetCall

CALLS: dict[str, tuple[type[ToolCall], str]] = {
    "remember": (
        RememberCall,
        "Store a fact about the user for later conversations. Call it when the user asks you to remember something, or "
        "tells their name. Nothing else is kept.",
    ),
    "recall": (
        RecallCall,
        "Look up what the user told in earlier conversations, or what was talked about on a day. Call it before you "
        "say that you don't know something about the user.",
    ),
    "forget": (ForgetCall, "Delete stored facts. Call it only when the user asks you to forget something."),
}


def _schema(of: type[ToolCall]) -> dict[str, Any]:
    schema: dict[str, Any] = msgspec.json.schema(of)["$defs"][of.__name__]
    return {key: schema[key] for key in ("type", "properties", "required")}


TOOLS: tuple[ToolSpec, ...] = tuple(ToolSpec(name, words, _schema(call)) for name, (call, words) in CALLS.items())


def read_call(name: str, arguments: str) -> ToolCall:
    """A call of one of `TOOLS`.

    Raises:
        ValueError: The arguments are wrong; one line says which.
    """
    try:
        return msgspec.json.decode(arguments or "{}", type=CALLS[name][0])
    except msgspec.DecodeError as error:
        raise ValueError(f"{name}: {error}") from error

"""What a client may put into the conversation."""

from __future__ import annotations

import base64
import binascii

import msgspec
from msgspec import UNSET

from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.server.checks import check_choice, check_length, new_id

MAX_ID_CHARS = 32

ITEM_TYPES = ("message", "function_call", "function_call_output")
MCP_TYPES = ("mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response")
IMAGE_DETAILS = ("auto", "low", "high")
# role -> what its content may be. An assistant's audio cannot be seeded, only its text.
CONTENT_TYPES: dict[str, tuple[str, ...]] = {
    "user": ("input_text", "input_audio", "input_image"),
    "system": ("input_text",),
    "assistant": ("output_text",),
}
# What an item or part of this type cannot do without.
REQUIRED_FIELDS: dict[str, tuple[str, ...]] = {
    "message": ("role", "content"),
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
    "input_text": ("text",),
    "output_text": ("text",),
    "input_audio": ("audio",),
    "input_image": ("image_url",),
}


def admit(item: Item, where: str = "item") -> tuple[Item, bytes]:
    """The item as the server keeps it (with an id, completed, without its audio) and the audio it brought.

    Args:
        item: As the client wrote it.
        where: What to call it in an error.

    Raises:
        ProtocolError: It is not an item a client may create.
    """
    if item.type in MCP_TYPES:
        message = f"Invalid value: '{item.type}'. This server knows no MCP servers; offer functions as 'tools' instead."
        raise ProtocolError("invalid_value", message, f"{where}.type")
    check_choice(f"{where}.type", item.type, ITEM_TYPES)
    _require(item, item.type, where)
    check_length(f"{where}.id", given(item.id, ""), MAX_ID_CHARS)
    audio = bytearray()
    content: list[ContentPart] = []
    if item.type == "message":
        check_choice(f"{where}.role", item.role, tuple(CONTENT_TYPES))
        for i, part in enumerate(given(item.content, [])):
            here = f"{where}.content[{i}]"
            check_choice(f"{here}.type", part.type, CONTENT_TYPES[str(item.role)])
            _require(part, part.type, here)
            if part.type == "input_image":
                _check_image(part, here)
            audio += _pcm(part, here)
            content.append(_kept(part))
    kept = msgspec.structs.replace(
        item,
        id=given(item.id, "") or new_id("item"),
        object=UNSET,
        status=UNSET if item.type == "function_call_output" else "completed",
        content=content if item.type == "message" else UNSET,
    )
    return kept, bytes(audio)


def _require(thing: Item | ContentPart, kind: str, where: str) -> None:
    for name in REQUIRED_FIELDS[kind]:
        if getattr(thing, name) in (UNSET, None):
            message = f"Missing required parameter: '{where}.{name}'."
            raise ProtocolError("missing_required_parameter", message, f"{where}.{name}")


def _check_image(part: ContentPart, where: str) -> None:
    if not given(part.image_url, "").startswith("data:image/"):
        message = f"Invalid '{where}.image_url': expected a data URL, such as 'data:image/png;base64,...'."
        raise ProtocolError("invalid_value", message, f"{where}.image_url")
    check_choice(f"{where}.detail", given(part.detail, "auto"), IMAGE_DETAILS)


def _pcm(part: ContentPart, where: str) -> bytes:
    if part.type != "input_audio":
        return b""
    try:
        return base64.b64decode(given(part.audio, ""), validate=True)
    except binascii.Error as error:
        message = f"Invalid '{where}.audio': expected standard base64 with padding."
        raise ProtocolError("invalid_value", message, f"{where}.audio") from error


def _kept(part: ContentPart) -> ContentPart:
    """The part as events show it: audio is only shown on request."""
    if part.type == "input_audio":
        return ContentPart("input_audio", transcript=given(part.transcript, None))
    return part

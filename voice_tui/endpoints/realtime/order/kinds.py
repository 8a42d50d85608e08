"""What an item is where its type does not say: who has a role is a message, and so is what speaks or writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import Item

MESSAGE, CALL = "message", "function_call"
TYPES = frozenset({
    *(MESSAGE, CALL, "function_call_output", "reasoning"),
    *("mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response"),
})  # fmt: skip
"""Types of items that are what they say."""
ROLES = ("user", "assistant", "system")
UTTERED = (
    *(se.OutputTextDelta, se.OutputTextDone, se.OutputAudioDelta),
    *(se.OutputAudioTranscriptDelta, se.OutputAudioTranscriptDone),
)
"""What only a message brings."""


def typed(event: Any, tell: Callable[[str, str], None]) -> Any:
    """An event whose items are messages where they have a message's role and no type that anybody knows.

    Args:
        event: Any event of the server's.
        tell: Takes the event's name, and what is odd about it.
    """
    name = event.__struct_config__.tag
    if isinstance(event, se.ResponseDone):
        output = [_typed(item, name, tell) for item in event.response.output]
        if all(new is old for new, old in zip(output, event.response.output, strict=True)):
            return event
        return msgspec.structs.replace(event, response=msgspec.structs.replace(event.response, output=output))
    if not hasattr(event, "item"):
        return event
    item = _typed(event.item, name, tell)
    return event if item is event.item else msgspec.structs.replace(event, item=item)


def _typed(item: Item, name: str, tell: Callable[[str, str], None]) -> Item:
    if item.type in TYPES or item.role not in ROLES:
        return item
    if item.type:  # else it was said to be missing
        tell(name, f"an item of type {item.type!r} has a role: it is taken for a message")
    return msgspec.structs.replace(item, type=MESSAGE)

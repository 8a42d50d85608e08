"""Events of an answer, with our names in them."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.endpoints.realtime.wire import server_events as se


def key(item_id: Any, place: int) -> str:
    """What the server calls an item; its place in the answer where it calls it nothing."""
    return item_id if isinstance(item_id, str) and item_id else f"#{place}"


def nameless(theirs: str) -> bool:
    """Whether this `key` is a place."""
    return theirs.startswith("#")


def done(event: se.ResponseDone, **changes: Any) -> se.ResponseDone:
    """The end of an answer, with some fields of the response changed."""
    return msgspec.structs.replace(event, response=msgspec.structs.replace(event.response, **changes))


def piece(event: Any, response_id: str, item_id: str) -> Any:
    """A piece of an answer, or its item, as this response's and this item's."""
    if hasattr(event, "item"):
        if event.item.id == item_id and event.response_id == response_id:
            return event
        item = event.item if event.item.id == item_id else msgspec.structs.replace(event.item, id=item_id)
        return msgspec.structs.replace(event, response_id=response_id, item=item)
    if event.item_id == item_id and event.response_id == response_id:
        return event
    return msgspec.structs.replace(event, response_id=response_id, item_id=item_id)

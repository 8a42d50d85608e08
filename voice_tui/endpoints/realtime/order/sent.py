"""Items that we put into the conversation: a server may take them and give them names of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.endpoints.realtime.order.names import Names
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.items import Item

ADDED = "conversation.item.added"
KEPT = 4_096  # a server that never says that they are there must not fill the memory


class SentItems:
    """Follows our items from their way out until the server says that they are there.

    Args:
        names: Of all items.
        oddities: Take what is to be said.
    """

    def __init__(self, names: Names, oddities: Oddities) -> None:
        self._names, self._oddities = names, oddities
        self._waiting: dict[str, object] = {}  # ours → what tells it from others
        self._otherwise: dict[str, str] = {}  # ours → what the server called it when it came back

    def sent(self, item: Item) -> None:
        """An item is on its way."""
        if isinstance(item.id, str):
            self._waiting[item.id] = _content(item)
            newest(self._waiting, KEPT)

    def read(self, event: Any) -> Any:
        """An event of the server; one of ours that comes back under another name gets its own."""
        if self._otherwise and isinstance(event, se.ConversationItemDone):
            self._names.drop(self._otherwise.pop(str(event.item.id), ""))  # it has our name after all
        if not self._waiting or not isinstance(event, se.ConversationItemAdded):
            return event
        item = event.item
        if isinstance(item.id, str) and self._waiting.pop(item.id, None) is not None:
            return event
        content = _content(item)
        ours = next((name for name, sent in self._waiting.items() if sent == content), None)
        if ours is None:
            return event
        del self._waiting[ours]
        self._oddities.tell(ADDED, "it names another item than the one that was sent: they count as one")
        if isinstance(item.id, str) and item.id:
            self._names.call(item.id, ours)
            self._otherwise[ours] = item.id
        return msgspec.structs.replace(event, item=msgspec.structs.replace(item, id=ours))

    def connection_lost(self) -> None:
        """The session that they were sent to is gone."""
        self._waiting.clear()
        self._otherwise.clear()


def _content(item: Item) -> object:
    """What tells an item from others; where nothing does, it is like none."""
    spoken = any(part.type == "input_audio" for part in item.content or [])
    words = item.text.strip()
    return (item.type, item.role, item.call_id, spoken, words) if words or item.call_id else object()

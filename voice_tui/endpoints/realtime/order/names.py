"""Names of items: a server may use one twice, or call one item by two; here each item has one name of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se

SIGN = "~"  # behind a name that the server has used before


class Names:
    """Two tables: the server's name → ours, of the newest item that it calls so; ours → the server's."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}
        self._theirs: dict[str, str] = {}
        self._number = 0

    def new(self, base: str) -> str:
        """A name that no item has: of an item that the server calls ``base``, or does not name at all."""
        self._number += 1
        return f"{base}{SIGN}{self._number}"

    def call(self, theirs: str, ours: str) -> None:
        """The server calls an item so."""
        if theirs and theirs != ours:
            self._ours[theirs], self._theirs[ours] = ours, theirs

    def drop(self, theirs: str) -> None:
        """The server calls nothing so after all."""
        self._theirs.pop(self._ours.pop(theirs, ""), None)

    def free(self, theirs: str) -> bool:
        """Whether the server calls nothing else so."""
        return bool(theirs) and theirs not in self._ours

    def ours(self, theirs: str) -> str:
        """Our name of what the server calls so now."""
        return self._ours.get(theirs, theirs)

    def theirs(self, ours: str) -> str:
        """The server's name of an item of ours."""
        return self._theirs.get(ours, ours)

    def made_up(self, ours: str) -> bool:
        """Whether a name is ours alone: the server has named the item nowhere."""
        return SIGN in ours and ours not in self._theirs

    # ---- events

    def read(self, event: Any) -> Any:
        """An event of the server about an item, with our name for it."""
        if not self._ours:
            return event
        if isinstance(event, se.ConversationItemAdded | se.ConversationItemDone):
            event = self._renamed(event, "previous_item_id", self._ours)
            item = self._renamed(event.item, "id", self._ours)
            return event if item is event.item else msgspec.structs.replace(event, item=item)
        for field in ("item_id", "previous_item_id"):
            event = self._renamed(event, field, self._ours)
        return event

    def written(self, event: ce.ClientEvent) -> ce.ClientEvent:
        """An event of ours, with the server's name."""
        if self._theirs:
            for field in ("item_id", "previous_item_id"):
                event = self._renamed(event, field, self._theirs)
        return event

    @staticmethod
    def _renamed(struct: Any, field: str, names: dict[str, str]) -> Any:
        name = getattr(struct, field, None)
        other = names.get(name) if isinstance(name, str) else None
        return struct if other is None else msgspec.structs.replace(struct, **{field: other})

    def connection_lost(self) -> None:
        """Another session calls nothing by these names."""
        self._ours.clear()
        self._theirs.clear()

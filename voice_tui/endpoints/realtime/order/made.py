"""An answer that has begun, as far as it is known which items it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.endpoints.realtime.order.kinds import MESSAGE


@dataclass(slots=True, eq=False)
class Made:
    """A response that has begun.

    Attributes:
        id: Its name.
        items: The server's name of each item (or its place, where it has none) → ours.
        done: Items that get nothing more.
        entered: Items that the conversation has.
        types: Item → what it is.
        announced: Items that were said to begin → their places in the answer.
        stopped: It was cancelled: nothing more of it is to be heard.
        heard: When the server last said something about it, s.
    """

    id: str
    items: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    announced: dict[str, int] = field(default_factory=dict)
    stopped: bool = False
    heard: float = 0.0

    @property
    def complete(self) -> bool:
        """It has items, and none of them gets anything more."""
        return bool(self.items) and self.done >= set(self.items.values())

    @property
    def messages(self) -> int:
        """How many of the items are messages."""
        return sum(kind == MESSAGE for kind in self.types.values())

    def going_on(self, place: int, kind: str) -> str | None:
        """The item of this kind that was said to begin at this place, and gets more; None: there is none."""
        begun = (ours for ours, at in reversed(self.announced.items()) if at == place and self.types[ours] == kind)
        return next((ours for ours in begun if ours not in self.done), None)

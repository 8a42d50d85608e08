"""An answer that has begun, as far as it is known which items it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.endpoints.realtime.order.kinds import MESSAGE, TYPES


@dataclass(slots=True, eq=False)
class Made:
    """A response that has begun.

    Attributes:
        id: Its name.
        made_up: The server has not named it: its name is ours alone.
        also: What else the server calls it; "" where it spoke of it without a name.
        items: The server's name of each item (or its place, where it has none) → ours.
        done: Items that get nothing more.
        entered: Items that the conversation has.
        types: Item → what it is.
        announced: Items that were said to begin → their places in the answer.
        nameless: Those of them that the server has not named yet.
        over: The server has said that it ended.
        heard: When the server last said something about it, s.
    """

    id: str
    made_up: bool = False
    also: set[str] = field(default_factory=set)
    items: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)
    announced: dict[str, int] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    over: bool = False
    heard: float = 0.0

    def called(self, response_id: str) -> bool:
        """Whether the server calls it so."""
        return response_id == self.id or response_id in self.also

    @property
    def name(self) -> str:
        """What the server knows it by; "" where it has not named it, or calls it by more than one name."""
        names = {*self.also, *(() if self.made_up else (self.id,))} - {""}
        return names.pop() if len(names) == 1 else ""

    @property
    def complete(self) -> bool:
        """It has items, and none of them gets anything more."""
        return bool(self.items) and self.done >= set(self.items.values())

    @property
    def messages(self) -> int:
        """How many of the items are messages."""
        return sum(kind == MESSAGE for kind in self.types.values())

    def unnamed(self, kind: str) -> str:
        """The one item of this kind that began without a name; "" where there is none, or more than one."""
        begun = [ours for ours in self.nameless if self._can_be(ours, kind)]
        return begun[0] if len(begun) == 1 else ""

    def going_on(self, place: int, kind: str) -> str | None:
        """The item of this kind that was said to begin at this place, and gets more; None: there is none."""
        begun = (o for o, at in reversed(self.announced.items()) if at == place and self._can_be(o, kind))
        return next((ours for ours in begun if ours not in self.done), None)

    def _can_be(self, ours: str, kind: str) -> bool:
        """Whether an item is of this kind, or of none that is known."""
        return self.types[ours] == kind or self.types[ours] not in TYPES

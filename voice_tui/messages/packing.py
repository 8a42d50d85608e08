"""How an event of a wire is put on a tape by whoever does not speak it, and taken off again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn


class Packed(NamedTuple):
    """An event, ready for a tape.

    Attributes:
        fields: JSON: texts, numbers, lists, objects.
        audio: The sound that was in it, int16 little-endian mono at 24 kHz; empty where there was none.
    """

    fields: dict[str, Any]
    audio: bytes = b""


@dataclass(frozen=True, slots=True)
class Packing:
    """How the events of a family are packed.

    Attributes:
        pack: From an event to what stands for it.
        unpack: The other way; the event is equal to what it was.
    """

    pack: Callable[[object], Packed]
    unpack: Callable[[Packed], object]


def _cannot(_: object) -> NoReturn:
    raise TypeError("the events of this endpoint can't be put on a tape")


UNPACKABLE = Packing(_cannot, _cannot)
"""Of a wire that nobody here can keep."""

"""What context management and tools ask of the drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class CallTool:
    """Carry out a tool; answered by `ToolFinished` with the same ``call_id``.

    Attributes:
        call_id: The call.
        name: One of the profile's tools.
        arguments: A JSON object, as text.
    """

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Embed:
    """Make a vector of a text; answered by `Engine.receive_embedding` with the same ``key``."""

    key: str
    text: str


ContextCommand: TypeAlias = CallTool | Embed

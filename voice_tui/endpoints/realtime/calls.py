"""The calls of an answer, from the model's wish to their outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from voice_tui.messages.tools import TIMEOUT_S


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        item_id, call_id, name, arguments: As the model gave them.
        timeout_s: It may take so long, s.
        asks: Somebody has to agree first.
        begun: When it was carried out, s; None: it was not.
        output: What the model is told; None: nothing yet.
    """

    item_id: str
    call_id: str
    name: str
    arguments: str
    timeout_s: float = TIMEOUT_S
    asks: bool = False
    begun: float | None = None
    output: str | None = None


@dataclass(slots=True)
class Batch:
    """The calls of one response, by call id; ``turn`` is the user's turn that it answered."""

    turn: int
    calls: dict[str, Call] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Every call has its output."""
        return all(call.output is not None for call in self.calls.values())


def open_calls(batches: Iterable[Batch]) -> list[tuple[Batch, Call]]:
    """The calls that have no output yet."""
    return [(batch, call) for batch in batches for call in batch.calls.values() if call.output is None]


def asked_calls(batches: Iterable[Batch]) -> list[tuple[Batch, Call]]:
    """Those of them that somebody has to agree to first."""
    return [(batch, call) for batch, call in open_calls(batches) if call.asks]

"""What a pool knows of one endpoint: the connections to it that wait, and those that are in use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from voice_tui.drivers.failures import LastError
from voice_tui.endpoints.providers import Endpoint


class Member(Protocol):
    """A connection as a pool sees it."""

    @property
    def open(self) -> bool:
        """It is there, and nobody has said goodbye."""
        ...

    @property
    def last_error(self) -> LastError:
        """What its server said last that was wrong."""
        ...

    async def ready(self) -> None:
        """Wait until it is open and configured.

        Raises:
            Exception: What ended it.
        """
        ...

    async def ping(self, seconds: float) -> bool:
        """Whether the other end answers within so long."""
        ...

    async def close(self) -> None:
        """Say goodbye."""
        ...


M = TypeVar("M", bound=Member)


@dataclass(slots=True)
class Waiting(Generic[M]):
    """One that waits: since when, and when it was last asked whether it is there; s."""

    member: M
    since: float
    asked: float


@dataclass(slots=True)
class Shelf(Generic[M]):
    """What is known of one endpoint; its key may be a newer one than that of those which wait.

    ``problem`` is why none could be opened, as it was told last; "" once one was.
    """

    endpoint: Endpoint
    wanted_at: float
    waiting: list[Waiting[M]] = field(default_factory=list)
    lent: list[M] = field(default_factory=list)
    opening: int = 0
    failures: int = 0
    problem: str = ""
    next_try: float = 0.0
    freed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def count(self) -> int:
        """All of them, those that are being opened as well."""
        return len(self.waiting) + len(self.lent) + self.opening

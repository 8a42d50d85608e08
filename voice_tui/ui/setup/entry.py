"""What the screen of setup works with: where an endpoint is kept, and how it is tried."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_tui.endpoints.providers import Endpoint

if TYPE_CHECKING:
    from voice_tui.drivers.handshake import Handshake


async def _shaken(endpoint: Endpoint) -> Handshake:
    from voice_tui.drivers.handshake import shake  # the sockets are loaded when somebody connects

    return await shake(endpoint)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One place to keep it.

    Attributes:
        env: The ``.env`` file.
        words: What it means to keep it there.
    """

    env: Path
    words: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """For the whole run.

    Attributes:
        shelves: Where it can be kept; the first is what most want.
        config: The config file, for endpoints that have a name.
        shake: Tries whether an endpoint lets us in.
        environment: Variables that would win over what is kept.
    """

    shelves: tuple[Shelf, ...] = ()
    config: Path = Path("config.toml")
    shake: Callable[[Endpoint], Awaitable[Handshake]] = _shaken
    environment: Callable[[], dict[str, str]] = lambda: dict(os.environ)

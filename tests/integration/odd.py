"""A server that does what it is told wrong, on a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import serve

from tests.support.odd_server import Oddities, serving


@asynccontextmanager
async def odd_server(odd: Oddities, **options: Any) -> AsyncIterator[str]:
    """Its address.

    Args:
        odd: What is wrong with it.
        options: Of the socket.
    """
    async with serve(serving(odd), "127.0.0.1", 0, **options) as listening:
        yield f"ws://127.0.0.1:{next(iter(listening.sockets)).getsockname()[1]}/v1/realtime?model=m"

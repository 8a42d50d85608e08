"""What a session is carried by: one websocket, or anything else that carries messages both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias

from websockets.asyncio.client import ClientConnection, connect

from voice_tui.endpoints.providers import Endpoint

HANDSHAKE_TIMEOUT_S = 10.0
MAX_MESSAGE_BYTES = 32 * 1024 * 1024  # an append of 15 MiB comes back bigger in base64 when an item is retrieved


class Transport(Protocol):
    """One connection. Both methods raise `websockets.exceptions.ConnectionClosed` once it is over."""

    async def send(self, raw: bytes) -> None:
        """Send a message; waits while the other side takes nothing."""
        ...

    async def receive(self) -> bytes:
        """The next message."""
        ...


Connect: TypeAlias = Callable[[Endpoint], AbstractAsyncContextManager[Transport]]
"""Opens a connection to an endpoint, and closes it when the block is left.

It raises what `websockets.connect` raises: `InvalidStatus`, `InvalidURI`, `InvalidHandshake`, `TimeoutError`,
`OSError`.
"""


class _Websocket:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, raw: bytes) -> None:
        await self._socket.send(raw, text=True)

    async def receive(self) -> bytes:
        return await self._socket.recv(decode=False)


@asynccontextmanager
async def websocket(endpoint: Endpoint) -> AsyncIterator[Transport]:
    """A websocket; keys travel in its handshake headers."""
    async with connect(
        endpoint.url,
        additional_headers={name: secret.reveal() for name, secret in endpoint.headers.items()},
        open_timeout=HANDSHAKE_TIMEOUT_S,
        compression=None,  # audio in base64 gains little and costs half the CPU
        max_size=MAX_MESSAGE_BYTES,
        close_timeout=1.0,
    ) as socket:
        yield _Websocket(socket)

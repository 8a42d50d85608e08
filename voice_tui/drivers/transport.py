"""What a session is carried by: one websocket, or anything else that carries messages both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeAlias

from voice_tui.drivers.failures import request_of
from voice_tui.drivers.keepalive import CountingClient
from voice_tui.drivers.route import UNREACHED, ProxyFailed, Unredirected, proxy_for, way
from voice_tui.endpoints.providers import Endpoint

HANDSHAKE_TIMEOUT_S = 10.0
GOODBYE_S = 1.0
MAX_MESSAGE_BYTES = 32 * 1024 * 1024  # an append of 15 MiB comes back bigger in base64 when an item is retrieved


class Transport(Protocol):
    """One connection. Its methods raise `websockets.exceptions.ConnectionClosed` once it is over."""

    @property
    def heard(self) -> int:
        """Bytes that have arrived, also of a message that is not complete."""
        ...

    @property
    def request_id(self) -> str:
        """What the endpoint calls this connection, for its support; "" where it gave no name."""
        ...

    async def ask(self) -> Awaitable[float]:
        """Ask the other side whether it is there, see `keepalive.Peer`; waits while it takes nothing."""
        ...

    async def send(self, raw: bytes) -> None:
        """Send a message; waits while the other side takes nothing."""
        ...

    async def receive(self) -> bytes:
        """The next message."""
        ...


Connect: TypeAlias = Callable[[Endpoint], AbstractAsyncContextManager[Transport]]
"""Opens a connection to an endpoint, and closes it when the block is left.

It raises what `websockets.connect` raises: `InvalidStatus`, `InvalidURI`, `InvalidHandshake`, `TimeoutError`,
`OSError`; and `ProxyFailed` for everything that goes wrong before a proxy has led to the endpoint.
"""


class _Websocket:
    def __init__(self, socket: CountingClient) -> None:
        self._socket = socket

    @property
    def heard(self) -> int:
        return self._socket.heard

    @property
    def request_id(self) -> str:
        return request_of(self._socket.response.headers) if self._socket.response else ""

    async def ask(self) -> Awaitable[float]:
        return await self._socket.ask()

    async def send(self, raw: bytes) -> None:
        await self._socket.send(raw, text=True)

    async def receive(self) -> bytes:
        return await self._socket.recv(decode=False)


@asynccontextmanager
async def websocket(endpoint: Endpoint) -> AsyncIterator[Transport]:
    """A websocket; keys travel in its handshake headers, and to no other address.

    However the block is left, the goodbye is a normal one.
    """
    proxy = proxy_for(endpoint)
    reached = False

    class Client(CountingClient):
        """It is made once a line to the endpoint is there, also through a proxy."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            nonlocal reached
            reached = True
            super().__init__(*arguments, **named)

    opening = Unredirected(
        endpoint.url,
        additional_headers={name: secret.reveal() for name, secret in endpoint.headers.items()},
        open_timeout=HANDSHAKE_TIMEOUT_S,
        compression=None,  # audio in base64 gains little and costs half the CPU
        max_size=MAX_MESSAGE_BYTES,
        ping_interval=None,  # see `keepalive`
        close_timeout=GOODBYE_S,
        create_connection=Client,
        **way(endpoint, proxy),
    )
    try:
        socket = await opening
    except UNREACHED as error:
        if proxy is not None and not reached:
            raise ProxyFailed(proxy, error) from None
        if isinstance(error, TimeoutError):
            raise TimeoutError(
                f"no answer within {HANDSHAKE_TIMEOUT_S:g} s: check the address and the network"
            ) from None
        raise
    assert isinstance(socket, CountingClient)
    try:
        yield _Websocket(socket)
    finally:
        await say_goodbye(socket)


async def say_goodbye(socket: CountingClient) -> None:
    """Close with 1000; a line that takes nothing is cut."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            await socket.close()
    except TimeoutError:
        socket.transport.abort()

"""A tap on the wire between a client that nobody here wrote and the server: everything passes, everything is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.wire import Record
from voice_tui.server.server import select_subprotocol

PASSED_ON = ("Authorization", "api-key", "OpenAI-Beta")


@dataclass
class Tap:
    """Where clients connect, and what they and the server said."""

    url: str = ""
    records: list[Record] = field(default_factory=list)

    def of(self, type: str) -> list[dict[str, Any]]:
        """The events of a type, whoever sent them."""
        return [record["event"] for record in self.records if record["event"]["type"] == type]

    @property
    def open(self) -> int:
        """How many answers are being made."""
        return len(self.of("response.created")) - len(self.of("response.done"))


@asynccontextmanager
async def tapped(url: str, dialect: str = "ga") -> AsyncIterator[Tap]:
    """A tap in front of a server.

    Args:
        url: Of the server, without a query.
        dialect: What is spoken, for whoever judges the records.
    """
    tap = Tap()
    host = urlsplit(url).netloc

    async def relay(client: ServerConnection) -> None:
        request = client.request
        assert request is not None
        headers = [(name, value) for name in PASSED_ON for value in request.headers.get_all(name)]
        offered = [
            Subprotocol(name.strip())
            for line in request.headers.get_all("Sec-WebSocket-Protocol")
            for name in line.split(",")
        ]
        session = len({record["session"] for record in tap.records})
        async with connect(
            f"ws://{host}{request.path}",
            additional_headers=headers,
            subprotocols=offered or None,
            max_size=None,
            proxy=None,
        ) as server:

            async def pass_on(source: Any, sink: ClientConnection | ServerConnection, direction: str) -> None:
                with suppress(ConnectionClosed):
                    async for message in source:
                        event = json.loads(message)
                        tap.records.append({"dir": direction, "dialect": dialect, "event": event, "session": session})
                        await sink.send(message)
                await sink.close()

            async with asyncio.TaskGroup() as both:
                both.create_task(pass_on(client, server, "client"))
                both.create_task(pass_on(server, client, "server"))

    options: Any = {"max_size": None, "compression": None, "select_subprotocol": select_subprotocol}
    async with serve(relay, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        tap.url = f"ws://127.0.0.1:{port}"
        yield tap

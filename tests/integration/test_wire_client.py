"""The client of the server's tests judges what was said to it."""

import json

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.integration.wire_client import client_of
from tests.wire.story import Story

pytestmark = pytest.mark.wall_clock

GREETING = Story(1).whole()[0]["event"]


async def test_a_server_that_breaks_a_rule_is_caught_when_the_client_leaves() -> None:
    async def greet_twice(connection: ServerConnection) -> None:
        for number in "12":
            await connection.send(json.dumps({**GREETING, "event_id": number}))
        await connection.wait_closed()

    async with serve(greet_twice, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(AssertionError, match="greets_first"):
            async with client_of(f"ws://127.0.0.1:{port}") as client:
                await client.until("session.created", 2)

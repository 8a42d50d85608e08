"""The network in memory ends a connection as a websocket does, and its workers take their time one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK, InvalidStatus

from tests.simulation.network import Network
from tests.simulation.world import World, simulate
from tests.support.server_fakes import LoudIsSpeech
from voice_tui.drivers.keepalive import AWAITED, LOOK_S, QUIET, SilentError, keep_alive
from voice_tui.drivers.transport import Transport
from voice_tui.endpoints.providers import Endpoint
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import InlineExecutor, StandstillError, VirtualLoop
from voice_tui.server.sender import ClientLink

ENDPOINT = Endpoint("embedded", "ws://simulated/v1/realtime", "demo")
Serve = Callable[[ClientLink], Awaitable[None]]
Told = list[tuple[float, bytes]]


class Echo:
    """Gives back what it gets, and keeps how its connection ended."""

    def __init__(self) -> None:
        self.end: object = None

    async def __call__(self, connection: ClientLink) -> None:
        try:
            async for message in connection:
                assert isinstance(message, str)
                await connection.send(message.encode())
            self.end = "goodbye"
        except ConnectionClosed as error:
            self.end = error


def connected(client: Callable[[Transport, Network, VirtualLoop], Awaitable[Any]], serve: Serve) -> Any:
    """What the client makes of a connection."""

    async def main(loop: VirtualLoop) -> Any:
        network = Network(loop, 1, serve)
        async with network.connect(ENDPOINT) as transport:
            return await client(transport, network, loop)

    return virtual_time.run(main)


def test_a_message_is_under_way_for_the_latency_and_a_throttled_line_takes_longer() -> None:
    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> list[float]:
        took = []
        for bytes_per_s in (10e6, 1_000):
            network.throttle(bytes_per_s)
            start = loop.time()
            await transport.send(b"x" * 1_000)
            await transport.receive()
            took.append(loop.time() - start)
        return took

    assert connected(client, Echo()) == [pytest.approx(0.04, abs=0.001), pytest.approx(2.04, abs=0.001)]


def test_what_is_under_way_stalls_too_and_then_comes_at_once_and_in_order() -> None:
    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> Told:
        start = loop.time()
        network.jitter(0.01)
        for number in range(3):
            await transport.send(str(number).encode())
        network.stall(5.0)
        return [(loop.time() - start, await transport.receive()) for _ in range(3)][1:]

    late = connected(client, Echo())
    assert [message for _, message in late] == [b"1", b"2"]
    assert all(5.0 <= at < 5.1 for at, _ in late)


def test_a_goodbye_comes_behind_what_was_said_before_it() -> None:
    async def serve(connection: ClientLink) -> None:
        await connection.send(b"one last thing")
        await connection.close(1001, "the hour is over")

    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> tuple[bytes, ConnectionClosed]:
        last = await transport.receive()
        with pytest.raises(ConnectionClosedOK) as told:
            await transport.receive()
        return last, told.value

    last, closed = connected(client, serve)
    assert last == b"one last thing"
    assert closed.rcvd is not None
    assert (closed.rcvd.code, closed.rcvd.reason) == (1001, "the hour is over")


def test_a_close_with_another_code_is_an_error_with_its_words() -> None:
    async def serve(connection: ClientLink) -> None:
        await connection.close(3000, "invalid_api_key")

    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> ConnectionClosed:
        with pytest.raises(ConnectionClosedError) as told:
            await transport.receive()
        return told.value

    closed = connected(client, serve)
    assert closed.rcvd is not None
    assert (closed.rcvd.code, closed.rcvd.reason) == (3000, "invalid_api_key")


def test_a_drop_ends_both_ends_without_a_code_and_loses_what_is_under_way() -> None:
    server = Echo()

    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> ConnectionClosed:
        await transport.send(b"never heard")
        network.drop()
        with pytest.raises(ConnectionClosedError) as told:
            await transport.receive()
        with pytest.raises(ConnectionClosedError):
            await transport.send(b"too late")
        await asyncio.sleep(1)
        return told.value

    assert connected(client, server).rcvd is None
    assert isinstance(server.end, ConnectionClosedError)


def test_a_quiet_line_stays_open_and_a_silent_one_ends_when_nobody_answers() -> None:
    server = Echo()

    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> tuple[float, str]:
        life = asyncio.create_task(keep_alive(transport))
        await asyncio.sleep(10 * (QUIET.ask_s + QUIET.answer_s))
        assert not life.done(), "its pings are answered"
        await transport.send(b"still there?")
        assert await transport.receive() == b"still there?"
        network.half_close()
        start = loop.time()
        with pytest.raises(SilentError) as told:
            await life
        return loop.time() - start, str(told.value)

    took, words = connected(client, server)
    assert QUIET.ask_s + QUIET.answer_s <= took <= QUIET.ask_s + QUIET.answer_s + 2 * LOOK_S
    assert "no answer to a ping" in words
    assert server.end == "goodbye", "the client leaves with a goodbye"


def test_whoever_waits_for_a_word_asks_sooner() -> None:
    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> float:
        waiting = False
        life = asyncio.create_task(keep_alive(transport, lambda: waiting))
        network.half_close()
        await asyncio.sleep(QUIET.ask_s - 1)
        waiting, start = True, loop.time()
        with pytest.raises(SilentError):
            await life
        return loop.time() - start

    took = connected(client, Echo())
    assert AWAITED.ask_s + AWAITED.answer_s <= took <= AWAITED.ask_s + AWAITED.answer_s + 2 * LOOK_S


@pytest.mark.parametrize("waits", [True, False])
def test_a_message_that_takes_a_minute_is_a_sign_of_life_all_the_time(waits: bool) -> None:
    """No pong can pass the message that is under way, so only its bytes say that somebody is there."""

    async def serve(connection: ClientLink) -> None:
        await asyncio.sleep(1)
        await connection.send(b"x" * 6_000_000)
        async for _ in connection:
            pass

    async def client(transport: Transport, network: Network, loop: VirtualLoop) -> float:
        network.throttle(100_000)
        start = loop.time()
        life = asyncio.create_task(keep_alive(transport, lambda: waits))
        assert len(await transport.receive()) == 6_000_000
        assert not life.done()
        life.cancel()
        return loop.time() - start

    assert connected(client, serve) > 60.0


@pytest.mark.parametrize(
    ("status", "down", "error"), [(503, False, InvalidStatus), (101, True, ConnectionRefusedError)]
)
def test_a_handshake_may_be_refused(status: int, down: bool, error: type[Exception]) -> None:
    async def main(loop: VirtualLoop) -> None:
        network = Network(loop, 1, Echo())
        network.status, network.down = status, down
        async with network.connect(ENDPOINT):
            raise AssertionError("it was open")

    with pytest.raises(error):
        virtual_time.run(main)


@pytest.mark.parametrize(("workers", "done_at"), [(1, [0.5, 1.0, 1.5]), (2, [0.5, 0.5, 1.0])])
def test_a_worker_does_one_thing_at_a_time(workers: int, done_at: list[float]) -> None:
    async def main(loop: VirtualLoop) -> list[float]:
        executor = InlineExecutor(loop, 0.5, workers)
        start = loop.time()

        async def work() -> float:
            await loop.run_in_executor(executor, random.random)
            return round(loop.time() - start, 6)

        return await asyncio.gather(*(work() for _ in range(3)))

    assert virtual_time.run(main) == done_at


def test_a_worker_that_is_shut_down_has_done_everything_in_order() -> None:
    async def main(loop: VirtualLoop) -> list[int]:
        executor = InlineExecutor(loop, 0.5)
        done: list[int] = []
        for number in range(3):
            executor.submit(done.append, number)
        executor.shutdown()
        with pytest.raises(RuntimeError):
            executor.submit(done.append, 3)
        return done

    assert virtual_time.run(main) == [0, 1, 2]


def test_where_everything_waits_it_is_said_who() -> None:
    async def main(loop: VirtualLoop) -> None:
        await asyncio.gather(loop.create_task(asyncio.Event().wait(), name="forgotten"))

    with pytest.raises(StandstillError, match="forgotten"):
        virtual_time.run(main)


def test_what_nobody_handles_fails_the_simulation() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.loop.call_soon(lambda: [][0])
        await world.wait(0.1)

    with pytest.raises(IndexError):
        simulate(scene)


def test_a_server_that_fails_is_logged_and_the_client_comes_back() -> None:
    async def scene(world: World) -> None:
        await world.live()
        hear = LoudIsSpeech.hear
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LoudIsSpeech, "hear", lambda judge, pcm: 1 / 0)
            await world.until(lambda: not world.runner.live, "the connection is lost")
        assert LoudIsSpeech.hear is hear
        await world.live()
        await world.say("Hello there.")
        await world.quiet()

    world = simulate(scene)
    assert world.network.connections == 2
    assert len(world.logged) == 1
    assert "ZeroDivisionError" in world.logged[0]
    assert [e["error"]["code"] for e in world.received("error")] == ["server_error"], "it is heard before the goodbye"
    assert [role for role, _ in world.said] == ["user", "assistant"]

"""Whatever happens to a line: afterwards one can talk again, or there is one line that says why not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from tests.simulation import erring
from tests.simulation.erring import ErringServer
from tests.simulation.world import World, simulate
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.talk import Announced
from voice_tui.server.sender import ClientLink

QUESTION, NEXT = "What is nine plus four?", "And what did I ask you before?"
MOST_LINES = 3

Fault = Callable[[World, ErringServer], Awaitable[None]]


def closed(code: int, reason: str = "") -> Fault:
    async def fault(world: World, server: ErringServer) -> None:
        await server.close(code, reason)

    return fault


def refused(status: int, away_s: float = 3.0) -> Fault:
    async def fault(world: World, server: ErringServer) -> None:
        world.network.status = status
        world.network.drop()
        await world.wait(away_s)
        world.network.status = 101

    return fault


async def dropped(world: World, server: ErringServer) -> None:
    world.network.drop()


async def half_open(world: World, server: ErringServer) -> None:
    world.network.half_close()


async def stalled(world: World, server: ErringServer) -> None:
    world.network.stall(6.0)


async def delayed(world: World, server: ErringServer) -> None:
    world.network.delay(0.8)


async def throttled(world: World, server: ErringServer) -> None:
    world.network.throttle(75_000)


async def away(world: World, server: ErringServer) -> None:
    world.network.down = True
    world.network.drop()
    await world.wait(5.0)
    world.network.down = False


async def error_storm(world: World, server: ErringServer) -> None:
    for _ in range(1_000):
        await server.say(erring.error("something went wrong"))


def said_and_closed(error_code: str, code: int = 1000) -> Fault:
    async def fault(world: World, server: ErringServer) -> None:
        await server.say(
            {"type": "error", "error": {"type": "server_error", "code": error_code, "message": "So it is."}}
        )
        await server.close(code, "")

    return fault


PASSING: dict[str, Fault] = {
    "drop": dropped,
    "half-open": half_open,
    "stall": stalled,
    "delay": delayed,
    "throttle": throttled,
    "nobody listens": away,
    "error storm": error_storm,
    "close 1000": closed(1000),
    "close 1001": closed(1001, "going away"),
    "close 1011": closed(1011, "internal error"),
    "close 1013": closed(1013),
    "close 4321": closed(4321, "whatever"),
    "session_expired": said_and_closed("session_expired"),
    "HTTP 429": refused(429),
    "HTTP 503": refused(503),
}
FINAL: dict[str, tuple[Fault, str]] = {
    "close 3000": (closed(3000, "invalid_request_error.invalid_api_key"), "a key is wanted, and none was sent"),
    "close 4000": (closed(4000, "no such thing"), "no such thing"),
    "quota, close 1000": (said_and_closed("insufficient_quota"), "close 1000, the quota is used up"),
    "account, close 1011": (said_and_closed("account_deactivated", 1011), "the account may not be used"),
    "HTTP 401": (refused(401), "HTTP 401, a key is wanted, and none was sent"),
    "HTTP 404": (refused(404), "HTTP 404, nothing is there"),
}


def with_fault(fault: Fault, worlds: list[World]) -> World:
    servers: list[ErringServer] = []

    def serve(world: World) -> ErringServer:
        worlds.append(world)
        servers.append(ErringServer(lambda: world.now, world.service))
        return servers[0]

    async def scene(world: World) -> None:
        await world.live()
        await world.say(QUESTION)
        await world.quiet()
        await fault(world, servers[0])
        await world.until(lambda: world.runner.live, "one can talk again", 60.0)
        await world.say(NEXT)
        await world.until(lambda: [role for role, _ in world.said][2:] == ["user", "assistant"], "it is answered", 60.0)
        await world.quiet(3.0)

    return simulate(scene, serve=serve)


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_costs_nothing_that_was_said(name: str) -> None:
    world = with_fault(PASSING[name], [])
    said = [text for role, text in world.said if role == "user"]
    assert said == [QUESTION, NEXT]
    assert "nine plus four" in world.said[-1][1]
    assert len(world.told(Announced)) <= MOST_LINES


@pytest.mark.parametrize("name", FINAL)
def test_a_fault_that_trying_cannot_mend_ends_with_one_line_and_what_was_said_is_kept(name: str) -> None:
    fault, words = FINAL[name]
    worlds: list[World] = []
    with pytest.raises(ConnectionFailed) as failure:
        with_fault(fault, worlds)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)
    assert [row.text for row in worlds[0].rows if row.role == "user"] == [QUESTION]


@pytest.mark.parametrize("time", range(24))
def test_why_a_line_ended_is_what_its_reader_says_whoever_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, time: int
) -> None:
    async def given_up(*_: object) -> None:
        raise asyncio.CancelledError

    async def leaving(link: ClientLink) -> None:
        await link.close(3000, "invalid_request_error.invalid_api_key")

    async def scene(world: World) -> None:
        await world.wait(8.0 + time)

    monkeypatch.setattr("voice_tui.drivers.line.measure", given_up)
    with pytest.raises(ConnectionFailed, match="a key is wanted"):
        simulate(scene, serve=lambda world: leaving)


@pytest.mark.parametrize("hangs_on", [True, False])
def test_a_server_whose_only_word_is_that_the_key_is_wrong_is_left_at_once(hangs_on: bool) -> None:
    async def refusing(link: ClientLink) -> None:
        error = {"type": "invalid_request_error", "code": "invalid_api_key", "message": "Incorrect key."}
        await link.send(json.dumps({"type": "error", "error": error}).encode())
        if hangs_on:
            await asyncio.sleep(3_600)
        await link.close(1000)

    worlds: list[World] = []

    async def scene(world: World) -> None:
        worlds.append(world)
        await world.wait(8.0)

    with pytest.raises(ConnectionFailed, match=r"a key is wanted, and none was sent.*.*Incorrect key"):
        simulate(scene, serve=lambda world: refusing)
    assert worlds[0].network.connections == 1


def test_a_server_that_says_nothing_at_all_is_given_up_and_tried_again_with_the_reason() -> None:
    async def silent(link: ClientLink) -> None:
        await asyncio.sleep(3_600)

    async def scene(world: World) -> None:
        await world.until(lambda: world.network.connections == 3, "it was tried three times", 60.0)

    world = simulate(scene, serve=lambda world: silent)
    reasons = [x.detail for x in world.told(LinkChanged) if x.link is Link.RECONNECTING or "nothing" in x.detail]
    assert reasons
    assert all("has said nothing for 10 s" in reason for reason in reasons if reason)

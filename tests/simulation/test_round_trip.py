"""The wire's share of a latency: pings there and back, whatever else the endpoint is busy with."""

from __future__ import annotations

import pytest

from tests.simulation.world import World, simulate
from voice_tui.drivers.round_trip import EVERY_S
from voice_tui.messages.link import Reconnected, RehearseRollover
from voice_tui.messages.measures import TurnTimed


async def asked(world: World) -> TurnTimed:
    before = len(world.told(TurnTimed))
    world.write_text("What is nine plus four?")
    await world.quiet()
    timed: list[TurnTimed] = world.told(TurnTimed)
    assert len(timed) == before + 1
    return timed[-1]


def test_it_is_what_the_wire_takes_and_not_how_long_the_server_thinks() -> None:
    told: list[TurnTimed] = []

    async def scene(world: World) -> None:
        world.network.latency_s = 0.06
        await world.live()
        told.append(await asked(world))
        world.network.delay(0.15)
        await world.wait(6 * EVERY_S)  # until none of the last pings was as fast
        told.append(await asked(world))

    simulate(scene, 7)
    assert [one.round_trip_ms for one in told] == [pytest.approx(120, abs=1), pytest.approx(300, abs=1)]
    assert all(one.audible_ms > (one.round_trip_ms or 0) for one in told)


def test_what_waits_behind_a_big_message_is_no_round_trip() -> None:
    """One ping waits with everything else; the others say what the wire takes."""

    async def scene(world: World) -> None:
        await world.live()
        await world.wait(2 * EVERY_S)
        world.network.stall(1.0)
        await world.wait(EVERY_S + 2.0)
        assert (await asked(world)).round_trip_ms == pytest.approx(40, abs=1)

    simulate(scene, 7)


def test_another_connection_has_a_wire_of_its_own() -> None:
    async def scene(world: World) -> None:
        await world.live()
        assert (await asked(world)).round_trip_ms == pytest.approx(40, abs=1)
        world.network.latency_s = 0.1
        world.want(RehearseRollover())
        await world.until(lambda: bool(world.told(Reconnected)), "another connection has taken over")
        await world.wait(2 * EVERY_S)
        assert (await asked(world)).round_trip_ms == pytest.approx(200, abs=1)

    simulate(scene, 7)

"""A connection that waits: the next session, and one that takes over, need no handshake."""

from __future__ import annotations

import pytest

from tests.simulation.test_rollover import ask, moved
from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.messages.link import Link, LinkChanged, Reconnected, RehearseRollover

QUESTION, NEXT = "What is one plus one?", "What is nine plus four?"


async def warmed(world: World) -> None:
    """A talk in which another connection waits by now; faults are of the one that is talked on."""
    await world.live()
    carries = world.network._line
    await ask(world, QUESTION)
    await world.wait(6.0)
    assert world.network.connections == 2
    world.network._line = carries


def lives(world: World) -> int:
    return [notice.link for notice in world.told(LinkChanged)].count(Link.LIVE)


@pytest.mark.parametrize("listens", [True, False])
def test_a_session_that_is_lost_goes_on_where_one_waits_even_if_no_handshake_passes(listens: bool) -> None:
    async def scene(world: World) -> None:
        await warmed(world)
        world.network.down = not listens
        world.network.drop()
        await world.wait(1.0)
        assert lives(world) == 2
        world.network.down = False
        await ask(world, NEXT)

    world = simulate(scene, warm=1)
    assert len(world.said) == 4
    assert not world.received("error")
    check(world.wire)


def test_what_takes_over_is_what_waits() -> None:
    async def scene(world: World) -> None:
        await warmed(world)
        world.network.down = True
        world.want(RehearseRollover())
        await moved(world)
        world.network.down = False
        await ask(world, NEXT)

    world = simulate(scene, warm=1)
    assert len(world.told(Reconnected)) == 1
    assert len(world.said) == 4
    check(world.wire)


def test_one_that_was_dropped_while_it_waited_is_not_used() -> None:
    async def scene(world: World) -> None:
        await world.live()
        carries = world.network._line
        await ask(world, QUESTION)
        await world.wait(6.0)
        world.network.drop()  # the newest: the one that waits
        await world.wait(3.0)
        assert world.network.connections == 3, "another one waits in its place"
        world.network._line = carries
        world.network.drop()
        await world.wait(1.0)
        await ask(world, NEXT)

    world = simulate(scene, warm=1)
    assert len(world.said) == 4
    check(world.wire)


def test_nothing_waits_unless_it_is_wanted() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        await world.wait(20.0)

    assert simulate(scene).network.connections == 1

"""What a user notices of a bad line: the conversation waits, comes back, and knows what was said."""

from __future__ import annotations

import pytest

from tests.simulation.network import PING_S
from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.drivers.socket import BACKOFF_S, ConnectionFailed
from voice_tui.messages.link import CountersChanged, Link, LinkChanged

QUESTION, NEXT = "What is nine plus four?", "And what did I ask you before?"


async def gone(world: World, limit_s: float = 5.0) -> None:
    await world.until(lambda: not world.runner.live, "the connection is lost", limit_s)


async def ask(world: World, text: str) -> None:
    await world.say(text)
    await world.quiet()


def tries(world: World) -> list[str]:
    """Why and when the next try was to come."""
    return [x.detail for x in world.told(LinkChanged) if x.link is Link.RECONNECTING and x.detail]


def test_after_a_drop_the_new_session_knows_what_was_said() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.drop()
        await gone(world)
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene)
    assert tries(world) == ["in 0.5 s (close 1006)"]
    assert [role for role, _ in world.said] == ["user", "assistant", "user", "assistant"]
    assert "13" in world.said[1][1]
    assert "nine plus four" in world.said[3][1]
    assert world.logged == []
    check(world.wire)


def test_an_answer_that_a_drop_cuts_off_is_kept_as_far_as_it_was_heard() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("Please tell me a long story.")
        await world.answering(ms=1_500)
        world.network.drop()
        await gone(world)
        await world.live()
        await world.quiet()

    world = simulate(scene)
    user, answer = world.rows
    assert (user.text, answer.pending) == ("Please tell me a long story.", False)
    assert answer.text
    seeded = [e["item"]["content"][0]["text"] for e in world.sent("conversation.item.create")]
    assert seeded == [user.text, answer.text]


def test_while_nobody_listens_the_tries_become_rarer_and_the_first_that_succeeds_goes_on() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.down = True
        world.network.drop()
        await gone(world)
        await world.wait(sum(BACKOFF_S) + 5.0)
        world.network.down = False
        await world.live()
        await ask(world, QUESTION)

    world = simulate(scene)
    refused = [f"in {delay:g} s ([Errno 111] Connect call failed)" for delay in (*BACKOFF_S[1:], BACKOFF_S[-1])]
    assert tries(world) == [f"in {BACKOFF_S[0]:g} s (close 1006)", *refused]
    assert world.network.connections == 2
    assert "13" in world.said[-1][1]


@pytest.mark.parametrize(("status", "ends"), [(503, False), (429, False), (401, True), (404, True)])
def test_a_refused_handshake_is_tried_again_where_that_may_help(status: int, ends: bool) -> None:
    async def scene(world: World) -> None:
        world.network.status = status
        await world.wait(2.0)
        world.network.status = 101
        await world.live()

    if ends:
        with pytest.raises(ConnectionFailed, match=f"HTTP {status}"):
            simulate(scene)
    else:
        world = simulate(scene)
        assert [detail.split(" (")[1].split()[1] for detail in tries(world)] == [str(status)] * 3
        assert world.runner.live


def test_a_half_closed_line_is_noticed_by_its_pings() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.half_close()
        await gone(world, 2 * PING_S + 2)
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene)
    assert len(tries(world)) == 1
    assert "nine plus four" in world.said[-1][1]


@pytest.mark.parametrize("preset", ["server-vad", "natural", "step4-cancel"])
def test_what_is_said_while_the_line_stalls_is_heard_afterwards(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.wait(0.5)
        world.network.stall(6.0)
        await world.say(QUESTION)
        await world.answering()
        await world.quiet()

    world = simulate(scene, 0, preset)
    assert world.said[0] == ("user", QUESTION)
    assert "13" in world.said[1][1]
    assert world.network.connections == 1
    assert not any(x.dropped for x in world.told(CountersChanged))
    check(world.wire)


def test_a_line_that_is_too_narrow_for_the_microphone_loses_the_oldest_sound_and_says_so() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.throttle(30_000)  # half of what the microphone makes
        await world.wait(30.0)
        world.network.throttle(10e6)
        await world.wait(5.0)
        await ask(world, QUESTION)

    world = simulate(scene)
    assert world.told(CountersChanged)[-1].dropped > 0
    assert world.said[-2] == ("user", QUESTION), "what comes afterwards is heard"
    assert world.network.connections == 1


def test_a_session_that_has_lasted_an_hour_is_ended_with_its_reason_and_the_next_goes_on() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        await gone(world, 60.0)
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene, session_limit_s=10.0)
    assert [e["error"]["code"] for e in world.received("error")] == ["session_expired"]
    assert tries(world) == ["in 0.5 s (close 1001: Your session hit the maximum duration of 60 minutes.)"]
    assert "nine plus four" in world.said[-1][1]
    check(world.wire)

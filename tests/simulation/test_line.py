"""What a user notices of a bad line: the conversation waits, comes back, and knows what was said."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.failures import delay
from voice_tui.drivers.keepalive import AWAITED, QUIET
from voice_tui.messages.intents import Interrupt
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.talk import Phase, PhaseChanged

PAUSES_S = [delay(failures, 0.5) for failures in range(1, 8)]
QUESTION, NEXT = "What is nine plus four?", "And what did I ask you before?"


async def gone(world: World, limit_s: float = 5.0) -> None:
    await world.until(lambda: not world.runner.live, "the connection is lost", limit_s)


async def ask(world: World, text: str) -> None:
    await world.say(text)
    await world.quiet()


def tries(world: World) -> list[str]:
    """Why and when the next try was to come, without the ids that are for the provider's support."""
    told = [x.detail for x in world.told(LinkChanged) if x.link is Link.RECONNECTING and x.detail]
    return [re.sub(r" \[session sess_\w+\]", "", detail) for detail in told]


def test_after_a_drop_the_new_session_knows_what_was_said() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.drop()
        await gone(world)
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene)
    assert tries(world) == ["in 0.5 s (close 1006, the line was cut)"]
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
        await world.answering()

    world = simulate(scene)
    user, answer = (row for row in list(world.rows)[:2])
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
        await world.wait(sum(PAUSES_S) + 1.0)
        world.network.down = False
        await world.live()
        await ask(world, QUESTION)

    world = simulate(scene)
    refused = [f"in {pause:g} s (nobody listens there)" for pause in (1, 2, 4, 8, 16, 30, 30)]
    assert tries(world) == ["in 0.5 s (close 1006, the line was cut)", *refused]
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
        assert [detail.split(" (")[1].split(",")[0] for detail in tries(world)] == [f"HTTP {status}"] * 3
        assert world.runner.live


def test_a_half_closed_line_is_noticed_when_nobody_answers_a_ping() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.half_close()
        await gone(world, QUIET.ask_s + QUIET.answer_s + 2)
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene)
    assert len(tries(world)) == 1
    assert "nine plus four" in world.said[-1][1]


@pytest.mark.parametrize("awaited", ["configuration", "answer"])
def test_where_a_word_is_waited_for_a_half_closed_line_is_noticed_sooner(awaited: str) -> None:
    async def scene(world: World) -> None:
        if awaited == "answer":
            await world.live()
            await world.say(QUESTION)
        else:
            await world.until(lambda: world.network.connections == 1, "the line is open")
        world.network.half_close()
        await world.until(lambda: bool(tries(world)), "the line is given up", AWAITED.ask_s + AWAITED.answer_s + 3)
        await world.live()

    world = simulate(scene)
    assert world.network.connections == 2
    assert "nothing" in tries(world)[0]


def test_a_link_that_delivers_only_just_what_is_said_stays_alive_on_both_ends() -> None:
    """An answer of a minute and a half, of which little more than real time gets through."""

    async def scene(world: World) -> None:
        await world.live()
        world.network.throttle(75_000)
        await world.say("Please tell me a long story.")
        await world.answering()
        await world.wait(80.0)
        world.want(Interrupt())
        await world.quiet()

    world = simulate(scene)
    assert world.network.connections == 1
    assert tries(world) == []
    assert world.logged == []
    phases = [x.phase for x in world.told(PhaseChanged)]
    begun = sum(one is Phase.ASSISTANT_SPEAKING is not before for before, one in pairwise(phases))
    assert begun == 1, "the phase does not flicker"


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

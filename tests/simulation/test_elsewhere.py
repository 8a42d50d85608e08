"""The conversation goes on at another endpoint, chosen while one talks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.simulation.test_rollover import NEXT, QUESTION, ask, links, moved, of_session, told_last
from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import SelectEndpoint
from voice_tui.messages.link import Link, LinkChanged, Reconnected
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.talk import Announced
from voice_tui.settings.choice import Refused

THERE = Place(Capabilities(truncate=False), "echo", "gpt-transcribe")
PLACES = {"there": THERE, "forgetful": Place(Capabilities(seed_history=False), "echo", "gpt-transcribe")}


def elsewhere(name: str) -> Callable[[], Awaitable[Endpoint]]:
    if name == "nowhere":
        raise Refused("endpoint: 'nowhere' is not allowed, there are there, forgetful")

    async def resolve() -> Endpoint:
        if name == "keyless":
            raise ConnectionFailed("Entra ID: no token")
        return Endpoint("any", f"ws://{name}.example/v1/realtime", "other", place=PLACES[name])

    return resolve


def test_it_is_told_everything_before_the_first_one_is_left() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.want(SelectEndpoint("there"))
        await moved(world)
        await ask(world, NEXT)

    world = simulate(scene, elsewhere=elsewhere)
    assert [n.why for n in world.told(Reconnected)] == ["now at there"]
    assert world.told(LinkChanged)[-1] == LinkChanged(Link.LIVE, "", "there.example", "other")
    assert Link.RECONNECTING not in links(world)
    assert told_last(world) == [text for _, text in world.said[:2]]
    assert "nine plus four" in world.said[-1][1], "the second one knows what was said at the first"
    (update,) = (e["event"] for e in world.wire if e["session"] == 2 and e["event"]["type"] == "session.update")
    assert update["session"]["audio"]["output"]["voice"] == "echo"
    check(world.wire)


def test_what_the_second_one_can_not_do_is_not_asked_of_it() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.want(SelectEndpoint("there"))
        await moved(world)
        await world.say("Please tell me a long story.")
        await world.answering(ms=500)
        await world.say("Wait, what is nine plus four?")
        await world.quiet()

    world = simulate(scene, elsewhere=elsewhere)
    assert world.interruptions == 1
    assert "conversation.item.truncate" not in of_session(world, 2, "client")
    check(world.wire)


def test_one_that_can_be_told_nothing_begins_without() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.want(SelectEndpoint("forgetful"))
        await world.until(lambda: world.told(LinkChanged)[-1].endpoint == "forgetful.example", "it is there")
        await world.live()
        await ask(world, "What is twelve times seven?")

    world = simulate(scene, elsewhere=elsewhere)
    assert [role for role, _ in world.said] == ["user", "assistant", "user", "assistant"], "nothing said disappears"
    assert told_last(world) == []
    assert links(world)[-1] is Link.LIVE


def test_one_that_can_not_be_used_is_said_and_the_conversation_stays_where_it_is() -> None:
    async def scene(world: World) -> None:
        await world.live()
        for count, name in enumerate(("nowhere", "keyless"), 1):
            world.want(SelectEndpoint(name))
            await world.until(lambda wanted=count: len(world.told(Announced)) == wanted, "it is said")  # type: ignore[misc]
        await ask(world, QUESTION)

    world = simulate(scene, elsewhere=elsewhere)
    first, second = (said.text for said in world.told(Announced))
    assert "'nowhere' is not allowed" in first
    assert "no token: the connection stays as it is" in second
    assert world.network.connections == 1
    assert len(world.said) == 2


def test_while_the_first_one_is_not_there_the_second_is_tried_at_once() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.down = True
        world.network.drop()
        await world.wait(20.0)
        world.network.down = False
        world.want(SelectEndpoint("there"))
        await world.until(lambda: world.runner.live, "it is live", 2.0)
        await ask(world, NEXT)

    world = simulate(scene, elsewhere=elsewhere)
    assert world.told(LinkChanged)[-1].endpoint == "there.example"
    assert "nine plus four" in world.said[-1][1]

"""The model acts in the middle of a talk: tools that take their time, that ask, that fail, and one that hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.simulation.world import NOON, Scene, World, simulate
from tests.support.workshop import LoopWorkshop
from tests.wire import check
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.tools.server import Gone, Listed, Said, ToolServer
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Announced, InstructionsChanged, Interrupt
from voice_tui.messages.tools import (
    DEAD_AIR_S,
    Answer,
    AnswerCall,
    Approval,
    DeadAir,
    GoodbyeSaid,
    ToolBegan,
    ToolCalled,
)
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.tools import approve, timeout
from voice_tui.tools.builtin import builtin
from voice_tui.tools.servers import ServerOptions
from voice_tui.tools.signature import Tool, tool_of

ASKS = "What is the weather in London?"
OPENS = 'Use the tool open door with which "front".'


def weather(city: str) -> dict[str, str]:
    """The weather somewhere.

    Args:
        city: Where.
    """
    return {"sky": f"foggy over {city}"}


@approve
def open_door(which: str) -> str:
    """Open a door of the house."""
    return f"the {which} door is open"


@timeout(3)
async def stuck(question: str) -> str:
    """Think about a question for ever."""
    await asyncio.sleep(1_000)
    return question


def fails(question: str) -> str:
    """Answer a question."""
    raise LookupError(f"no book has {question}")


MINE = {tool.spec.name: tool for tool in map(tool_of, (weather, open_door, stuck, fails))}


def act(
    scene: Scene,
    takes_s: float = 0.5,
    approval: Approval | None = None,
    brain: Any = None,
    servers: tuple[ToolServer, ...] = (),
    **more: Any,
) -> World:
    """Play a scene in which the model has tools, whose blocking calls take so long."""

    tools: dict[str, Tool] = {**builtin(lambda: NOON), **MINE}
    given = ToolOptions(tools, servers, approval or Approval())

    def equipment(world: World) -> Mapping[str, Any]:
        return {"tools": replace(given, workshop=partial(LoopWorkshop, world.loop, takes_s))}

    profile = given.introduce(Profile(greeting=""))
    world = simulate(scene, equipment=equipment, profile=profile, brain=brain, **more)
    check(world.wire)
    return world


def called(world: World) -> list[tuple[str, bool]]:
    return [(call.name, call.failed) for call in world.told(ToolCalled)]


def outputs(world: World) -> list[str]:
    created = (event["item"] for event in world.sent("conversation.item.create"))
    return [item["output"] for item in created if item["type"] == "function_call_output"]


def typing(*texts: str) -> Scene:
    """A user who types each text when the one before has been answered."""

    async def scene(world: World) -> None:
        await world.live()
        for text in texts:
            world.write_text(text)
            await world.quiet()

    return scene


def test_a_call_is_carried_out_and_answered_once() -> None:
    world = act(typing(ASKS))
    assert called(world) == [("weather", False)]
    assert [role for role, _ in world.said] == ["user", "assistant"]
    assert "foggy over London" in world.said[1][1]
    assert len(world.sent("response.create")) == 2
    assert world.told(DeadAir) == []


def test_a_silence_that_is_too_long_is_said_when_it_begins_and_counted_when_it_ends() -> None:
    world = act(typing(ASKS, ASKS), takes_s=DEAD_AIR_S + 3)
    told = world.told(DeadAir)
    assert [(air.over, air.count, air.names) for air in told] == [
        (over, n, "weather") for n in (1, 2) for over in (False, True)
    ]
    assert [round(air.s) for air in told if air.over] == [3, 3]
    assert round(told[-1].total_s) == 6
    logged = [line["event"]["type"] for line in world.wire if line["dir"] == "here"]
    assert logged == ["tool.ToolBegan", "tool.DeadAir", "tool.ToolCalled", "tool.DeadAir"] * 2


def test_whoever_talks_over_a_tool_gets_one_answer_and_its_output_is_told_all_the_same() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(ASKS)
        await world.until(lambda: bool(world.told(ToolBegan)), "the tool runs")
        await world.say("How much is two plus two?")
        await world.quiet(8.0)

    world = act(scene, takes_s=6.0)
    assert called(world) == [("weather", False)]
    assert [role for role, _ in world.said] == ["user", "user", "assistant"]
    assert len(outputs(world)) == 1
    assert len(world.received("response.created")) == 2, "that with the call, and that of the second turn"


def test_a_tool_that_is_stuck_is_given_up_and_the_model_is_told() -> None:
    world = act(typing('Use the tool stuck with question "why".'))
    assert called(world) == [("stuck", True)]
    assert outputs(world) == ['{"error": "no result within 3 s"}']
    assert "no result within 3 s" in world.said[1][1].lower()


def test_a_tool_that_fails_tells_the_model_why() -> None:
    world = act(typing('Use the tool fails with question "why".'))
    assert outputs(world) == ['{"error": "LookupError: no book has why"}']
    assert called(world) == [("fails", True)]
    assert world.logged == []


class TwoCalls:
    """A brain that asks for two things at once, and then tells what came of them."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        if results := conversation.fresh_results:
            yield " ".join(result.output for _, result in results)
            return
        yield Call("weather", '{"city": "Rome"}')
        yield Call("weather", '{"town": "Oslo"}')
        yield Call("calculate", '{"expression": "6*7"}')

    async def aclose(self) -> None:
        """Nothing is open."""


def test_all_calls_of_an_answer_run_and_are_answered_by_one_request_a_wrong_one_too() -> None:
    world = act(typing("Both, please."), brain=TwoCalls())
    assert sorted(called(world)) == [("calculate", False), ("weather", False), ("weather", True)]
    assert "foggy over Rome" in world.said[1][1]
    assert "42" in world.said[1][1]
    assert "town: unknown, there are city" in world.said[1][1]
    assert len(world.sent("response.create")) == 2


# ---- who agrees


def asked(answer: Callable[[World], None]) -> Scene:
    """A user who does this once somebody asks whether the door may be opened."""

    async def scene(world: World) -> None:
        await world.live()
        world.write_text(OPENS)
        await world.until(lambda: bool(world.told(ToolBegan)), "somebody is asked")
        await world.wait(4.0)
        answer(world)
        await world.quiet(2.0)

    return scene


def say(answer: Answer) -> Callable[[World], None]:
    return lambda world: world.want(AnswerCall(world.told(ToolBegan)[-1].call_id, answer))


def test_a_tool_that_asks_is_called_after_the_yes_and_the_time_to_think_is_no_dead_air() -> None:
    world = act(asked(say(Answer.YES)))
    assert [began.asks for began in world.told(ToolBegan)] == [True, False]
    assert outputs(world) == ["the front door is open"]
    assert world.told(DeadAir) == []


def test_a_refusal_is_told_to_the_model() -> None:
    world = act(asked(say(Answer.NO)))
    assert outputs(world) == ['{"error": "the user refused: it was not carried out"}']
    assert called(world) == [("open_door", True)]
    assert "refused" in world.said[1][1]


def test_always_holds_for_the_rest_of_the_talk() -> None:
    async def scene(world: World) -> None:
        await asked(say(Answer.ALWAYS))(world)
        world.write_text(OPENS)
        await world.quiet(2.0)

    world = act(scene)
    assert [began.asks for began in world.told(ToolBegan)] == [True, False, False]
    assert len(outputs(world)) == 2


@pytest.mark.parametrize(
    "goes_on",
    [lambda world: world.write_text("Never mind."), lambda world: world.want(Interrupt())],
    ids=["a turn", "F4"],
)
def test_who_goes_on_without_answering_has_refused(goes_on: Callable[[World], None]) -> None:
    def then_too_late(world: World) -> None:
        goes_on(world)
        say(Answer.YES)(world)

    world = act(asked(then_too_late))
    assert outputs(world) == ['{"error": "the user interrupted: it was not carried out"}']
    assert [began.asks for began in world.told(ToolBegan)] == [True], "it is never called"


def test_who_speaks_instead_has_refused() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(OPENS)
        await world.until(lambda: bool(world.told(ToolBegan)), "somebody is asked")
        await world.say("How much is two plus two?")
        await world.quiet(2.0)

    world = act(scene)
    assert outputs(world) == ['{"error": "the user interrupted: it was not carried out"}']
    assert [role for role, _ in world.said] == ["user", "user", "assistant"]


@pytest.mark.parametrize(
    ("approval", "opens"),
    [
        (Approval(asks=False), False),
        (Approval(everything=True, asks=False), True),
        (Approval(frozenset({"open_door"}), asks=False), True),
        (Approval(frozenset({"weather"}), asks=False), False),
    ],
)
def test_in_a_script_what_is_not_approved_is_refused(approval: Approval, *, opens: bool) -> None:
    world = act(typing(OPENS), approval=approval)
    assert called(world) == [("open_door", not opens)]
    assert not any(began.asks for began in world.told(ToolBegan))


# ---- the end


def test_the_model_hangs_up_once_its_goodbye_was_heard() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text("Please hang up.")
        await world.until(lambda: bool(world.told(GoodbyeSaid)), "it hangs up")
        assert world.said[-1] == ("assistant", "Goodbye.")

    world = act(scene)
    assert called(world) == [("hang_up", False)]
    last = [type(notice).__name__ for notice in world.notices if type(notice).__name__ in ("GoodbyeSaid", "TurnTimed")]
    assert last[-1] == "GoodbyeSaid"


def test_whoever_says_something_more_is_not_hung_up_on() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text("Please hang up.")
        await world.until(lambda: bool(world.told(ToolCalled)), "it wants to hang up")
        world.write_text("Wait, how much is two plus two?")
        await world.quiet(3.0)

    assert act(scene).told(GoodbyeSaid) == []


# ---- servers


class Library:
    """A server of tools that takes a while to start, and ends in the middle of a call."""

    def __init__(self) -> None:
        self.burnt = asyncio.Event()

    @asynccontextmanager
    async def connect(self, options: ServerOptions) -> AsyncIterator[Library]:
        await asyncio.sleep(4.0)
        self.burnt.clear()
        yield self

    async def tools(self) -> list[Listed]:
        schema = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
        return [Listed("find book", "Find a book.", schema), Listed("burn book", "Burn a book.", schema)]

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Said:
        await asyncio.sleep(1.0)
        if name == "burn book":
            self.burnt.set()
            raise Gone("fire")
        return Said(f"{arguments['title']} is on shelf 12")

    async def ended(self) -> None:
        await self.burnt.wait()
        raise Gone("fire")


def test_who_switches_to_a_profile_whose_tools_are_not_loaded_is_told() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.want(SelectProfile("porter", "", "You open doors.", unloaded=("their_tools.py",)))
        await world.quiet(0.1)

    warned = [notice.words for notice in act(scene).told(Announced)]
    lacks = "porter: its own tools (their_tools.py) are not loaded: start with --profile porter to have them"
    assert [words for words in warned if "porter" in words] == [lacks]


def test_a_server_is_not_waited_for_and_its_tools_come_and_go() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text("How much is two plus two?")
        await world.quiet(0.5)
        assert [text for role, text in world.said if role == "assistant"], "nobody waited for it"
        await world.until(lambda: "find_book" in offered(world), "its tools are told")
        world.write_text('Use the tool find book with title "Emma".')
        await world.quiet()
        world.write_text('Use the tool burn book with title "Emma".')
        await world.quiet(0.1)
        assert "find_book" not in offered(world)
        await world.until(lambda: "find_book" in offered(world), "it is there again")

    def offered(world: World) -> list[str]:
        told = [update["session"]["tools"] for update in world.sent("session.update") if "tools" in update["session"]]
        return [tool["name"] for tool in told[-1]] if told else []

    library = Library()
    server = ToolServer(ServerOptions("library", command=("x",)), library.connect)
    world = act(scene, approval=Approval(everything=True), servers=(server,))
    assert called(world) == [("find_book", False), ("burn_book", True)]
    assert outputs(world) == [
        "Emma is on shelf 12",
        '{"error": "the server library ended during the call: fire"}',
    ]
    warned = [notice.text for notice in world.told(Announced)]
    assert warned == ["tools of library: fire: it is tried again"]
    assert world.told(InstructionsChanged) == [], "the prompt is what it was"

"""A conversation outgrows a small budget, against the embedded server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.messages.context import (
    ContextChanged,
    Kind,
    SetContext,
    SummariseNow,
    SummaryMade,
    SummaryUndone,
    UndoSummary,
)
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, InstructionsChanged, Phase, PhaseChanged
from voice_tui.settings.config import Config, load
from voice_tui.settings.profiles import profile

NAME = "My name is Alice and I live in Lisbon."
CHATTER = (
    "The train to Porto leaves at nine in the morning and it takes about three hours, so we would be there at noon.",
    "There is a bakery near the station where they sell those little custard cakes that everybody talks about.",
    "In the afternoon we could walk along the river, and if it rains there is a museum of modern art near the park.",
    "My sister wants to come along, she has two children who like bridges, boats and very large ice creams.",
    "On Sunday we have to be back before six, because the neighbours bring the dog home in the evening.",
)
N = TypeVar("N", bound=Notice)


class Told:
    """What a screen is told, from one look to the next."""

    def __init__(self, world: World) -> None:
        self._world, self._seen = world, 0

    async def until(self, kind: type[N], wanted: Callable[[N], bool] = lambda _: True) -> N:
        """Wait for a notice that is still to come."""
        found: list[N] = []

        def come() -> bool:
            while self._seen < len(self._world.notices) and not found:
                notice = self._world.notices[self._seen]
                self._seen += 1
                if isinstance(notice, kind) and wanted(notice):
                    found.append(notice)
            return bool(found)

        await self._world.until(come, f"there is another {kind.__name__}")
        return found[0]

    async def say(self, text: str) -> str:
        """A typed turn, and what came of it once it has been spoken."""
        before = {row.item_id for row in self._world.rows}
        self._world.write_text(text)
        await self.until(PhaseChanged, lambda p: p.phase is Phase.ASSISTANT_SPEAKING)
        await self.until(PhaseChanged, lambda p: p.phase is Phase.LISTENING)
        answers = [r.text for r in self._world.rows if r.item_id not in before and r.role == "assistant"]
        assert answers, f"{text!r} was not answered"
        return " ".join(answers)


def test_the_default_configuration_asks_before_it_summarises() -> None:
    assert profile(Config(), None).context.mode == "ask"


async def outgrows(world: World) -> None:
    told = Told(world)
    await world.live()
    world.want(SetContext(keep_turns=2))
    assert "Alice" in await told.say(NAME)
    for words in CHATTER:
        await told.say(words)
        if world.told(SummaryMade):
            break
    made = next(iter(world.told(SummaryMade)), None) or await told.until(SummaryMade)
    assert made.after < made.before
    assert made.removed >= 2
    state = await told.until(ContextChanged)
    assert state.items[0].kind is Kind.SUMMARY
    name = next(item for item in state.items if item.text == NAME)
    assert not name.in_server, "what was summarised is gone from the server"
    assert "Alice" in await told.say("What is my name?")
    assert state.settings.budget == 500

    # Another one, on request, and its way back.
    await told.say(CHATTER[-1])
    world.want(SetContext(mode="off", keep_turns=1))
    world.want(SummariseNow())
    assert "Alice" in (await told.until(SummaryMade)).text
    world.want(UndoSummary())
    assert (await told.until(SummaryUndone)).restored >= 2

    # Somebody else, at once.
    world.want(SelectProfile("pirate", "", "You are a pirate."))
    changed = await told.until(InstructionsChanged, lambda n: n.ack is Ack.ACKNOWLEDGED)
    assert changed.text.startswith("You are a pirate.")


def test_a_conversation_over_its_budget() -> None:
    config, problems = load({"context_mode": "auto", "context_budget": "500", "greeting": False}, {})
    assert problems == []
    world = simulate(outgrows, preset=config.preset, profile=profile(config, None))
    check(world.wire)
    assert world.logged == []

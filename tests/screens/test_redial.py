"""After it was hung up: the screen says why and how to call again, and does so."""

from __future__ import annotations

import pytest

from tests.support.stage import Stage, lines, staged
from voice_tui.messages.limits import HUNG_UP
from voice_tui.messages.link import CallAgain, CallEnded, EndCall, Link, LinkChanged
from voice_tui.messages.memory import ExtractFacts, FactsProposed, FoundFact, KeepFacts, MemoryChanged
from voice_tui.messages.talk import Phase, PhaseChanged
from voice_tui.messages.tools import GoodbyeSaid
from voice_tui.ui.console.prompt import CALL_HERE, TYPE_HERE

OVER = CallEnded("10 min are over (--max-minutes)", limit=True)


def redial(stage: Stage) -> str:
    line = stage.app.console_screen.redial
    return line.render().plain if line.display else ""


def title(stage: Stage) -> str:
    return str(stage.app.console_screen.transcript.border_title)


async def test_the_line_says_why_it_was_hung_up_and_the_key_that_works_now_and_goes_with_the_next_call() -> None:
    async with staged() as stage:
        await stage.say(LinkChanged(Link.LIVE), PhaseChanged(Phase.LISTENING), *lines(2))
        assert redial(stage) == ""
        await stage.pilot.press("alt+g")
        assert stage.sent() == [], "there is a call"
        await stage.say(LinkChanged(Link.CLOSED, OVER.why), OVER)
        assert redial(stage) == " Hung up: 10 min are over (--max-minutes)  Alt+G call again"
        assert stage.app.console_screen.status.render().plain.startswith(" ○ hung up")
        assert title(stage) == "Conversation", "who has the floor is said once, in the status bar"
        assert stage.app.console_screen.prompt.placeholder == CALL_HERE
        await stage.pilot.press("alt+g")
        await stage.pilot.press("escape", "R")
        assert stage.sent() == [CallAgain(), CallAgain()]
        assert redial(stage).endswith("  R call again")
        await stage.pilot.click("#redial", offset=(len(redial(stage)) - 2, 0))
        assert stage.sent() == [CallAgain()]
        await stage.say(LinkChanged(Link.RECONNECTING))
        assert redial(stage) == ""
        assert stage.app.console_screen.status.render().plain.startswith(" ↻ not connected")
        assert title(stage) == "Conversation"
        await stage.pilot.press("i")
        assert stage.app.console_screen.prompt.placeholder == TYPE_HERE


@pytest.mark.parametrize(
    ("after", "code", "words"),
    [
        ([OVER], HUNG_UP, "hung up: 10 min are over (--max-minutes)"),
        ([OVER, LinkChanged(Link.RECONNECTING)], 0, ""),
        ([CallEnded("the AI said goodbye")], 0, ""),
    ],
    ids=["a limit", "called again", "goodbye"],
)
async def test_who_leaves_is_told_of_a_limit_that_has_ended_the_last_call(
    after: list[CallEnded | LinkChanged], code: int, words: str
) -> None:
    async with staged() as stage:
        await stage.say(*lines(2), *after)
        await stage.pilot.press("ctrl+q")
    assert (stage.app.return_code, stage.app.fatal) == (code, words)


async def test_on_another_screen_it_is_said() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+k")
        await stage.say(OVER)
        [said] = stage.news()
        assert said == "Hung up: 10 min are over (--max-minutes). In the conversation Alt+G calls again."


async def test_when_the_model_has_said_goodbye_it_is_hung_up_and_the_console_stays() -> None:
    async with staged() as stage:
        await stage.say(*lines(2), GoodbyeSaid())
        assert stage.sent() == [EndCall("the AI said goodbye")]
        assert stage.app.is_running


@pytest.mark.parametrize("found", [True, False])
async def test_a_goodbye_asks_first_what_is_worth_remembering(found: bool) -> None:
    facts = (FoundFact("name", "Ann"),) if found else ()
    async with staged() as stage:
        await stage.say(*lines(2), MemoryChanged(news=True), GoodbyeSaid())
        assert stage.sent() == [ExtractFacts()]
        await stage.say(FactsProposed(facts))
        if found:
            await stage.pilot.press("enter")
        await stage.pilot.pause()
        assert stage.sent() == [KeepFacts(facts), EndCall("the AI said goodbye")]
        assert stage.app.screen is stage.app.console_screen
        await stage.say(MemoryChanged(news=True), CallEnded("the AI said goodbye"))
        await stage.pilot.press("ctrl+q")
        assert stage.sent() == [], "nobody is there who could look"
    assert stage.app.return_code == 0

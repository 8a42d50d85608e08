"""Facts that were found in a conversation: looked through, kept, and asked about before one leaves."""

from __future__ import annotations

import pytest
from textual.widgets import SelectionList

from tests.screens.test_memory import opened, toasts
from tests.support.memory_scenes import FOUND, STATE
from tests.support.stage import staged
from voice_tui.messages.memory import ExtractFacts, FactsProposed, KeepFacts, MemoryChanged
from voice_tui.ui.memory.found_facts import FoundFacts
from voice_tui.ui.memory.screen import MemoryScreen

NEWS = MemoryChanged(on=True, news=True, folder="/data")


async def test_found_facts_are_checked_and_only_those_left_checked_are_kept() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("k")
        assert stage.sent() == [ExtractFacts()]
        await stage.say(FactsProposed(FOUND))
        screen = stage.app.screen
        assert isinstance(screen, FoundFacts)
        assert len(screen.query_one(SelectionList).selected) == len(FOUND)
        await stage.pilot.press("down", "space", "enter")
        assert stage.sent() == [KeepFacts((FOUND[0], FOUND[2]))]
        assert isinstance(stage.app.screen, MemoryScreen)


async def test_escape_keeps_none() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("k")
        await stage.say(FactsProposed(FOUND))
        stage.sent()
        await stage.pilot.press("escape")
        assert stage.sent() == [KeepFacts(())]


async def test_nothing_found_is_said_and_what_was_not_asked_for_opens_nothing() -> None:
    async with staged() as stage:
        await stage.say(STATE, FactsProposed(FOUND))
        assert stage.app.screen is stage.app.console_screen
        assert toasts(stage) == ["Found 3 things worth remembering: Alt+Y, then k."]
        await opened(stage)
        await stage.pilot.press("k")
        await stage.say(FactsProposed())
        assert toasts(stage)[-1] == "Nothing new worth remembering."


@pytest.mark.parametrize("leave", [("ctrl+q",), ("ctrl+c", "ctrl+c")])
async def test_without_news_one_leaves_at_once(leave: tuple[str, ...]) -> None:
    async with staged() as stage:
        await stage.say(STATE)
        await stage.pilot.press(*leave)
        assert stage.sent() == []
        assert stage.app.return_code == 0


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        (["enter"], [KeepFacts(FOUND)]),
        (["space", "enter"], [KeepFacts(FOUND[1:])]),
        (["escape"], [KeepFacts(())]),
        (["ctrl+q"], []),
    ],
)
async def test_before_one_leaves_the_question_is_asked_once(keys: list[str], kept: list[KeepFacts]) -> None:
    async with staged() as stage:
        await stage.say(NEWS)
        await stage.pilot.press("ctrl+q")
        assert stage.sent() == [ExtractFacts()]
        assert isinstance(stage.app.screen, FoundFacts)
        await stage.say(FactsProposed(FOUND))
        await stage.pilot.press(*keys)
        assert stage.sent() == kept
        assert stage.app.return_code == 0


async def test_when_nothing_is_found_one_leaves_without_a_question() -> None:
    async with staged() as stage:
        await stage.say(NEWS)
        await stage.pilot.press("ctrl+q")
        await stage.say(FactsProposed(reason="not connected"))
        assert stage.app.return_code == 0

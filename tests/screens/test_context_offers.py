"""Offers about the context: answered once, without taking the focus, and gone when they are out of date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.test_context import turn
from tests.snapshots.context_scenarios import FILLED, OVER
from tests.support.stage import staged
from voice_tui.messages.context import How, NewTopic, SummariseNow, SummaryProposed, TopicChanged
from voice_tui.messages.intents import Request
from voice_tui.messages.talk import Row, RowChanged, RowRemoved

TOPIC = TopicChanged("u1", 0.83, "Do you like jazz?", ("carry_on", "start_clean", "summarise"))
PROPOSED = SummaryProposed(9_120, 8_000, 14)


@pytest.mark.parametrize(
    ("offer", "keys", "requests"),
    [
        (TOPIC, ("alt+c",), [NewTopic(How.CARRY_ON)]),
        (TOPIC, ("alt+n",), [NewTopic(How.START_CLEAN)]),
        (TOPIC, ("alt+s",), [NewTopic(How.SUMMARISE)]),
        (TOPIC, ("escape", "3"), [NewTopic(How.SUMMARISE)]),
        (PROPOSED, ("alt+c",), []),
        (PROPOSED, ("alt+n",), [NewTopic(How.START_CLEAN)]),
        (PROPOSED, ("escape", "3"), [SummariseNow()]),
        (PROPOSED, ("alt+k", "3"), [SummariseNow()]),
    ],
)
async def test_an_offer_is_answered_once_without_taking_the_focus(
    offer: TopicChanged | SummaryProposed, keys: tuple[str, ...], requests: list[Request]
) -> None:
    async with staged() as stage:
        line, prompt = stage.app.console_screen.offer, stage.app.console_screen.prompt
        await stage.say(OVER, offer)
        assert line.display
        await stage.pilot.press("1", "2")
        assert prompt.value == "12", "digits are text while one types"
        await stage.pilot.press(*keys)
        await stage.pilot.pause()
        assert not line.open
        await stage.pilot.press(keys[-1])
        assert stage.sent() == requests


async def test_an_offer_can_be_clicked() -> None:
    async with staged((80, 24)) as stage:
        await stage.say(TOPIC)
        at = str(stage.app.console_screen.offer.render()).index("start clean")
        await stage.pilot.click("#offer", offset=(at, 0))
        assert stage.sent() == [NewTopic(How.START_CLEAN)]
        assert not stage.app.console_screen.offer.display


async def test_an_offer_goes_with_the_next_turn_but_not_with_a_cough() -> None:
    async with staged() as stage:
        line = stage.app.console_screen.offer
        await stage.say(turn(1), TOPIC)
        await stage.say(RowChanged(Row("u2", "user", "You", pending=True), "u1"), RowRemoved("u2"), turn(1))
        assert line.display
        await stage.say(turn(3))
        assert not line.display


async def test_a_proposal_goes_when_there_is_room_again_and_a_decided_topic_offers_nothing() -> None:
    async with staged() as stage:
        line = stage.app.console_screen.offer
        await stage.say(OVER, PROPOSED)
        assert line.display
        await stage.say(FILLED)
        assert not line.display
        await stage.say(replace(TOPIC, choices=()))
        assert not line.display


async def test_alt_keys_do_nothing_while_nothing_is_offered() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+c", "alt+n", "alt+s")
        assert stage.sent() == []

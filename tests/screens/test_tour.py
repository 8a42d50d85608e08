"""The tour: four hints on the real console, which take no key away and go when one wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.stage import Stage, settings, staged
from voice_tui.messages.intents import CallDemo
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.talk import Row, RowChanged, SendText, SwitchesChanged
from voice_tui.ui.outset import Outset
from voice_tui.ui.tour.card import Tour, TourCard

TIMED = TurnTimed(1, "a", Origin.ENTER, 0, ((Moment.AUDIBLE, 70),), "text")


@asynccontextmanager
async def touring(size: tuple[int, int] = (120, 36)) -> AsyncIterator[tuple[Stage, list[str]]]:
    seen: list[str] = []
    async with staged(size, outset=Outset(tour=Tour(True, lambda: seen.append("seen")))) as stage:
        await stage.pilot.pause()
        yield stage, seen


def card(stage: Stage) -> str:
    """The title and the words of the card; "" where there is none."""
    found = list(stage.app.console_screen.query(TourCard))
    return f"{found[0].border_title}: {found[0].render()}" if found else ""


async def test_the_first_start_shows_four_hints_and_enter_on_the_empty_line_leads_through_them() -> None:
    async with touring() as (stage, seen):
        assert seen == ["seen"]
        titles = []
        while shown := card(stage):
            titles.append(shown.split(":")[0])
            await stage.pilot.press("enter")
            await stage.pilot.pause()
        assert titles == [f"Tour {n} of 4" for n in (1, 2, 3, 4)]
        assert stage.sent() == []


async def test_escape_ends_it_and_one_types_on() -> None:
    async with touring() as (stage, _):
        await stage.pilot.press("escape")
        await stage.pilot.pause()
        assert card(stage) == ""
        await stage.pilot.press("h", "i", "enter")
        assert stage.sent() == [SendText("hi")]


async def test_what_is_typed_is_sent_and_every_key_does_what_it_always_does() -> None:
    async with touring() as (stage, _):
        await stage.pilot.press("h", "i", "enter", "f7")
        assert stage.sent() == [SendText("hi"), CallDemo()]
        assert card(stage).startswith("Tour 1 of 4")


async def test_the_first_hint_stays_while_only_the_ai_has_spoken() -> None:
    async with touring() as (stage, _):
        card_now = stage.app.console_screen.query_one(TourCard)
        greeting = RowChanged(Row("g", "user", "You", "Hello", spoken=False, greeting=True), None)
        await stage.say(greeting, RowChanged(Row("a", "assistant", "AI", "Good afternoon!"), "g"), TIMED)
        card_now.look()
        assert card(stage).startswith("Tour 1 of 4")
        await stage.say(RowChanged(Row("u", "user", "You", "Hello there.", spoken=False), "a"))
        card_now.look()
        assert card(stage).startswith("Tour 2 of 4")


async def test_it_goes_on_by_itself_when_the_hint_was_followed() -> None:
    async with touring() as (stage, _):
        await stage.say(SwitchesChanged(demo=True))
        stage.app.console_screen.query_one(TourCard).look()
        assert card(stage).startswith("Tour 2 of 4")
        stage.app.console_screen.query_one(TourCard).next()
        await stage.say(settings("server-vad"))
        stage.app.console_screen.query_one(TourCard).look()
        assert card(stage).startswith("Tour 4 of 4")


async def test_without_a_microphone_the_first_hint_offers_the_demo_caller() -> None:
    async with touring() as (stage, _):
        await stage.say(DevicesChanged("none", "Headphones", "no microphone was found"))
        stage.app.console_screen.query_one(TourCard).look()
        assert "There is no microphone: press F7" in card(stage)


async def test_the_palette_brings_it_back_and_a_small_screen_has_no_room_for_it() -> None:
    async with staged() as stage:
        assert card(stage) == ""
        await stage.app.run_action("app.tour")
        await stage.pilot.pause()
        assert card(stage).startswith("Tour 1 of 4")
    async with touring((80, 16)) as (stage, seen):
        assert card(stage) == ""
        assert seen == ["seen"]

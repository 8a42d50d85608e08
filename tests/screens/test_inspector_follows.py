"""The event inspector follows what is new, and moves nothing under who reads."""

from __future__ import annotations

from itertools import pairwise

from tests.support.inspected import current, inspecting, is_audio, kinds, read
from tests.support.stage import staged
from tests.support.wire_story import Wire, story
from voice_tui.messages.inspection import Glance, Inspection
from voice_tui.ui.inspector.log import SLICE, EventLog
from voice_tui.ui.inspector.screen import Inspector


async def test_what_is_new_is_followed_until_one_reads_back() -> None:
    wire = Wire(4)
    async with inspecting(wire) as (stage, screen):
        wire.tell(story())
        await read(stage, screen)
        assert current(screen) == "conversation.item.truncated"
        assert screen.current is not None
        assert screen.current.number == wire.store.last
        await stage.pilot.press("up", "up", "pageup")
        shown, top = screen.current, screen.list.scroll_offset
        wire.tell(story())
        await read(stage, screen)
        assert (screen.current, screen.list.scroll_offset) == (shown, top)
        listed = sum(not is_audio(each) for each in story())
        assert str(screen.frame.border_subtitle) == f"↓ {listed} new · End follows"
        await stage.pilot.press("end")
        assert screen.current is not None
        assert screen.current.number == wire.store.last


async def test_a_wheel_reads_back_too() -> None:
    wire = Wire(6)
    async with inspecting(wire) as (stage, screen):
        screen.list.scroll_relative(y=-3, animate=False)  # what a wheel and a scroll bar do
        await stage.pilot.pause()
        top = screen.list.scroll_offset
        wire.tell(story())
        await read(stage, screen)
        assert screen.list.scroll_offset == top


async def test_a_paused_list_stands_still_and_counts_go_on() -> None:
    wire = Wire()
    async with inspecting(wire) as (stage, screen):
        before = kinds(screen)
        await stage.pilot.press("space")
        wire.tell(story())
        await read(stage, screen)
        assert kinds(screen) == before
        fresh = sum(not is_audio(each) for each in story())
        assert str(screen.frame.border_subtitle) == f"‖ paused, {fresh} new · {wire.store.last} in all"
        await stage.pilot.press("space")
        assert len(kinds(screen)) == len(before) + fresh


async def test_events_that_go_while_one_reads_move_nothing() -> None:
    wire = Wire(6, kept=150)
    async with inspecting(wire) as (stage, screen):
        await stage.pilot.press("pageup")
        first = screen.events.at(round(screen.list.scroll_offset.y))
        wire.tell(iter(list(story())[:20]))
        await read(stage, screen)
        assert first is not None
        assert screen.events.at(round(screen.list.scroll_offset.y)) is first


async def test_a_hidden_inspector_reads_nothing_and_a_shown_one_only_what_is_new() -> None:
    looks = [0]
    wire = Wire(20)
    see = wire.store.inspection

    def look(raw: bytes) -> Glance:
        looks[0] += 1
        return see.glance(raw)

    wire.store.inspection = Inspection(look, see.pairing, see.sound)
    async with staged(wire=wire.store) as stage:
        assert looks == [0]
        await stage.pilot.press("f10")
        screen = stage.app.screen
        assert isinstance(screen, Inspector)
        await read(stage, screen)
        assert looks == [wire.store.last]
        await stage.pilot.press("f1")
        while len(stage.app.screen_stack) < 3:
            await stage.pilot.pause()
        wire.tell(story())
        screen._look()
        await stage.pilot.pause()
        assert looks[0] < wire.store.last, "another screen lies over it"
        await stage.pilot.press("escape", "escape")
        assert stage.app.screen is stage.app.console_screen
        wire.tell(story())
        before = looks[0]
        await stage.pilot.pause(0.15)
        assert looks[0] == before < wire.store.last
        await stage.pilot.press("f10")
        again = stage.app.screen
        assert isinstance(again, Inspector)
        await read(stage, again)
        assert looks == [wire.store.last], "each is looked at once"


def test_a_long_list_is_read_in_slices_so_that_keys_come_first() -> None:
    wire = Wire(60)
    log, behind = EventLog(wire.store), []
    while log.read_on():
        behind.append(log.behind)
    assert [before - after for before, after in pairwise([wire.store.last, *behind, 0])][:-1] == [SLICE] * len(behind)
    assert len(behind) > 5

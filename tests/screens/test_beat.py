"""What moves moves on one beat, and only what was touched is drawn: both are counted."""

from __future__ import annotations

import asyncio

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.events import Resize
from textual.geometry import Region, Size
from textual.widget import Widget

from tests.screens.paints import drawn, level, live
from tests.support.stage import Stage, lines, staged
from voice_tui.messages.talk import LevelMeasured, Phase, PhaseChanged, RowChanged
from voice_tui.ui.common.beat import BEAT_S, GATHER_S, HURRY_BEATS, Beat, sounds
from voice_tui.ui.common.compositor import NarrowCompositor

BEATS_A_SECOND = round(1 / BEAT_S)
LEVELS_A_BEAT = 3


async def pass_by(stage: Stage, seconds: int, dbfs: float) -> None:
    """So many seconds in which somebody is so loud."""
    assert stage.link.sink is not None
    for beat in range(seconds * BEATS_A_SECOND):
        for number in range(LEVELS_A_BEAT):
            stage.seconds += BEAT_S / LEVELS_A_BEAT
            stage.link.sink(level(dbfs - (beat + number) % 7, stage.seconds))
        stage.app.beat.strike()
        await stage.pilot.pause()


async def test_while_nobody_speaks_only_the_clock_and_the_scope_are_drawn_once_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged() as stage:
        await live(stage)
        await pass_by(stage, 3, -90)  # whatever was told before has been shown
        with drawn(monkeypatch) as count:
            await pass_by(stage, 10, -90)
        assert count.pop("") <= 11
        assert set(count) == {"top-line", "scope"}


async def test_while_somebody_speaks_all_that_moves_is_drawn_on_one_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        await pass_by(stage, 2, -20)
        with drawn(monkeypatch) as count:
            await pass_by(stage, 5, -20)
        assert count.pop("") <= 5 * BEATS_A_SECOND
        assert {"top-line", "scope", "meter"} <= set(count)
        assert set(count) <= {"top-line", "scope", "meter", "sure", "detectors"}


async def test_levels_wait_for_the_beat_and_none_is_lost() -> None:
    async with staged() as stage:
        await live(stage)
        screen, sink = stage.app.console_screen, stage.link.sink
        assert sink is not None
        for t, dbfs in ((0.1, -60.0), (0.2, -12.0), (0.3, -60.0)):
            await asyncio.to_thread(sink, level(dbfs, t))
        await stage.pilot.pause()
        assert screen.scope.trace.last_ms == 0
        stage.app.beat.catch_up()
        assert screen.scope.trace.last_ms == 300
        assert screen.voice.meter._peaks[0][0] == pytest.approx(-12.0), "the loudest was no last one"
        assert stage.app.state.last(LevelMeasured).t == 0.3


async def test_a_notice_finds_the_levels_before_it_in_the_state() -> None:
    async with staged() as stage:
        await live(stage)
        assert stage.link.sink is not None
        stage.link.sink(level(-30, 0.4))
        stage.link.sink(PhaseChanged(Phase.USER_SPEAKING))
        await stage.pilot.pause()
        assert stage.app.state.last(LevelMeasured).t == 0.4


async def test_a_level_is_as_old_as_when_it_came_not_as_when_it_was_drawn() -> None:
    async with staged() as stage:
        await live(stage)
        assert stage.link.sink is not None
        stage.seconds = 5.0
        stage.link.sink(level(-30, 5.0))
        stage.seconds = 5.1
        stage.app.beat.catch_up()
        assert stage.app.state.measured_at == 5.0


async def test_levels_that_nobody_fetches_are_bounded() -> None:
    async with staged() as stage:
        beat = Beat(stage.app.state, lambda: ())
        for number in range(10_000):
            beat.level(level(-30, number / 100))
        assert len(beat._waiting) < 5_000


def test_a_quiet_room_is_no_sound() -> None:
    assert not sounds(level(-55, 0.0))
    assert sounds(level(-30, 0.0))
    assert sounds(LevelMeasured(-90, -30, 0.0, 0.0))
    assert not sounds(LevelMeasured(-30, -90, 0.0, 0.0, heard=False))


async def test_what_changes_waits_for_the_beat_but_not_when_a_key_was_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        screen, beat = stage.app.console_screen, stage.app.beat
        shown: list[str] = []
        monkeypatch.setattr(screen, "draw", lambda: shown.append("drawn"))
        await stage.pilot.press("escape")
        shown.clear()
        screen._on_timer_update()
        assert shown == ["drawn"], "whoever pressed a key waits for its answer"
        for _ in range(HURRY_BEATS + 1):
            beat.strike()
        shown.clear()
        screen.status.refresh()
        screen._on_timer_update()
        assert shown == []
        await asyncio.sleep(2 * GATHER_S)  # the last strikes draw: what they changed is known by then
        assert set(shown) == {"drawn"}
        shown.clear()
        screen._layout_required = True
        screen._on_timer_update()
        assert shown == ["drawn"], "something has another place"


# ---- screens that open


# ---- the compositor


async def test_two_ends_of_the_screen_are_two_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        screen = stage.app.console_screen
        with drawn(monkeypatch) as count:
            screen.top_line.refresh()
            screen.key_line.refresh()
            await stage.pilot.pause()
        assert count == {"": 1, "top-line": 1, "key-line": 1}


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_what_is_drawn_of_a_touched_place_is_what_textual_draws(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        await live(stage)
        await stage.say(*lines(60))
        screen = stage.app.console_screen
        compositor = screen._compositor
        assert isinstance(compositor, NarrowCompositor)
        width, height = size
        touched = [Region(0, 0, width, 1), Region(3, height - 3, 20, 2), Region(width // 2 - 9, 5, 30, 7)]
        touched += [widget.region for widget in screen.walk_children(Widget) if widget.region and widget.id != "frame"]
        for number in range(len(touched)):
            regions = {region.intersection(screen.region) for region in touched[number::5]}
            compositor._dirty_regions = set(regions)
            ours = compositor.render_partial_update()
            compositor._dirty_regions = set(regions)
            theirs = Compositor.render_partial_update(compositor)
            assert cells(ours) == cells(theirs)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize("key", ["", "f1", "f5", "alt+k", "ctrl+p"])
async def test_what_is_drawn_of_a_whole_screen_is_what_textual_draws(
    key: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(size) as stage:
        await live(stage)
        await stage.say(*lines(60))
        if key:
            await stage.pilot.press(key)
        screen = stage.app.screen
        compositor = screen._compositor
        assert isinstance(compositor, NarrowCompositor)
        ours = compositor.render_strips()
        with monkeypatch.context() as patched:
            patched.delattr(NarrowCompositor, "_get_renders")
            theirs = compositor.render_strips()
        assert [list(strip.simplify()) for strip in ours] == [list(strip.simplify()) for strip in theirs]
        row = size[1] // 2
        assert list(compositor.line(row).simplify()) == list(theirs[row].simplify())


def cells(update: ChopsUpdate | None) -> dict[tuple[int, int], object]:
    """What is written of a touched place: where, and its segments."""
    assert update is not None
    return {
        (x, y): strip
        for y, x1, x2 in update.spans
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False)
        if x < x2 and end > x1
    }


async def test_a_row_that_comes_lays_nothing_out_anew_where_there_is_a_scroll_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with staged() as stage:
        await live(stage)
        *most, last = lines(61)
        await stage.say(*most)
        transcript = stage.app.console_screen.transcript
        before = transcript.max_scroll_y
        with monkeypatch.context() as patched:
            patched.delattr(Compositor, "reflow")
            await stage.say(last)
        assert transcript.scroll_offset.y == transcript.max_scroll_y > before
        assert transcript.vertical_scrollbar.window_virtual_size == transcript.virtual_size.height
        assert transcript.vertical_scrollbar.position == transcript.max_scroll_y


async def test_rows_that_come_touch_no_line_beside_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await live(stage)
        await stage.say(*lines(60))
        with drawn(monkeypatch) as count:
            last = lines(60)[-1]
            await stage.say(RowChanged(last.row, last.after))
        assert set(count) <= {"", "transcript", "status"}


@pytest.mark.parametrize("key", ["", "f1", "ctrl+p"])
async def test_a_size_that_the_terminal_has_no_more_is_not_laid_out(key: str) -> None:
    """A screen tells itself of each new size: two that wait in its queue would follow one another for ever."""
    async with staged((120, 36)) as stage:
        await live(stage)
        await stage.pilot.press(*[key] * bool(key))
        screen = stage.app.screen
        for size in (Size(50, 15), Size(80, 24)):
            screen.post_message(Resize(size, size))
        await stage.pilot.pause()
        assert [each._compositor.size for each in stage.app.screen_stack] == [Size(120, 36)] * (1 + bool(key))

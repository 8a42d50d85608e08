"""The palette: its lines, its cursor, what stands below them, and what is not drawn for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input

from tests.support.stage import Stage, settings, staged
from voice_tui.messages.talk import Mute
from voice_tui.ui.common.wording import beginning
from voice_tui.ui.palette.entries import Entry, Found, VoiceCommands
from voice_tui.ui.palette.listing import GROUP_CELLS, NOTHING, line
from voice_tui.ui.palette.screen import Palette

FOOT_CELLS = 78  # what an explanation has in each of two lines, at 80 columns


async def opened(stage: Stage) -> Palette:
    await stage.say(settings("natural"))
    await stage.pilot.press("ctrl+p")
    assert isinstance(stage.app.screen, Palette)
    return stage.app.screen


def drawn(stage: Stage) -> list[str]:
    return [strip.text for strip in stage.app.screen._compositor.render_strips()]


def below(stage: Stage) -> str:
    """What stands below the list."""
    place = stage.app.screen.query_one("#meaning").content_region
    rows = [strip.crop(place.x, place.right) for strip in stage.app.screen._compositor.render_strips()]
    return " ".join(strip.text.strip() for strip in rows[place.y : place.bottom])


def title(palette: Palette) -> str:
    assert palette.entries.current is not None
    return palette.entries.current.entry.title


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_what_the_entry_under_the_cursor_does_stands_below_the_list_whole(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        palette = await opened(stage)
        for _ in range(5):
            await stage.pilot.press("down")
            assert palette.entries.current is not None
            assert palette.entries.current.entry.explanation in below(stage)


async def test_every_explanation_has_room_in_two_lines_of_eighty_columns() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        for entry in VoiceCommands(stage.app.screen).entries("sureness 99"):
            shown = beginning(entry.explanation, FOOT_CELLS, 2)
            assert " ".join(shown.split("\n")) == entry.explanation


@pytest.mark.parametrize(("size", "beside"), [((80, 24), False), ((120, 36), True), ((200, 60), True)])
async def test_what_entries_do_stands_beside_them_where_there_is_room_to_read_it(
    size: tuple[int, int], beside: bool
) -> None:
    async with staged(size) as stage:
        await opened(stage)
        (row,) = [line for line in drawn(stage) if "Demo caller" in line]
        assert ("Let the demo caller talk for you" in row) is beside


@given(
    name=st.text(st.sampled_from("abc 語"), max_size=90),
    meaning=st.text(st.sampled_from("ab "), max_size=90),
    width=st.integers(66, 130),
)
def test_a_line_is_no_wider_than_the_list(name: str, meaning: str, width: int) -> None:
    entry = Entry("Endpoint", name, "", meaning, "", lambda: None)
    assert sum(cell_len(text) for text, _ in line(Found(entry, frozenset({1, 2})), width)) <= width


async def test_every_group_has_room_in_its_column() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        for entry in VoiceCommands(stage.app.screen).entries():
            assert cell_len(entry.group) < GROUP_CELLS


async def test_the_cursor_goes_round_and_pages_and_stays_in_view() -> None:
    async with staged((80, 24)) as stage:
        palette = await opened(stage)
        every = [entry.title for entry in VoiceCommands(stage.app.screen_stack[0]).entries()]
        for key, at in (("up", -1), ("down", 0), ("pagedown", 15), ("pageup", 0), ("ctrl+end", -1), ("ctrl+home", 0)):
            await stage.pilot.press(key)
            assert title(palette) == every[at]
            assert sum(title(palette) in line for line in drawn(stage)) >= 1


async def test_what_is_chosen_is_done_on_the_screen_beneath_by_enter_or_by_a_click() -> None:
    async with staged((80, 24)) as stage:
        await opened(stage)
        await stage.pilot.press(*"mute", "enter")
        await stage.pilot.pause()
        assert (stage.sent(), stage.app.screen) == ([Mute()], stage.app.console_screen)
        palette = await opened(stage)
        await stage.pilot.click("#entries", offset=(20, 0))
        await stage.pilot.pause()
        assert (stage.sent(), stage.app.screen) == ([Mute()], stage.app.console_screen)
        assert palette not in stage.app.screen_stack


async def test_where_nothing_is_found_that_is_said_and_nothing_is_done() -> None:
    async with staged((80, 24)) as stage:
        palette = await opened(stage)
        await stage.pilot.press(*"qqqq", "down", "pageup", "enter")
        assert (stage.app.screen, palette.entries.current) == (palette, None)
        assert any(NOTHING in line for line in drawn(stage))
        await stage.pilot.press(*["backspace"] * 4)
        assert palette.query_one(Input).value == ""
        assert not any(NOTHING in line for line in drawn(stage))


async def test_a_click_beside_it_or_escape_closes_it() -> None:
    async with staged((200, 60)) as stage:
        for close in (lambda: stage.pilot.click(offset=(3, 30)), lambda: stage.pilot.press("escape")):
            palette = await opened(stage)
            await stage.pilot.click("#meaning")
            assert stage.app.screen is palette
            await close()
            assert palette not in stage.app.screen_stack


async def test_without_colour_the_line_under_the_cursor_is_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with staged((80, 24)) as stage:
        palette = await opened(stage)
        grounds = []
        for y in (0, 1):
            segment = next(iter(palette.entries.render_line(y)))
            assert segment.style is not None
            ink, ground = segment.style.color, segment.style.bgcolor
            grounds.append(ink if segment.style.reverse else ground)
        assert grounds[0] != grounds[1]
        assert "reverse" in str(next(iter(palette.entries.render_line(0))).style)


async def test_of_the_screen_beneath_only_what_is_seen_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        palette = await opened(stage)
        beneath: set[str | None] = set()
        render_line = Widget.render_line

        def note(widget: Widget, y: int) -> object:
            if widget.screen is not palette:
                beneath.add(widget.id)
            return render_line(widget, y)

        for widget in stage.app.console_screen.walk_children(Widget):
            widget._styles_cache.clear()
        palette.refresh()
        monkeypatch.setattr(Widget, "render_line", note)
        palette._on_timer_update()
        assert beneath == {"top-line", "key-line"}
        assert "F1 help" in drawn(stage)[-1], "dimmed, it can still be read"


@pytest.mark.parametrize("beneath", [(80, 24), (200, 60)])
async def test_over_a_screen_of_another_size_it_is_drawn_too(beneath: tuple[int, int]) -> None:
    """A terminal that becomes another one is told to the palette first, and then to what lies beneath."""
    async with staged((120, 36)) as stage:
        palette = await opened(stage)
        console = stage.app.console_screen
        console._compositor.reflow(console, Size(*beneath))
        assert [palette.render_line(y).cell_length for y in range(36)] == [120] * 36

"""The panes of the console: hidden, alone, resized, by keys and by mouse, and on the smallest screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stage import lines, settings, staged
from voice_tui.ui.console.kept_panes import KeptPanes
from voice_tui.ui.outset import Outset


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((200, 60), {"transcript", "side", "last-cut", "scope"}),
        ((120, 36), {"transcript", "side", "last-cut", "scope"}),
        ((80, 24), {"transcript", "side", "last-cut"}),
        ((40, 12), {"transcript", "last-cut"}),
    ],
)
async def test_the_smaller_the_screen_the_fewer_panes_and_the_conversation_stays(
    size: tuple[int, int], seen: set[str]
) -> None:
    async with staged(size) as stage:
        await stage.say(settings("natural"), *lines(9))
        console = stage.app.console_screen
        shown = {name for name in ("transcript", "side", "last-cut", "scope") if console.query_one(f"#{name}").display}
        assert shown == seen
        transcript = console.transcript
        assert transcript.size.height >= 4
        assert "line 8" in "".join(transcript.render_line(y).text for y in range(transcript.size.height))
        heights = sum(each.outer_size.height for each in console.children if each.display)
        assert heights == size[1], "the screen is filled, and nothing hangs over its edge"


async def test_one_pane_alone_and_back() -> None:
    async with staged() as stage:
        console = stage.app.console_screen
        await stage.pilot.press("alt+m")
        assert console.transcript.size.width > 110
        assert not console.side.display
        await stage.pilot.press("alt+m")
        assert console.side.display
        console.scope.focus()
        await stage.pilot.press("M")
        assert console.scope.size.height > 20
        assert not console.transcript.display
        await stage.pilot.press("escape")
        assert console.transcript.display
        assert console.scope.size.height == 5


async def test_panes_are_hidden_and_shown_and_no_key_goes_to_what_is_hidden() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        console = stage.app.console_screen
        await stage.pilot.press("tab")
        assert console.focused is not None
        await stage.pilot.press("number_sign")
        assert not console.side.display
        assert console.focused is None
        assert console.transcript.size.width > 110
        await stage.app.screen.run_action("pane('last cut')")
        await stage.pilot.pause()
        assert not console.last_cut.display
        await stage.app.screen.run_action("panes_reset")
        await stage.pilot.pause()
        assert console.side.display
        assert console.last_cut.display


async def test_borders_move_by_keys_and_by_mouse() -> None:
    async with staged() as stage:
        console = stage.app.console_screen
        await stage.say(*lines(3))
        assert console.side.size.width == 44
        await stage.pilot.press("alt+left")
        assert console.side.size.width == 48
        await stage.pilot.press("alt+up", "alt+up")
        assert console.scope.size.height == 7
        await stage.pilot.press("alt+down")
        assert console.scope.size.height == 6
        side = console.side.region
        await stage.pilot.mouse_down(None, offset=(side.x, side.y + 5))
        await stage.pilot.hover(None, offset=(side.x - 10, side.y + 7))
        await stage.pilot.mouse_up(None, offset=(side.x - 10, side.y + 7))
        await stage.pilot.pause()
        assert not stage.app.screen.get_selected_text()
        assert console.side.size.width == 58
        top = console.scope.region
        await stage.pilot.mouse_down(None, offset=(top.x + 30, top.y))
        await stage.pilot.hover(None, offset=(top.x + 30, top.y - 3))
        await stage.pilot.mouse_up(None, offset=(top.x + 30, top.y - 3))
        await stage.pilot.pause()
        assert console.scope.size.height == 9


async def test_a_double_click_on_a_border_lets_its_pane_be_alone() -> None:
    async with staged() as stage:
        console = stage.app.console_screen
        top = console.scope.region
        await stage.pilot.click(None, offset=(top.x + 40, top.y), times=2)
        await stage.pilot.pause()
        assert not console.transcript.display
        top = console.scope.region
        await stage.pilot.click(None, offset=(top.x + 40, top.y), times=2)
        await stage.pilot.pause()
        assert console.transcript.display


async def test_panes_are_at_the_next_start_as_they_were_left(tmp_path: Path) -> None:
    file = tmp_path / "panes.json"
    async with staged(outset=Outset(panes=KeptPanes(file))) as stage:
        await stage.pilot.press("alt+left")
        await stage.app.screen.run_action("pane('last cut')")
        await stage.pilot.press("alt+m")
    async with staged(outset=Outset(panes=KeptPanes(file))) as stage:
        console = stage.app.console_screen
        assert console.side.size.width == 48
        assert (console.last_cut.display, console.transcript.display, console.scope.display) == (False, True, True)

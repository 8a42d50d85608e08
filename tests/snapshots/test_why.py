"""Pictures of the why-view."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.snapshots.stories import Telling, cut_by_our_ears, false_alarm, interrupted, listening
from tests.snapshots.test_screens import SIZES, THEMES, Snap, staged
from tests.support.matrix import taking_turns

STORIES: dict[str, Telling] = {
    "cut here": cut_by_our_ears,
    "false alarm": false_alarm,
    "cut by the server": interrupted,
    "nothing": listening,
}


def checked(snap_compare: Snap, telling: Telling, size: tuple[int, int], theme: str = "studio", *keys: str) -> None:
    app, begin = staged(telling, theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        await pilot.press("f5", *keys)
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
    assert app.return_code == 0


@pytest.mark.parametrize(("story", "size"), taking_turns(STORIES, SIZES, lambda size: f"{size[0]}x{size[1]}"))
def test_why(snap_compare: Snap, story: str, size: tuple[int, int]) -> None:
    checked(snap_compare, STORIES[story], size)


def test_another_sureness_is_tried(snap_compare: Snap) -> None:
    checked(snap_compare, cut_by_our_ears, (120, 36), "studio", *["plus"] * 8)


@pytest.mark.parametrize("theme", THEMES)
def test_why_theme(snap_compare: Snap, theme: str) -> None:
    checked(snap_compare, cut_by_our_ears, (100, 30), theme)

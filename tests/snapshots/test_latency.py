"""Pictures of latencies."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.snapshots.stories import interrupted
from tests.snapshots.test_screens import SIZES, THEMES, Snap, staged
from tests.support.latency_story import LATENCIES
from voice_tui.messages.notices import Notice


def checked(
    snap_compare: Snap, size: tuple[int, int], *told: Notice, theme: str = "studio", keys: tuple[str, ...] = ()
) -> None:
    app, begin = staged(interrupted, *told, theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_open("latency")
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_latency(snap_compare: Snap, size: tuple[int, int]) -> None:
    checked(snap_compare, size, *LATENCIES)


def test_latency_parts(snap_compare: Snap) -> None:
    checked(snap_compare, (120, 36), *LATENCIES, keys=("m", "pagedown"))


@pytest.mark.parametrize("theme", THEMES)
def test_latency_theme(snap_compare: Snap, theme: str) -> None:
    checked(snap_compare, (80, 24), *LATENCIES, theme=theme)

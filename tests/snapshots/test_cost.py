"""Pictures of usage and cost."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.snapshots.context_scenarios import FILLED
from tests.snapshots.stories import interrupted
from tests.snapshots.test_screens import SIZES, THEMES, Snap, staged
from tests.support.matrix import taking_turns
from tests.support.paid_story import PAID


def checked(snap_compare: Snap, size: tuple[int, int], theme: str = "studio", *, opened: bool = True) -> None:
    app, begin = staged(interrupted, FILLED, *PAID, theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        if opened:
            app.action_open("cost")
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(
    ("opened", "size"), taking_turns(["cost", "status"], SIZES, lambda size: f"{size[0]}x{size[1]}")
)
def test_cost(snap_compare: Snap, opened: str, size: tuple[int, int]) -> None:
    checked(snap_compare, size, opened=opened == "cost")


@pytest.mark.parametrize("theme", THEMES)
def test_cost_theme(snap_compare: Snap, theme: str) -> None:
    checked(snap_compare, (80, 24), theme)

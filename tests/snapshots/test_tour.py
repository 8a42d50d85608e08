"""Pictures of the tour."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.snapshots.scenarios import SCENARIOS
from tests.snapshots.test_screens import SIZES, Snap, staged
from tests.support.matrix import taking_turns
from voice_tui.ui.outset import Outset
from voice_tui.ui.tour.card import Tour, TourCard
from voice_tui.ui.tour.hints import HINTS

NAMES = [hint.title for hint in HINTS]


def pictured(snap_compare: Snap, size: tuple[int, int], hint: str, theme: str = "studio") -> None:
    app, begin = staged(SCENARIOS["listening"], theme=theme, outset=Outset(tour=Tour(True)))

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_tour()
        await pilot.pause()
        for _ in range(NAMES.index(hint)):
            app.console_screen.query_one(TourCard).next()
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("hint", "size"), taking_turns(NAMES[:1] + NAMES[-1:], SIZES, lambda s: f"{s[0]}x{s[1]}"))
def test_tour(snap_compare: Snap, hint: str, size: tuple[int, int]) -> None:
    pictured(snap_compare, size, hint)


def test_tour_on_paper(snap_compare: Snap) -> None:
    pictured(snap_compare, (120, 36), NAMES[1], "paper")

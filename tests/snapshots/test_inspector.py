"""Pictures of the event inspector."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.snapshots.stories import interrupted
from tests.snapshots.test_screens import SIZES, THEMES, Snap, staged
from tests.support.matrix import taking_turns
from tests.support.wire_story import Wire
from voice_tui.ui.inspector.screen import Inspector

SCENES: dict[str, tuple[str, ...]] = {
    "following": (),
    "refused": ("home", "down", "down", "down"),
    "sound": ("h", "up", "up", "up", "up"),
    "search": ("slash", *"speed"),
}


def checked(snap_compare: Snap, scene: str, size: tuple[int, int], theme: str = "studio") -> None:
    wire = Wire()
    app, begin = staged(interrupted, theme=theme, wire=wire.store)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        await pilot.press("f10")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, Inspector)
        screen._look()
        await pilot.press(*SCENES[scene])
        for entry in screen.query(Input):
            entry.cursor_blink = False
        screen._look()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("scene", "size"), taking_turns(SCENES, SIZES, lambda size: f"{size[0]}x{size[1]}"))
def test_inspector(snap_compare: Snap, scene: str, size: tuple[int, int]) -> None:
    checked(snap_compare, scene, size)


@pytest.mark.parametrize("theme", THEMES)
def test_inspector_theme(snap_compare: Snap, theme: str) -> None:
    checked(snap_compare, "refused", (80, 24), theme)


def test_inspector_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    checked(snap_compare, "refused", (80, 24))

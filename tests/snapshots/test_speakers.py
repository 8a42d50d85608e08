"""The speakers: in the transcript, on their screen, and while one is enrolled."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.snapshots.scenarios import ENROLMENTS, SPEAKERS, TABLE, Steps
from tests.snapshots.stories import listening
from tests.snapshots.test_screens import THEMES, Snap, in_sizes, staged
from voice_tui.ui.app import VoiceTuiApp

SIZES = [(80, 24), (200, 60)]


def shows(snap_compare: Snap, steps: Steps, keys: tuple[str, ...], size: tuple[int, int], theme: str) -> bool:
    app, play = staged(listening, *steps, theme=theme)
    return shot(snap_compare, app, play, keys, size)


def shot(snap_compare: Snap, app: VoiceTuiApp, play: object, keys: tuple[str, ...], size: tuple[int, int]) -> bool:
    async def run(pilot: Pilot[int]) -> None:
        await play(pilot)  # type: ignore[operator]  # as `staged` gives it
        for key in keys:
            await pilot.press(key)
        await pilot.pause()

    same = snap_compare(app, terminal_size=size, run_before=run)
    return same


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_who_in_the_transcript(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert shows(snap_compare, TABLE, (), size, "studio")


@pytest.mark.parametrize(("name", "size"), in_sizes(SPEAKERS, SIZES))
def test_who_screen(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    assert shows(snap_compare, *SPEAKERS[name], size, "studio")


@pytest.mark.parametrize("theme", THEMES)
def test_who_theme(snap_compare: Snap, theme: str) -> None:
    assert shows(snap_compare, *SPEAKERS["list"], (80, 24), theme)


def test_who_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shows(snap_compare, *SPEAKERS["list"], (80, 24), "studio")


@pytest.mark.parametrize("name", ENROLMENTS)
def test_who_enrolment(snap_compare: Snap, name: str) -> None:
    app, play = staged(listening, *TABLE)

    async def enrolled(pilot: Pilot[int]) -> None:
        await play(pilot)
        for key in ("escape", "W", "a", *"Eve", "enter"):
            await pilot.press(key)
        await pilot.pause()
        app.take(ENROLMENTS[name])

    assert shot(snap_compare, app, enrolled, (), (80, 24))

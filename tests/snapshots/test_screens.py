"""Every state of the console in three sizes, every theme, and the screens behind keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet
from textual.pilot import Pilot

from tests.snapshots import stories
from tests.snapshots.scenarios import CHECKED, SCENARIOS, SCOPED
from tests.snapshots.stories import Telling, told
from tests.support.matrix import taking_turns
from voice_tui.messages.notices import Notice
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.themes import load_themes, packaged_folder

SIZES = [(80, 24), (120, 36), (200, 60)]
THEMES = [name for name in load_themes((packaged_folder(),)).themes if name != "studio"]
Snap = Callable[..., bool]
LAYOUTS = 3  # a panel that grows moves the next one: on a busy machine one pause is over before that is drawn


def in_sizes(names: Collection[str], sizes: Sequence[tuple[int, int]] = SIZES) -> list[ParameterSet]:
    """Each of these in each size."""
    return taking_turns(names, sizes, lambda size: f"{size[0]}x{size[1]}")


class FrozenClock:
    """Time that passes only when a scenario says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 5, 12, 4, 7) + timedelta(seconds=self.seconds)


def staged(
    telling: Telling, *after: Notice, theme: str = "studio", **more: Any
) -> tuple[VoiceTuiApp, Callable[[Pilot[int]], Awaitable[None]]]:
    """An application, and what tells it a story and then some notices, each at its time."""
    clock = FrozenClock()
    app = VoiceTuiApp(None, theme=theme, clock=clock.monotonic, now=clock.now, **more)
    app.animation_level = "none"
    app.console_screen.prompt.cursor_blink = False

    async def play(pilot: Pilot[int]) -> None:
        while not app.console_screen.ready:  # what is told before would all be told at the story's end
            await pilot.pause()
        for at, notice in told(telling):
            clock.seconds = at
            app.take(notice)
        for notice in after:
            app.take(notice)
        for _ in range(LAYOUTS):
            await pilot.pause()
        app.console_screen.rest()
        await pilot.pause()

    return app, play


@pytest.mark.parametrize(("name", "size"), in_sizes(SCENARIOS))
def test_console(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    app, play = staged(SCENARIOS[name])
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("name", "size"), in_sizes(SCOPED))
def test_scope(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    app, play = staged(SCOPED[name])
    assert snap_compare(app, press=["f8"] if size[0] < 100 else [], terminal_size=size, run_before=play)


def test_front_end_beside_the_knobs(snap_compare: Snap) -> None:
    app, play = staged(SCOPED["scope-echo"])
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


def test_scope_hidden(snap_compare: Snap) -> None:
    app, play = staged(SCOPED["scope-interruption"])
    assert snap_compare(app, press=["f8"], terminal_size=(120, 36), run_before=play)


def test_scope_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, play = staged(SCOPED["scope-interruption"])
    assert snap_compare(app, terminal_size=(120, 36), run_before=play)


@pytest.mark.parametrize("theme", THEMES)
def test_theme(snap_compare: Snap, theme: str) -> None:
    app, play = staged(SCENARIOS["interrupted"], theme=theme)
    assert snap_compare(app, terminal_size=(120, 36), run_before=play)


def test_no_color(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, play = staged(SCENARIOS["interrupted"])
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_help(snap_compare: Snap, size: tuple[int, int]) -> None:
    app, play = staged(SCENARIOS["listening"])
    assert snap_compare(app, press=["f1"], terminal_size=size, run_before=play)


def checked(
    name: str, theme: str = "studio", **more: Any
) -> tuple[VoiceTuiApp, Callable[[Pilot[int]], Awaitable[None]]]:
    key, steps = CHECKED[name]
    app, listen = staged(SCENARIOS["listening"], theme=theme, **more)

    async def play(pilot: Pilot[int]) -> None:
        await listen(pilot)
        await pilot.press(key)
        await pilot.pause()
        for step in steps:
            app.take(step)
        await pilot.pause()

    return app, play


@pytest.mark.parametrize(("name", "size"), in_sizes(CHECKED, SIZES[:2]))
def test_check(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    app, play = checked(name)
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("theme", THEMES)
def test_check_theme(snap_compare: Snap, theme: str) -> None:
    app, play = checked("calibration-proposal", theme)
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


def test_check_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, play = checked("calibration-proposal")
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


def test_wrong_theme_file(snap_compare: Snap, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\ndark = true\n[colors]\nprimary = "blurple"\n', encoding="utf-8")
    app, play = staged(SCENARIOS["listening"], theme="mine", themes_folder=tmp_path)
    assert snap_compare(app, terminal_size=(120, 36), run_before=play)


def test_reading_back(snap_compare: Snap) -> None:
    app, play = staged(stories.interrupted)
    assert snap_compare(app, press=["pageup"], terminal_size=(80, 18), run_before=play)

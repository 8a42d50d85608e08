"""Pictures of measures: live, and in a replay with labels."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.snapshots.stories import interrupted
from tests.snapshots.test_replay import talk
from tests.snapshots.test_screens import LAYOUTS, SIZES, THEMES, Snap, staged
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.measures import UserSpoke
from voice_tui.ui.replay import app as app_module
from voice_tui.ui.replay.app import ReplayApp

__all__ = ["talk"]
SPOKEN = (UserSpoke(1_200, 3_500), UserSpoke(9_250, 10_150))
"""Whoever speaks in the story is scripted, and no ears of ours hear it."""


def live(snap_compare: Snap, size: tuple[int, int], theme: str = "studio", keys: tuple[str, ...] = ()) -> None:
    app, begin = staged(interrupted, *SPOKEN, theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_open("judge")
        await pilot.pause()
        await pilot.press(*keys)
        for _ in range(LAYOUTS):
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_judge(snap_compare: Snap, size: tuple[int, int]) -> None:
    live(snap_compare, size)


def test_judge_figures_only(snap_compare: Snap) -> None:
    live(snap_compare, (80, 24), keys=("m",))


@pytest.mark.parametrize("theme", THEMES)
def test_judge_theme(snap_compare: Snap, theme: str) -> None:
    live(snap_compare, (120, 36), theme)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", ["labels", "judge"])
def test_labelled(snap_compare: Snap, talk: RecordedTalk, tmp_path: Path, size: tuple[int, int], screen: str) -> None:
    app = ReplayApp(open_recording(shutil.copytree(talk.path, tmp_path / "talk")), theme="studio", real=lambda: 0.0)
    app.animation_level = "none"

    async def play(pilot: Pilot[int]) -> None:
        while not app.console_screen.ready:
            await pilot.pause()
        await pilot.press("space", "greater_than_sign", "V", "V", "S", "S", "S")
        await pilot.pause()
        if screen == "judge":
            app.player.seek(app.player.length)
            app.tick()  # what was said until there is told, whether or not a beat comes in time
            await pilot.press("J")
        for _ in range(LAYOUTS):
            await pilot.pause()
        app.console_screen.rest()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
    assert app.return_code == 0


class _Ears:
    """Hears nearly what was said."""

    def __init__(self) -> None:
        self.texts = ["Please tell me a song story.", "Stop now.", "Once upon the time.", "I stopped."]

    def transcribe(self, pcm: Pcm) -> str:
        return self.texts.pop(0)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_words(snap_compare: Snap, talk: RecordedTalk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    ears = _Ears()
    monkeypatch.setattr(app_module, "local_ears", lambda: ears)
    app = ReplayApp(talk, theme="studio", real=lambda: 0.0)
    app.animation_level = "none"

    async def play(pilot: Pilot[int]) -> None:
        while not app.console_screen.ready:
            await pilot.pause()
        app.player.seek(app.player.length)
        app.tick()
        await pilot.press("H")
        await app.screen.workers.wait_for_complete()
        for _ in range(LAYOUTS):
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)
    assert app.return_code == 0

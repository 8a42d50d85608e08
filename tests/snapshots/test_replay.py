"""Pictures of a talk that lives again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from tests.snapshots.test_screens import LAYOUTS, SIZES, THEMES, Snap
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.ui.replay.app import ReplayApp


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    folder: Path = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "natural", equipment=lambda world: {"recording": options})
    path = shelf.kept(folder)[-1].path
    session = json.loads((path / shelf.SESSION).read_text())  # it has the time of this place
    (path / shelf.SESSION).write_text(json.dumps(session | {"when": "2026-01-05T12:04:07+01:00"}))
    return open_recording(path)


def pictured(snap_compare: Snap, talk: RecordedTalk, size: tuple[int, int], theme: str = "studio") -> None:
    app = ReplayApp(talk, theme=theme, real=lambda: 0.0)
    app.animation_level = "none"

    async def play(pilot: Pilot[int]) -> None:
        while not app.console_screen.ready:
            await pilot.pause()
        await pilot.press("space", "greater_than_sign", "full_stop")
        app.player.position += 2.5
        app._show(app.player.rest())
        for _ in range(LAYOUTS):
            await pilot.pause()
        app.console_screen.rest()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_replay(snap_compare: Snap, talk: RecordedTalk, size: tuple[int, int]) -> None:
    pictured(snap_compare, talk, size)


@pytest.mark.parametrize("theme", THEMES)
def test_replay_theme(snap_compare: Snap, talk: RecordedTalk, theme: str) -> None:
    pictured(snap_compare, talk, (120, 36), theme)

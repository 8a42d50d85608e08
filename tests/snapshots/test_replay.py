"""Pictures of a talk that lives again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import Scene, World, simulate
from tests.snapshots.test_screens import LAYOUTS, SIZES, THEMES, Snap
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.recording import Record
from voice_tui.ui.replay.app import ReplayApp


def recorded(folder: Path, scene: Scene, preset: str, *, always: bool) -> RecordedTalk:
    """A talk that was kept, at a time of day that every machine has."""
    options = RecordingOptions(folder, always=always, beside=False)
    simulate(scene, 7, preset, equipment=lambda world: {"recording": options})
    path = shelf.kept(folder)[-1].path
    session = json.loads((path / shelf.SESSION).read_text())  # it has the time of this place
    (path / shelf.SESSION).write_text(json.dumps(session | {"when": "2026-01-05T12:04:07+01:00"}))
    return open_recording(path)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    return recorded(tmp_path_factory.mktemp("recordings"), interrupted, "natural", always=True)


async def kept_late(world: World) -> None:
    """A talk of which only the second half is kept, by another preset than the first."""
    await world.live()
    await world.say("What is nine plus four?")
    await world.quiet()
    world.want(SelectPreset("push-to-talk"))
    await world.wait(70.0)
    world.want(Record(True))
    await world.wait(2.0)
    await world.press("Please tell me a joke.")
    await world.quiet()


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    return recorded(tmp_path_factory.mktemp("later"), kept_late, "natural", always=False)


def pictured(
    snap_compare: Snap,
    talk: RecordedTalk,
    size: tuple[int, int],
    theme: str = "studio",
    keys: tuple[str, ...] = ("space", "greater_than_sign", "full_stop"),
    seconds: float = 2.5,
) -> None:
    app = ReplayApp(talk, theme=theme, real=lambda: 0.0)
    app.animation_level = "none"

    async def play(pilot: Pilot[int]) -> None:
        while not app.console_screen.ready:
            await pilot.pause()
        await pilot.press(*keys)
        app.player.position += seconds
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


@pytest.mark.parametrize("seconds", [0.5, 8.0], ids=["begins", "goes-on"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_replay_of_a_talk_that_was_kept_late(
    snap_compare: Snap, later: RecordedTalk, size: tuple[int, int], seconds: float
) -> None:
    pictured(snap_compare, later, size, keys=("space",), seconds=seconds)

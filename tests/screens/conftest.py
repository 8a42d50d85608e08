"""For tests of screens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    """One that was recorded, with an interruption."""
    folder = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "natural", equipment=lambda world: {"recording": options})
    return open_recording(shelf.kept(folder)[-1].path)


@pytest.fixture
def copied(talk: RecordedTalk, tmp_path: Path) -> RecordedTalk:
    """A copy, to be labelled."""
    return open_recording(shutil.copytree(talk.path, tmp_path / "copied"))

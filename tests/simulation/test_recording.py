"""Recorded talks live again: the engine, fed its tape, tells the same notices byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.people import scripted
from tests.simulation.test_determinism import interrupted
from tests.simulation.world import Scene, World, simulate
from voice_tui.conversation import kept as ears
from voice_tui.conversation.turn_taking import table
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.presets import Detector
from voice_tui.replay.tape import check


def keeping(folder: Path, **how: Any) -> Callable[[World], Mapping[str, Any]]:
    def equipment(world: World) -> Mapping[str, Any]:
        return {"recording": RecordingOptions(folder, beside=False, **{"always": True, **how})}

    return equipment


def recorded(scene: Scene, folder: Path, preset: str, seed: int = 7, **options: Any) -> tuple[World, RecordedTalk]:
    world = simulate(scene, seed, preset, equipment=keeping(folder), **options)
    (found,) = shelf.kept(folder)
    return world, open_recording(found.path)


@pytest.fixture(autouse=True)
def _scripted_ears(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine that lives a talk again has the ears that it had in its world."""
    cast = scripted()
    monkeypatch.setitem(table.DETECTORS, Detector.NATURAL, cast.natural)
    monkeypatch.setattr(ears, "EARS", [*ears.EARS, cast.ears])


@pytest.mark.parametrize("preset", ["server-vad", "natural", "push-to-talk", "step4-cancel"])
def test_a_recorded_barge_in_lives_again_without_a_difference(preset: str, tmp_path: Path) -> None:
    world, talk = recorded(interrupted, tmp_path, preset)
    verdict = check(talk)
    assert verdict.first is None
    assert verdict.same
    assert verdict.notices == len(world.notices) > 300
    assert world.interruptions == 1

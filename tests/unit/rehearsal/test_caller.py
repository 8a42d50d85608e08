"""A recorded caller: one of whom nothing can be heard is refused before anybody talks with it, by the name it has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli.main import main
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.rehearsal.caller import caller_of, callers_voice

LOUD = np.random.default_rng(0).uniform(-0.3, 0.3, RATE)
SILENT, SOFT = np.zeros(RATE), LOUD / 1000

CALLERS = {
    "silent": (SILENT, "it"),
    "soft": (SOFT, "it"),
    "shorter than a frame": (LOUD[:100], "it"),
    "silent on the left": (np.stack((SILENT, LOUD), axis=1), "its left channel"),
}


@pytest.mark.parametrize("name", CALLERS)
def test_a_caller_of_whom_nothing_can_be_heard_is_refused(tmp_path: Path, name: str) -> None:
    sound, where = CALLERS[name]
    path = tmp_path / "call.wav"
    soundfile.write(path, sound, RATE)
    for read in (callers_voice, caller_of):
        with pytest.raises(RecordingError) as refused:
            read(path)
        assert str(refused.value) == f"{path}: nothing can be heard of a caller in {where}"


@pytest.mark.parametrize("command", ["compare", "steps"])
def test_a_command_names_the_recording_and_not_a_file_of_its_own(tmp_path: Path, command: str) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, SILENT, RATE)
    result = CliRunner().invoke(main, ["lab", command, str(path)])
    assert result.exit_code == 1
    assert result.stderr.strip() == f"Error: {path}: nothing can be heard of a caller in it"


def test_who_can_be_heard_is_a_caller(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "call.wav", np.concatenate((SILENT, LOUD[: RATE // 10])), RATE)
    assert len(callers_voice(tmp_path / "call.wav")[0]) == RATE + RATE // 10

"""Two recordings of which the first is to be the microphone: where the second is its echo, somebody mixed them up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.unit.audio.test_echo_recordings import late, room, talk
from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli.main import main
from voice_tui.rehearsal.caller import callers_voice

PLAYED = talk(8, 1)
HEARD = late(PLAYED, 120) * 0.3 + room(len(PLAYED))
QUESTION = "comes 120 ms before"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name, sound in (("mic", HEARD), ("ref", PLAYED), ("quiet", room(len(PLAYED)))):
        soundfile.write(f"{name}.wav", sound, RATE)
    soundfile.write("right.wav", np.stack((HEARD, PLAYED), axis=1), RATE)
    soundfile.write("wrong.wav", np.stack((PLAYED, HEARD), axis=1), RATE)


def run(command: str) -> Result:
    return CliRunner().invoke(main, command.split())


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("lab barge --all ref.wav mic.wav", "lab barge --all mic.wav ref.wav"),
        (
            "lab barge --all --closed quiet.wav ref.wav quiet.wav mic.wav",
            "lab barge --all --closed quiet.wav mic.wav quiet.wav ref.wav",
        ),
        ("lab calibrate ref.wav --ref mic.wav", "lab calibrate mic.wav --ref ref.wav"),
    ],
)
def test_a_pair_in_the_wrong_order_is_asked_about(wrong: str, right: str) -> None:
    said = "voice-tui: ref.wav comes 120 ms before mic.wav, which holds the same: are they in the right order?"
    assert said in run(wrong).stderr.splitlines()
    assert QUESTION not in run(right).output


def test_what_is_printed_besides_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = run("lab barge --all ref.wav mic.wav")
    monkeypatch.setattr("voice_tui.cli.recorded.lead_ms", lambda *_: None)
    silent = run("lab barge --all ref.wav mic.wav")
    assert (asked.exit_code, asked.stdout) == (silent.exit_code, silent.stdout)
    assert len(asked.stderr.splitlines()) == len(silent.stderr.splitlines()) + 1


def test_echo_asks_in_the_line_that_it_ends_with() -> None:
    result = run("lab echo mic.wav ref.wav")
    assert result.exit_code == 1
    earlier = "what was played is in it, but 0.12 s earlier: both must begin at the same moment"
    assert result.stderr == f"Error: ref.wav: {earlier} (are they in the right order?)\n"


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("judge wrong.wav", "are they in the right order (--swap)?"),
        ("judge --swap right.wav", "is --swap right?"),
        ("lab sweep --processes 1 --param sureness=4,5 wrong.wav", "are they in the right order (--swap)?"),
    ],
)
def test_so_is_a_stereo_recording(command: str, asked: str) -> None:
    said = f"the user's channel {QUESTION} the other one, which holds the same: {asked}"
    result = run(command)
    assert f"voice-tui: {command.split()[-1]}: {said}" in result.stderr.splitlines()


@pytest.mark.parametrize("command", ["judge right.wav", "judge --swap wrong.wav"])
def test_one_in_the_right_order_is_not(command: str) -> None:
    assert QUESTION not in run(command).output


def test_so_is_a_caller_of_whom_an_echo_is_taken() -> None:
    assert QUESTION in callers_voice(Path("wrong.wav"))[1]
    assert callers_voice(Path("right.wav"))[1] == ""


def test_a_damaged_recording_of_a_sweep_is_said_as_in_judge(tmp_path: Path) -> None:
    raw = (tmp_path / "right.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(raw[: len(raw) * 3 // 4])
    judged, swept = run("judge --json cut.wav"), run("lab sweep --processes 1 --json --param sureness=4,5 cut.wav")
    assert judged.stderr.startswith("voice-tui: cut.wav: it is cut short: 6.0 s of it are used")
    assert judged.stderr.splitlines()[0] in swept.stderr.splitlines()
    assert json.loads(swept.stdout.splitlines()[-1])["recommended"]

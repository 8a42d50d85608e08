"""How benchmarks take arguments: what is not allowed is refused before anything is measured, and nothing is left."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.benchmarks.labels import Unfit
from tests.benchmarks.sources import load
from tests.benchmarks.usage import InputFolder, Measurement, NumbersFile, write_text
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.speech.packages import MissingExtraError


def run(kind: click.ParamType[Any], value: str) -> Result:
    measured: list[Path] = []

    @click.command(cls=Measurement)
    @click.option("--given", type=kind)
    def main(given: Path) -> None:
        measured.append(given)

    result = CliRunner().invoke(main, ["--given", value])
    assert (result.exit_code == 0) == bool(measured)
    return result


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/a").write_text("kept")


def test_a_folder_of_which_a_part_is_missing_is_refused_with_what_is_needed() -> None:
    assert run(InputFolder("a"), "full").exit_code == 0
    result = run(InputFolder("a", "score.py"), "full")
    assert result.exit_code == 2
    assert "'full' has no score.py, give a folder with a, score.py" in result.output
    assert run(InputFolder(), "full/a").exit_code == 2


FAILURES = {
    "a file": (FileNotFoundError(2, "No such file or directory", "x\x1b[31m.wav"), "x.wav: No such file or directory"),
    "a label": (Unfit(Path("a.json"), "it is no label"), "a.json: it is no label"),
    "a program": (subprocess.CalledProcessError(3, ["python", "make.py"]), "python make.py: it ended with 3"),
    "our own voice": (
        MissingExtraError("hibari-tts"),
        'The embedded server needs hibari-tts, which is not installed: pip install "voice-tui[local]"',
    ),
    "a package": (
        ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib"),
        "matplotlib is not installed: pip install 'voice-tui[local,bench]'",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_spoiled_on_the_way_is_one_line(name: str) -> None:
    failure, words = FAILURES[name]

    @click.command(cls=Measurement)
    def main() -> None:
        raise failure

    result = CliRunner().invoke(main)
    assert (result.exit_code, result.output) == (1, f"Error: {words}\n")


def test_a_module_of_ours_that_is_missing_is_a_fault_and_not_told_as_a_package() -> None:
    @click.command(cls=Measurement)
    def main() -> None:
        raise ModuleNotFoundError("No module named 'tests.gone'", name="tests.gone")

    assert isinstance(CliRunner().invoke(main).exception, ModuleNotFoundError)


def test_figures_are_written_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "figures.json", "[]")
    assert (tmp_path / "figures.json").read_text() == "[]"


def test_a_file_of_numbers_is_looked_into() -> None:
    np.savez("good.npz", mean=np.zeros(2), bias=np.zeros(1))
    assert run(NumbersFile("mean", "bias"), "good.npz").exit_code == 0
    lacks = run(NumbersFile("mean", "spread"), "good.npz")
    assert "good.npz: it has no 'spread', give a file with mean, spread" in lacks.output
    Path("cut.npz").write_bytes(Path("good.npz").read_bytes()[:100])
    np.save("one.npy", np.zeros(2))
    for name in ("cut.npz", "one.npy", "full/a"):
        result = run(NumbersFile(), name)
        assert result.exit_code == 2
        assert f"{name}: no numbers that can be read, give a file as numpy writes it (.npz)" in result.output


@pytest.mark.parametrize("damage", ["label", "recording"])
def test_what_teaches_the_detectors_names_the_file_that_does_not_fit(damage: str, tmp_path: Path) -> None:
    source = tmp_path / "turns_src"
    source.mkdir()
    for kind in ("user_1", "user_2", "asst_1", "asst_2"):
        soundfile.write(source / f"{kind}.wav", np.full(24_000, 0.1), 24_000)
    bad = source / ("user_2.json" if damage == "label" else "user_2.wav")
    bad.write_bytes(b"RIFF")
    with pytest.raises((Unfit, RecordingError)) as told:
        load(tmp_path, 2)
    assert str(told.value).startswith(f"{bad}: no ")

"""How benchmarks take arguments: what is not allowed is refused before anything is measured, and nothing is left."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.benchmarks.labels import Unfit
from tests.benchmarks.sessions import load
from tests.benchmarks.usage import InputFolder, Measurement, NumbersFile, OutputFile, OutputFolder, write_text
from voice_tui.drivers.devices.recordings import RecordingError

REFUSED = {
    "file": ("gone/x.json", "'gone/x.json' can't be written (No such file or directory), give a file in a folder"),
    "folder in place of a file": ("here", "'here' can't be written (Is a directory), give a file in a folder"),
    "file in place of a folder": ("full/a/x.json", "can't be written (Not a directory), give a file in a folder"),
    "a name too long": ("x" * 300, "can't be written (File name too long), give a file in a folder"),
    "no name": ("", "'.' can't be written (Is a directory), give a file in a folder"),
}


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
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("here").mkdir()
    Path("full").mkdir()
    Path("full/a").write_text("kept")
    return tmp_path


def everything() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_can_t_be_written_is_refused(name: str) -> None:
    value, words = REFUSED[name]
    before = everything()
    result = run(OutputFile(), value)
    assert result.exit_code == 2
    assert words in result.output
    assert everything() == before


@pytest.mark.parametrize("value", ["new.json", "full/a", "/dev/null"])
def test_a_file_that_can_be_written_is_taken_and_left_as_it_is(value: str) -> None:
    before = everything()
    assert run(OutputFile(), value).exit_code == 0
    assert everything() == before
    assert Path("full/a").read_text() == "kept"


def test_a_picture_ends_as_what_it_is() -> None:
    assert run(OutputFile((".svg", ".png")), "a.svg").exit_code == 0
    result = run(OutputFile((".svg", ".png")), "a.pdf")
    assert result.exit_code == 2
    assert "'a.pdf'" in result.output
    assert "give a file that ends in .svg or .png" in result.output


@pytest.mark.parametrize("value", ["here", "new", "new/in/new", "here/new"])
def test_scenes_go_to_a_folder_that_is_empty_or_new(value: str) -> None:
    before = everything()
    assert run(OutputFolder(empty=True), value).exit_code == 0
    assert everything() == before


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("full", "there are files in it"),
        ("full/a", "Not a directory"),
        ("full/a/new", "Not a directory"),
        ("/proc/x", "No such file or directory"),
    ],
)
def test_scenes_go_nowhere_else(value: str, why: str) -> None:
    if value.startswith("/proc") and not os.path.isdir("/proc/self"):
        pytest.skip("there is no /proc here")
    result = run(OutputFolder(empty=True), value)
    assert result.exit_code == 2
    assert f"'{value}' can't be written ({why}), give a folder that is empty or not there yet" in result.output


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

"""Files and folders that commands will write: what can't be written is refused before anything is done for it."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from voice_tui.cli.main import main as program
from voice_tui.cli.targets import OutputFile, OutputFolder

REFUSED = {
    "file": ("gone/x.json", "'gone/x.json' can't be written (No such file or directory), give a file in a folder"),
    "folder in place of a file": ("here", "File 'here' is a directory"),
    "file in place of a folder": ("full/a/x.json", "can't be written (Not a directory), give a file in a folder"),
    "a name too long": ("x" * 300, "can't be written (File name too long), give a file in a folder"),
    "no name": ("", "'' is not allowed, give the name of a file"),
}


def run(kind: click.ParamType[Any], value: str) -> Result:
    taken: list[Path] = []

    @click.command()
    @click.option("--given", type=kind)
    def main(given: Path) -> None:
        taken.append(given)

    result = CliRunner().invoke(main, ["--given", value])
    assert (result.exit_code == 0) == bool(taken)
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
    assert "give a file that ends with .svg or .png" in result.output


@pytest.mark.parametrize("value", ["here", "new", "new/in/new", "here/new"])
def test_scenes_go_to_a_folder_that_is_empty_or_new(value: str) -> None:
    before = everything()
    assert run(OutputFolder(empty=True), value).exit_code == 0
    assert everything() == before


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("full", "there are files in it"),
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


def test_a_pipe_is_not_closed_before_anything_was_written(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names here")
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert run(OutputFile(), str(tmp_path / "pipe")).exit_code == 0
    (tmp_path / "pipe").write_bytes(b"whole")
    reader.join()
    assert read == [b"whole"]


def test_where_a_link_points_to_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "to").symlink_to(tmp_path / "not-yet")
    assert run(OutputFile(), str(tmp_path / "to")).exit_code == 0
    assert not (tmp_path / "not-yet").exists()
    (tmp_path / "lost").symlink_to(tmp_path / "gone" / "x")
    assert run(OutputFile(), str(tmp_path / "lost")).exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        ("lab", "compare", "call.wav", "--keep", "full/a/x"),
        ("lab", "compare", "call.wav", "--chart", "gone/x.svg"),
        ("lab", "steps", "call.wav", "--keep", "full/a/x"),
        ("lab", "versus", "call.wav", "--endpoint", "a", "--endpoint", "b", "--keep", "full/a/x"),
        ("lab", "sweep", "call.wav", "--param", "sureness=0:1:1", "--keep", "full/a/x"),
        ("test", "greeting", "--junit", "gone/x.xml"),
        ("report", "last", "-o", "gone/x.html"),
        ("recordings", "export", "last", "--bug", "gone/x.zip"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_commands_look_before_they_work(command: tuple[str, ...]) -> None:
    Path("call.wav").touch()
    result = CliRunner().invoke(program, command)
    assert result.exit_code == 2
    assert f"{command[-1]!r} can't be written" in result.stderr

"""What commands write is whole, or as it was."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from voice_tui.cli.files import write_out, write_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and pipes are of POSIX")


class Full:
    """Opens files of a disk that takes three bytes more."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: bytes) -> None:
        self._file.write(content[:3])
        raise OSError(28, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda *arguments: Full(opened(*arguments)))


def test_on_a_full_disk_the_file_that_was_there_stays_and_no_other_is_left(tmp_path: Path, full_disk: None) -> None:
    target = tmp_path / "report.html"
    target.write_text("the last one")
    with pytest.raises(click.ClickException, match=r"report\.html: No space left on device$"):
        write_out(target, "x", b"the new one")
    assert target.read_text() == "the last one"
    assert os.listdir(tmp_path) == ["report.html"]


def test_on_a_full_disk_nothing_is_begun(tmp_path: Path, full_disk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.ClickException, match="No space left on device"):
        write_out(None, "report.html", b"the new one")
    assert os.listdir(tmp_path) == []


@POSIX
def test_a_file_keeps_its_rights_its_link_and_its_other_names(tmp_path: Path) -> None:
    target, link, other = tmp_path / "report.html", tmp_path / "link", tmp_path / "other"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    os.link(target, other)
    write_whole(target, b"newer")
    assert other.read_bytes() == b"newer"
    new = tmp_path / "new"
    write_whole(new, b"")
    beside = tmp_path / "beside"
    beside.write_bytes(b"")
    assert new.stat().st_mode == beside.stat().st_mode, "a new one has the rights that any new file has"


@POSIX
def test_what_is_no_file_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"page")
    assert os.read(reader, 9) == b"page"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_takes_no_new_file_may_hold_one_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "new.html", b"new")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"

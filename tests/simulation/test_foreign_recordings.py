"""Recordings that somebody else sent: torn, with parts missing, with lines of nobody; each is told in a line."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from voice_tui.cli.replay import lines
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.recording.wire import recorded_wire
from voice_tui.replay.bug import parts
from voice_tui.replay.tape import check
from voice_tui.tape.circumstances import family_of

DEEP = b'{"t":1.0,"Announced":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


@pytest.fixture(scope="module")
def barge_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded barge-in, to be copied before it is changed."""
    folder = tmp_path_factory.mktemp("barge-in")
    options = RecordingOptions(folder, beside=False, always=True)
    simulate(interrupted, 7, "server-vad", equipment=lambda world: {"recording": options})
    return shelf.kept(folder)[-1].path


@pytest.fixture
def copied(barge_in: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(barge_in, tmp_path / "copied")


@pytest.mark.parametrize("foreign", [b"\xb2\xff", b"{nothing", b"5", DEEP], ids=["bytes", "torn", "number", "deep"])
def test_a_line_of_nobody_among_the_notices_is_one_that_differs(copied: Path, foreign: bytes) -> None:
    path = copied / shelf.NOTICES
    known, before = len(list(open_recording(copied).notices())), check(open_recording(copied))
    with path.open("ab") as file:
        file.write(foreign + b"\n")
    talk = open_recording(copied)
    assert len(list(talk.notices())) == known
    assert talk.unread == 1
    verdict = check(talk)
    assert (verdict.differences, verdict.unchecked) == (before.differences + 1, "")
    assert lines(verdict), "it can be told"


def test_a_line_of_nobody_on_the_tape_is_said(copied: Path) -> None:
    path = copied / shelf.TAPE
    path.write_bytes(DEEP + b"\n" + path.read_bytes())
    assert check(open_recording(copied)).unchecked == "its tape can't be read here: no JSON: it is nested too deeply"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (shelf.TALK, "sound that its tape names is not there: microphone ends at 0"),
        (shelf.ANSWERS, "sound that its tape names is not there: answers ends at 0"),
        (shelf.NOTICES, "it has no notices: what the engine told then is not there"),
    ],
)
def test_where_a_part_of_it_is_not_there_nobody_can_say(copied: Path, name: str, words: str) -> None:
    (copied / name).unlink()
    verdict = check(open_recording(copied))
    assert (verdict.same, verdict.unchecked) == (False, words)


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are of POSIX")
@pytest.mark.parametrize("name", [shelf.NOTICES, shelf.EVENTS, shelf.TAPE, shelf.TALK, shelf.ANSWERS])
def test_nobody_waits_for_a_pipe_in_it(copied: Path, name: str) -> None:
    (copied / name).unlink()
    os.mkfifo(copied / name)
    talk = open_recording(copied)
    assert len(list(talk.notices())) == (0 if name == shelf.NOTICES else len(talk.notice_lines))
    assert not talk.at_work
    recorded_wire(copied, family_of(talk.session).inspection)
    check(talk)
    packed = [part.name for part in parts(talk, copied / name) if part.content]
    assert shelf.SESSION in packed
    assert name not in packed

"""Recordings that somebody else sent: torn, with parts missing, with lines of nobody; each is told in a line."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from voice_tui.cli.replay import lines
from voice_tui.conversation.engine import Engine
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.recording.wire import recorded_wire
from voice_tui.messages.inputs import Input
from voice_tui.replay.bug import parts
from voice_tui.replay.tape import check
from voice_tui.tape.circumstances import family_of
from voice_tui.tape.codec import Unreadable

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


FRAMES = '{"FramesCaptured":{"at":%s,"count":%s,"sample_index":0,"reference":null}}'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"Ticked":{"now":"x"}}', "Ticked: Ticked: float is wanted, not str ('x')"),
        ('{"Drained":-5}', "Drained: -5 is not 0 or more"),
        ('{"Arrived":{"event":5}}', "Arrived: "),
        ('{"Arrived":5}', "Arrived: "),
        (FRAMES % (-5, 240), "FramesCaptured: -5 is not 0 or more"),
        (FRAMES % (0, 1.5), "FramesCaptured: int is wanted, not float (1.5)"),
    ],
    ids=str,
)
def test_a_line_of_the_tape_with_a_value_of_another_kind_is_said(copied: Path, line: str, words: str) -> None:
    path = copied / shelf.TAPE
    path.write_bytes(line.encode() + b"\n" + path.read_bytes())
    assert check(open_recording(copied)).unchecked.startswith(f"its tape can't be read here: {words}")


def test_what_the_engine_can_t_take_is_said_with_its_line(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    took, receive = 0, Engine.receive

    def fails(engine: Engine, happened: Input) -> None:
        nonlocal took
        took += 1
        if took == 3:
            raise KeyError("no such\x1b[2J item")
        receive(engine, happened)

    monkeypatch.setattr(Engine, "receive", fails)
    unchecked = check(open_recording(copied)).unchecked
    assert unchecked.startswith("its tape can't be read here: line ")
    assert unchecked.endswith(": KeyError: 'no such\\x1b[2J item')")
    assert "the engine can't take it" in unchecked


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("preset", "hasty", "preset: 'hasty' is none of natural, "),
        ("tuned", {"hasty": {}}, "preset: 'hasty' is none of natural, "),
    ],
)
def test_a_preset_that_is_not_known_here_is_said(copied: Path, field: str, value: object, words: str) -> None:
    path = copied / shelf.SESSION
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {field: value}))
    assert check(open_recording(copied)).unchecked.startswith(f"its tape can't be read here: {words}")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("preset", None, "Circumstances: str is wanted, not null"),
        ("seconds", "nan", "seconds: nan is not from 0 to 1e+10"),
        ("seconds", 1e308, "seconds: 1e+308 is not from 0 to 1e+10"),
        ("began", -1, "began: -1 is not from 0 to 1e+10"),
        ("versions", ["numpy"], "Circumstances: an object is wanted, not list (['numpy'])"),
    ],
)
def test_circumstances_of_another_kind_are_said(copied: Path, field: str, value: object, words: str) -> None:
    path = copied / shelf.SESSION
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {field: value}))
    with pytest.raises(Unreadable) as refused:
        open_recording(copied)
    assert str(refused.value) == f"{copied}: {shelf.SESSION}: {words}"


@pytest.mark.parametrize("t", ["-1", "1e300", '"x"', "null"])
def test_a_notice_of_no_time_is_not_read(copied: Path, t: str) -> None:
    known = len(list(open_recording(copied).notices()))
    with (copied / shelf.NOTICES).open("a") as file:
        file.write(f'{{"t":{t},"Announced":{{"severity":"info","text":"x"}}}}\n')
    talk = open_recording(copied)
    assert (len(list(talk.notices())), talk.unread) == (known, 1)


@pytest.mark.parametrize("own", ["NaN", '"inf"', "1e308"])
def test_a_notice_that_names_no_time_of_a_talk_is_not_read(copied: Path, own: str) -> None:
    known = len(list(open_recording(copied).notices()))
    level = '"mic_dbfs":-20.0,"assistant_dbfs":-120.0,"mic_mean":0.1'
    with (copied / shelf.NOTICES).open("a") as file:
        file.write(f'{{"t":1.0,"LevelMeasured":{{{level},"t":{own}}}}}\n')
    talk = open_recording(copied)
    assert (len(list(talk.notices())), talk.unread) == (known, 1)


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

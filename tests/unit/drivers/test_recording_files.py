"""The files of a recording, and what happens where they can't be written."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.drivers.recording import shelf, writer
from voice_tui.drivers.recording.files import LATE, LEFT, RIGHT, FlacFile, StereoFile
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import flac_samples, open_recording
from voice_tui.drivers.recording.recorder import Recorder
from voice_tui.drivers.recording.writer import Background, Known, Line, Writer
from voice_tui.endpoints.families import REALTIME
from voice_tui.messages.inputs import FramesCaptured, Ticked
from voice_tui.tape.circumstances import Circumstances
from voice_tui.tape.codec import Unreadable

BEGINS = Circumstances("", 0.0, "realtime", "natural", endpoint="my host/é")


def noise(seed: int, count: int) -> Pcm:
    return np.random.default_rng(seed).integers(-9_000, 9_000, count).astype(np.int16)


def recorder(folder: Path, **how: object) -> Recorder:
    return Recorder(RecordingOptions(folder, **how), BEGINS, REALTIME, 0.0, 1e9)  # type: ignore[arg-type]  # by name


def made(folder: Path, seconds: float = 1.0, clock: float = 1e9) -> Path:
    """A recording of so long a silence."""
    kept = Recorder(RecordingOptions(folder, beside=False), BEGINS, REALTIME, 0.0, clock)
    for n in range(round(seconds * 100)):
        kept.received(Ticked((n + 1) * 0.01), (n + 1) * 0.01)
        kept.received(FramesCaptured(noise(n, FRAME), n * FRAME), (n + 1) * 0.01)
    kept.close(BEGINS)
    return kept.path


# ---- sound


def test_channels_come_one_by_one_and_what_is_missing_is_silence(tmp_path: Path) -> None:
    left, right = noise(1, 3 * RATE), noise(2, RATE)
    file = StereoFile(tmp_path / "x.wav")
    for start in range(0, len(left), 1_000):
        assert file.put(LEFT, start, left[start : start + 1_000]) == 0
        if start < len(right):
            file.put(RIGHT, 500 + start, right[start : start + 1_000])
        file.write()
        there, rate = soundfile.read(tmp_path / "x.wav", dtype="int16", always_2d=True)
        assert (len(there), rate) == (round(file.seconds * RATE), RATE), "at every moment it can be read"
        assert len(there) >= start + 1_000 - LATE - 1_000
    file.close()
    both, _ = soundfile.read(tmp_path / "x.wav", dtype="int16")
    assert np.array_equal(both[:, LEFT], left)
    assert np.array_equal(both[500 : 500 + RATE, RIGHT], right)
    assert not both[:500, RIGHT].any()
    assert not both[500 + RATE :, RIGHT].any()


def test_sound_that_comes_too_late_is_counted(tmp_path: Path) -> None:
    file = StereoFile(tmp_path / "x.wav")
    file.put(RIGHT, 0, noise(1, 2 * RATE))
    file.write()
    assert file.put(LEFT, 0, noise(2, 2 * RATE)) == 2 * RATE - LATE
    file.close()


@pytest.mark.parametrize("count", [10, 4_096, 100_000])
def test_a_flac_file_comes_back_sample_by_sample(tmp_path: Path, count: int) -> None:
    pcm = noise(3, count)
    file = FlacFile(tmp_path / "x.flac")
    for start in range(0, count, 777):
        file.write([pcm[start : start + 777]])
    unfinished = flac_samples(tmp_path / "x.flac")
    assert np.array_equal(unfinished, pcm[: len(unfinished)]), "what is there before it is closed is right"
    assert len(unfinished) > count - 12_000
    file.close()
    assert np.array_equal(flac_samples(tmp_path / "x.flac"), pcm)


def test_a_flac_file_that_lies_about_its_length_is_as_long_as_it_is(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.flac", noise(3, 5_000), RATE, "PCM_16")
    raw = bytearray((tmp_path / "x.flac").read_bytes())
    raw[21:26] = (int.from_bytes(raw[21:26], "big") | 2**36 - 1).to_bytes(5, "big")
    (tmp_path / "x.flac").write_bytes(raw)
    assert np.array_equal(flac_samples(tmp_path / "x.flac"), noise(3, 5_000))


def test_there_is_no_flac_file_where_nothing_was_to_be_written(tmp_path: Path) -> None:
    file = FlacFile(tmp_path / "x.flac")
    file.write([])
    file.close()
    assert not (tmp_path / "x.flac").exists()
    assert len(flac_samples(tmp_path / "x.flac")) == 0


# ---- room on the disk


def test_the_oldest_make_room_and_nothing_else_is_touched(tmp_path: Path) -> None:
    paths = [made(tmp_path, 0.5, 1e9 + n) for n in range(4)]
    (paths[0] / "labels.csv").write_text("mine")
    (tmp_path / "notes").mkdir()
    size = shelf.size_of(paths[0])
    gone, room = shelf.make_room(tmp_path, int(2.5 * size))
    assert (gone, room) == (paths[:2], True)
    assert [path.exists() for path in paths] == [True, False, True, True]
    assert [each.name for each in paths[0].iterdir()] == ["labels.csv"], "what its owner put there stays"
    assert [each.path for each in shelf.kept(tmp_path)] == paths[2:]
    assert (tmp_path / "notes").is_dir()


def test_a_recording_that_is_being_made_never_makes_room(tmp_path: Path) -> None:
    at_work = recorder(tmp_path)
    other = made(tmp_path, 0.5, 2e9)
    assert shelf.make_room(tmp_path, 1) == ([other], False)
    assert [each.at_work for each in shelf.kept(tmp_path)] == [True]
    at_work.close(BEGINS)
    at_work.wait()
    assert [each.at_work for each in shelf.kept(tmp_path)] == [False]
    assert shelf.make_room(tmp_path, 1) == ([at_work.path], True)


def test_room_is_made_when_a_recording_begins_and_that_is_said(tmp_path: Path) -> None:
    old = made(tmp_path, 0.5)
    begun = recorder(tmp_path, limit=shelf.size_of(old) // 2, beside=False)
    assert begun.deleted() == [old]
    assert begun.deleted() == []
    assert begun.problem == ""
    begun.close(BEGINS)


def test_without_room_it_ends_and_says_so(tmp_path: Path) -> None:
    begun = recorder(tmp_path, limit=1, beside=False)
    assert begun.problem == "no room is left within --record-limit: the recording ends here"
    begun.close(BEGINS)
    assert open_recording(begun.path).session.problem == begun.problem


def test_names_of_folders_are_plain_and_never_taken_twice(tmp_path: Path) -> None:
    first, second = (made(tmp_path, 0.0) for _ in range(2))
    assert second.name == f"{first.name}-2"
    assert first.name.endswith("-my-host-é")


# ---- a disk that fails


class Full(Writer):
    """Takes nothing any more."""

    def write(self, pieces: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_ends_it_and_says_which(tmp_path: Path) -> None:
    files = Background(Full(tmp_path, BEGINS, (), 10**9), beside=False)
    files.put(Line(shelf.TAPE, b"{}\n"))
    files.close()
    assert files.problem == f"{tmp_path}: No space left on device: the recording ends here"
    assert open_recording(tmp_path).session.problem == files.problem


class Tight(Writer):
    """There is no room for a single byte but what is free once something goes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, BEGINS, (), 10**9)
        self.free = 0

    def close(self, problem: str) -> None:
        reserve = self.path / shelf.RESERVE
        self.free = reserve.stat().st_size if reserve.exists() else 0
        super().close(problem)


def test_room_is_kept_for_what_a_full_disk_has_to_say(tmp_path: Path) -> None:
    tight = Tight(tmp_path)
    files = Background(tight, beside=False)
    files.close("no room")
    session = (tmp_path / shelf.SESSION).stat().st_size
    assert tight.free >= 4 * session
    assert not (tmp_path / shelf.RESERVE).exists(), "it is over"
    assert open_recording(tmp_path).session.problem == "no room"


def test_what_becomes_known_stands_there_before_the_end(tmp_path: Path) -> None:
    begun = Writer(tmp_path, replace(BEGINS, endpoint=""), ("sk-secret",), 10**9)
    begun.write([Known(replace(BEGINS, model="demo"))])
    session = open_recording(tmp_path).session
    assert (session.endpoint, session.model, session.ended, session.redacted) == ("my host/é", "demo", False, 0)
    begun.write([Line(shelf.TAPE, b'{"key": "sk-secret"}\n')])
    assert open_recording(tmp_path).session.redacted == 1, "nobody shall take it for what the engine was told"
    begun.close("")


class Slow(Writer):
    """Takes its time."""

    go = threading.Event()

    def write(self, pieces: list[writer.Piece]) -> None:
        self.go.wait(10)
        super().write(pieces)


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(writer, "MOST_WAITING", 10_000)
    monkeypatch.setattr(writer, "PAUSE_S", 0.001)
    Slow.go.clear()
    yield
    Slow.go.set()


@pytest.mark.usefixtures("little_patience")
def test_a_disk_that_is_too_slow_never_holds_anybody_up_and_what_was_taken_is_written(tmp_path: Path) -> None:
    files = Background(Slow(tmp_path, BEGINS, (), 10**9))
    put = 0
    while not files.problem:
        files.put(Line(shelf.NOTICES, b"x" * 99 + b"\n"))
        put += 1
    assert 100 <= put <= 102
    files.put(Line(shelf.NOTICES, b"behind the end\n"))
    files.close()
    assert not open_recording(tmp_path).session.ended, "nobody waits for the disk"
    Slow.go.set()
    files.wait()
    assert files.problem == "the disk is too slow: the recording ends here"
    assert (tmp_path / shelf.NOTICES).read_bytes() == (b"x" * 99 + b"\n") * put
    assert open_recording(tmp_path).session.problem == files.problem


# ---- what is no recording


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no recording: session.json: No such file or directory"),
        ("{", "session.json: "),
        ("[]", "session.json: edition: None is not 1"),
        ('{"edition": 99}', "session.json: edition: 99 is not 1"),
        ('{"edition": 1}', "session.json: Circumstances: "),
        ('{"edition": 1, "when": "", "began": 0, "family": "x", "preset": ""}', "family: 'x' is none of realtime"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / shelf.SESSION).write_text(text)
    with pytest.raises(Unreadable) as refused:
        open_recording(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path}: ")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)

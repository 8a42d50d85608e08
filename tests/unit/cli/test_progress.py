from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import click
import numpy as np
import pytest
import soundfile

from tests.support.stereo_talks import StereoTalk
from voice_tui import plain_file
from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.cli import progress
from voice_tui.cli.lab import lab
from voice_tui.cli.main import main
from voice_tui.cli.progress import LONG, watched
from voice_tui.cli.recorded import callers, recorded
from voice_tui.drivers.devices.recordings import ON_DISK, read_recording
from voice_tui.drivers.tools.prints import Prints
from voice_tui.replay.frames import Onlooker, Watch
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline
from voice_tui.replay.judge.transcript import transcript_of

T = TypeVar("T")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "frames", "shown"), [(Terminal, LONG, True), (Terminal, LONG - 1, False)])
def test_a_line_follows_a_long_recording_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: type[StringIO], frames: int, shown: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", where := stream())
    with watched("Hearing", np.zeros(frames * FRAME, np.int16)) as watch:
        begun = where.getvalue()
        assert list(watch(range(frames))) == list(range(frames))
    assert bool(begun) is shown
    assert ("Hearing" in where.getvalue(), "100%" in where.getvalue()) == (shown, shown)


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", where := StringIO())
    with watched("Hearing", np.zeros(LONG * FRAME, np.int16)) as watch:
        assert list(watch([1, 2])) == [1, 2]
    assert where.getvalue() == ""


RATE_48K = 48_000


def places(shown: str) -> list[int]:
    """Where the bar stood, percent."""
    return [int(found) for found in re.findall(r"(\d+)%", shown)]


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A recording that takes a while to convert, where one is impatient."""
    soundfile.write(tmp_path / "a.wav", np.ones(RATE_48K, np.int16), RATE_48K)
    return tmp_path / "a.wav"


@pytest.mark.parametrize(
    ("stream", "patience_s", "shown"), [(Terminal, 0.0, True), (Terminal, np.inf, False), (StringIO, 0.0, False)]
)
def test_a_line_follows_what_is_read_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, long: Path, stream: type[StringIO], patience_s: float, shown: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", where := stream())
    monkeypatch.setattr(progress, "PATIENCE_S", patience_s)
    assert len(recorded(long)) == RATE_48K // 2
    seen = places(where.getvalue())
    assert ("Reading a.wav" in where.getvalue()) is shown
    assert (len(set(seen)) > 20, seen[-1:] == [100], seen == sorted(seen)) == (shown, shown, True)


def test_a_file_that_is_read_twice_goes_back_to_its_beginning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sound = np.ones(RATE_48K) / 2
    soundfile.write(tmp_path / "a.wav", np.stack((sound, -sound), axis=1), RATE_48K)
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    recorded(tmp_path / "a.wav")
    seen = places(where.getvalue().partition("voice-tui: ")[0])
    (turn,) = [i for i, (before, after) in enumerate(pairwise(seen)) if after < before]
    assert (seen[turn], seen[turn + 1] < 10, seen[-1]) == (99, True, 100)


@pytest.mark.parametrize(
    "command",
    [
        *("vad a.wav", "barge a.wav b.wav", "barge b.wav a.wav", "echo b.wav a.wav", "echo a.wav b.wav"),
        *("calibrate a.wav", "calibrate b.wav --ref a.wav", "compare a.wav", "steps a.wav"),
    ],
)
def test_every_command_that_reads_one_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, long: Path, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    soundfile.write("b.wav", np.ones(100, np.int16), 24_000)
    soundfile.write("a.wav", np.zeros(RATE_48K, np.int16), RATE_48K)
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    with suppress(click.ClickException, SystemExit):
        lab.main(command.split(), standalone_mode=False)
    assert "Reading a.wav" in where.getvalue()
    assert len(set(places(where.getvalue()))) > 20


@pytest.mark.parametrize("kind", [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_it_is_told_evenly_whatever_the_kind(tmp_path: Path, kind: tuple[str, str]) -> None:
    noise = np.random.default_rng(1).standard_normal(RATE_48K * 10) / 10
    soundfile.write(tmp_path / "a", noise, RATE_48K, format=kind[0], subtype=kind[1])
    told = list[float]()
    read_recording(tmp_path / "a", told.append)
    assert told == sorted(told)
    assert 0 < told[0] <= ON_DISK
    assert told[-1] > 0.99
    assert max(after - before for before, after in pairwise(told)) < 0.2


def test_so_is_how_much_of_a_large_file_has_come_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_file, "BLOCK", 1_000)
    (tmp_path / "a").write_bytes(raw := bytes(range(250)) * 14)
    told = list[float]()
    assert plain_file.content(tmp_path / "a", 3_500, told.append) == raw
    assert told == [1_000 / 3_500, 2_000 / 3_500, 3_000 / 3_500, 1.0]
    with pytest.raises(OSError, match="it holds more than 3,499 bytes"):
        plain_file.content(tmp_path / "a", 3_499)


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A talk with an echo in it, that takes a while where one is impatient."""
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "LONG", 100)
    monkeypatch.setattr(progress, "STEP", 1)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    left, right = StereoTalk(6, [(0.5, 1.5), (4.2, 5.2)], [(2.0, 5.0)]).tracks()
    echo = np.concatenate((np.zeros(2_400, np.int16), right // 8))[: len(right)]
    return save_stereo(tmp_path / "a.wav", left + echo, right)


def save_stereo(path: Path, left: Pcm, right: Pcm) -> Path:
    soundfile.write(path, np.stack((left, right), axis=1), 24_000)
    return path


READ, CLEANED, HEARD = "Reading a.wav", "Taking the echo away", "Hearing"


@pytest.mark.parametrize(
    ("command", "labels"),
    [
        ("judge a.wav", (READ, CLEANED, HEARD)),
        ("lab sweep a.wav --param sureness=4,5", (READ, CLEANED, HEARD, "Weighing")),
        ("judge .", (READ, CLEANED, HEARD)),
    ],
)
def test_so_does_who_judges_a_single_one(
    monkeypatch: pytest.MonkeyPatch, talk: Path, command: str, labels: Sequence[str]
) -> None:
    monkeypatch.chdir(talk.parent)
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    with suppress(click.ClickException, SystemExit):
        main.main(command.split())
    for label in labels:
        shown = where.getvalue().split(label)[1:]
        assert len({place for part in shown for place in places(part)[:1]}) > 20, label


def test_of_several_it_is_said_how_many_are_done(monkeypatch: pytest.MonkeyPatch, talk: Path) -> None:
    monkeypatch.chdir(talk.parent)
    talk.with_name("b.wav").write_bytes(talk.read_bytes())
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    with suppress(SystemExit):
        main.main(["judge", "--processes", "1", "a.wav", "b.wav"])
    assert ("Judging" in where.getvalue(), READ in where.getvalue()) == (True, False)


def test_the_callers_echo_is_taken_away_with_a_line(monkeypatch: pytest.MonkeyPatch, talk: Path) -> None:
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    assert len(callers(talk)) == 6 * 24_000
    assert (READ in where.getvalue(), CLEANED in where.getvalue()) == (True, True)


def test_a_transcript_says_how_much_is_written_down() -> None:
    class Ears:
        def transcribe(self, pcm: Pcm) -> str:
            return "words"

    class Counting(Onlooker):
        def __init__(self) -> None:
            self.announced, self.gone = 0, 0

        def hearing(self, label: str, frames: int) -> AbstractContextManager[Watch]:
            self.announced += frames
            return nullcontext(self)

        def __call__(self, frames: Iterable[T]) -> Iterator[T]:
            for frame in frames:
                self.gone += 1
                yield frame

    seen, silence = Counting(), np.zeros(5 * 24_000, np.int16)
    timeline = Timeline((Sound(0, 1_000, Kind.TURN),), (Stretch(1_500, 4_000),), 5_000)
    assert len(transcript_of(silence, silence, timeline, None, Ears(), seen).lines) == 2
    assert (seen.announced, seen.gone) == (350, 350)


@pytest.mark.parametrize("given", ["--mic", "--noise"])
def test_a_recording_that_talk_is_given_is_read_with_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, long: Path, given: str
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(sys, "stderr", where := Terminal())
    monkeypatch.setattr(sys, "stdout", StringIO())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    nobody = ["--url", "ws://127.0.0.1:9", "--speaker", "none", "--for", "1"]
    mic = [] if given == "--mic" else ["--mic", "none"]
    with suppress(SystemExit):
        main.main(["talk", given, str(long), *mic, *nobody])
    assert "Reading a.wav" in where.getvalue()
    assert len(set(places(where.getvalue()))) > 20


def test_it_is_the_terminals_where_what_tools_print_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, long: Path
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(sys, "stderr", Prints(where := Terminal()))
    recorded(long)
    assert "Reading a.wav" in where.getvalue()

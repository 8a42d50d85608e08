"""What decoders of C print of a damaged file: it comes past all of our streams, and nobody is to see it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli.main import main
from voice_tui.cli.noise import room_options
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.drivers.logs import native_errors_hushed


@pytest.fixture(autouse=True)
def _damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two MP3 files with noise in their middle."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    rng = np.random.default_rng(1)
    sound = np.sin(np.cumsum(rng.standard_normal((RATE * 3, 2)) / 20, axis=0)) * 0.3
    soundfile.write("a.mp3", sound, RATE, format="MP3", subtype="MPEG_LAYER_III")
    raw = bytearray(Path("a.mp3").read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 3_000] = rng.integers(0, 256, 3_000, dtype=np.uint8).tobytes()
    for name in ("a.mp3", "b.mp3"):
        Path(name).write_bytes(raw)


@contextmanager
def as_in_a_process() -> Iterator[None]:
    """With the stream that a process begins with, in whose place pytest puts one of its own."""
    with redirect_stderr(sys.__stderr__):
        yield


def errors(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines on descriptor 2."""
    capfd.readouterr()
    with as_in_a_process(), suppress(SystemExit):
        main.main(list(arguments))
    return capfd.readouterr().err.splitlines()


def test_a_damaged_file_makes_its_decoder_print(capfd: pytest.CaptureFixture[str]) -> None:
    read_recording(Path("a.mp3"))
    assert "Illegal Audio-MPEG-Header" in capfd.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        *("lab vad a.mp3", "lab barge a.mp3 b.mp3", "lab calibrate a.mp3", "judge a.mp3"),
        *("judge --processes 1 a.mp3 b.mp3", "judge --processes 2 a.mp3 b.mp3"),
        "lab sweep --processes 1 --param sureness=4,5 a.mp3",
    ],
)
def test_only_our_own_lines_are_seen(capfd: pytest.CaptureFixture[str], command: str) -> None:
    said = errors(capfd, *command.split())
    assert [line for line in said if not line.startswith(("voice-tui: ", "Error: "))] == []
    assert any("a.mp3: damaged" in line for line in said)


def test_a_noise_of_another_room_is_read_the_same_way(capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    with as_in_a_process():
        assert room_options("a.mp3", None)
    (said,) = capfd.readouterr().err.splitlines()
    assert said.startswith("voice-tui: --noise: a.mp3: damaged")


def test_the_descriptor_is_as_it_was_behind_it_whatever_happens(capfd: pytest.CaptureFixture[str]) -> None:
    def both(where: str) -> None:
        os.write(2, f"native {where}\n".encode())
        print(f"ours {where}", file=sys.stderr, flush=True)

    def hushed(problem: type[BaseException] | None) -> None:
        with suppress(KeyboardInterrupt, ValueError), native_errors_hushed():
            with native_errors_hushed():
                both("inside")
            both("inside")
            if problem:
                raise problem
        both("outside")

    there = os.fstat(2)
    for problem in (None, KeyboardInterrupt, ValueError):
        capfd.readouterr()
        with as_in_a_process():
            stream = sys.stderr
            hushed(problem)
            assert sys.stderr is sys.__stderr__ is stream
        assert os.path.samestat(os.fstat(2), there)
        assert capfd.readouterr().err.splitlines() == ["ours inside"] * 2 + ["native outside", "ours outside"]


def test_no_descriptor_is_left_open(capfd: pytest.CaptureFixture[str]) -> None:
    def lowest() -> int:
        free = os.dup(0)
        os.close(free)
        return free

    with as_in_a_process():
        before = lowest()
        for _ in range(20):
            with native_errors_hushed():
                pass
        assert lowest() == before

"""Output that fails, disks that are full, names that are no text: a line and a code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import environment
from voice_tui.cli.output import NOBODY_READS

pytestmark = [pytest.mark.wall_clock, pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")]

TALK = ["talk", "--mic", "none", "--speaker", "none", "--no-greeting"]  # ends when all that is said is answered
ASKED = ["--say", "What is one plus one?"]
NOWHERE = [*TALK, "--url", "ws://127.0.0.1:9"]


def run(folder: Path, *arguments: str | bytes, shell: str = "", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A command as a user types it; ``shell`` is what follows it on the line."""
    command = [os.fsencode(sys.executable), b"-m", b"voice_tui", *map(os.fsencode, arguments)]
    line = [b"bash", b"-o", b"pipefail", b"-c", b'"$@" ' + shell.encode(), b"bash", *command]
    return subprocess.run(
        line,
        capture_output=True,
        timeout=60,
        env=environment(folder) | variables,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def one(err: bytes) -> str:
    (line,) = err.decode().splitlines()
    return line


@pytest.mark.parametrize(
    ("shell", "words", "as_json"),
    [("> /dev/full", "No space left", ()), (">&-", "Bad file descriptor", ("--json",))],
)
def test_output_that_fails_ends_a_talk_in_order(
    served: str, tmp_path: Path, shell: str, words: str, as_json: tuple[str, ...]
) -> None:
    done = run(tmp_path, *TALK, "--url", served, *ASKED, *as_json, shell=shell)
    assert done.returncode == 1
    assert words in one(done.stderr)


def test_who_has_read_enough_is_told_nothing(served: str, tmp_path: Path) -> None:
    done = run(tmp_path, *TALK, "--url", served, *ASKED, "--json", shell="| head -n 1")
    assert (done.returncode, done.stderr) == (NOBODY_READS, b"")


def test_nothing_is_left_to_say_where_both_fail(tmp_path: Path) -> None:
    done = run(tmp_path, *NOWHERE, shell="> /dev/full 2> /dev/full")
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_an_encoding_lacks_is_replaced(served: str, tmp_path: Path) -> None:
    done = run(tmp_path, *TALK, "--url", served, "--say", "日本 é", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"You         ?? " in done.stdout
    done.stdout.decode("ascii")


@pytest.mark.parametrize("flag", ["--events", "--speaker"])
def test_a_full_disk_drops_no_conversation(served: str, tmp_path: Path, flag: str) -> None:
    full = tmp_path / "full.wav"
    full.symlink_to("/dev/full")
    done = run(tmp_path, *TALK, "--url", served, *ASKED, flag, str(full))
    assert done.returncode == 1
    assert "full.wav" in one(done.stderr)
    assert "No space left" in one(done.stderr)
    assert b"What is one plus one?" in done.stdout


def test_a_log_that_cannot_be_written_is_done_without(served: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = run(
        tmp_path,
        *TALK,
        "--url",
        served,
        "--say",
        "Hello.",
        XDG_STATE_HOME=str(tmp_path / "file"),
        HOME=str(tmp_path / "nowhere"),
    )
    assert done.returncode == 0
    assert "going on without a log" in one(done.stderr)


def test_bytes_that_are_no_text_are_said_as_far_as_they_go(served: str, tmp_path: Path) -> None:
    done = run(tmp_path, *TALK, "--url", served, "--say", b"caf\xe9 \x1b[2Jau lait")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "You         caf\ufffd au lait" in done.stdout.decode()


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, *NOWHERE, "--mic", b"caf\xe9.wav")
    assert done.returncode == 1
    assert "mic: caf\ufffd.wav: No such file" in one(done.stderr)


def test_the_models_runtime_sends_and_says_nothing(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the local extra is not installed")
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null", "XDG_STATE_HOME": "/dev/null"}
    code = "import voice_tui.cli.main, onnxruntime"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(tmp_path) | nowhere, check=True
    )
    assert done.stderr == b"", "it finds no place to keep an id for its telemetry"


NOISY = """
import os
from voice_tui.cli.main import main
from voice_tui.drivers.devices import host

class SoundDevice:
    PortAudioError = OSError

    def query_devices(*wanted):
        os.write(2, b"ALSA lib pcm.c:2664: Unknown PCM cards.pcm.rear\\n")
        raise ValueError("nothing there")

    def query_hostapis():
        os.write(2, b"ALSA lib pcm.c:2664: Unknown PCM cards.pcm.rear\\n")
        raise OSError("Unanticipated host error")

host.sounddevice = lambda: SoundDevice
main()
"""
"""The command line on a machine whose sound library writes to descriptor 2, as ALSA's does."""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["devices"], "Error: PortAudio fails: Unanticipated host error"),
        (
            [*NOWHERE, "--mic", "Yeti"],
            "Error: PortAudio fails: Unanticipated host error",
        ),
    ],
    ids=["devices", "talk"],
)
def test_what_the_sound_library_prints_goes_to_the_log(tmp_path: Path, command: list[str], said: str) -> None:
    variables = environment(tmp_path) | {"XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", NOISY, *command], capture_output=True, timeout=60, env=variables, check=False
    )
    assert done.returncode == 1
    assert one(done.stderr).startswith(said)
    [log] = (tmp_path / "state").rglob("voice-tui.log")
    assert "ALSA lib pcm.c:2664: Unknown PCM cards.pcm.rear" in log.read_text()

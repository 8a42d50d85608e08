from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_tui import plain_file
from voice_tui.cli.main import main
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.drivers.route import certificate_problem
from voice_tui.drivers.tools.files import load_file
from voice_tui.drivers.voices import file as voices_file
from voice_tui.endpoints.providers import Endpoint
from voice_tui.probe.kept import KeptResults
from voice_tui.replay.judge.labels import read_labels
from voice_tui.scenario import reader
from voice_tui.settings import config, model_file
from voice_tui.settings.toml_files import read_all
from voice_tui.ui.keymap import load_keys

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files here")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Nobody writes into it: whoever opens it waits."""
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    return path


def test_a_file_is_read_whole_and_a_larger_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert plain_file.content(path, 5) == b"12345"
    with pytest.raises(OSError, match="it holds more than 4 bytes"):
        plain_file.content(path, 4)


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path, pipe: Path) -> None:
    for path, words in ((tmp_path, "it is a folder"), (pipe, "it is a pipe"), (Path("/dev/zero"), "it is a device")):
        with pytest.raises(OSError, match=words):
            plain_file.content(path)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "door"))
        with pytest.raises(OSError, match=r"No such device or address|it is a socket"):
            plain_file.content(tmp_path / "door")


def test_a_pipe_that_a_shell_has_opened_is_read_to_its_end() -> None:
    reads, writes = os.pipe()
    with os.fdopen(reads), os.fdopen(writes, "wb") as writer:
        writer.write(b"words")
        writer.close()
        assert plain_file.content(Path(f"/dev/fd/{reads}")) == b"words"


READERS: dict[str, Callable[[Path], object]] = {
    "a recording": read_recording,
    "labels": read_labels,
    "a scenario": reader.read,
    "tools": lambda path: load_file(path, "somebody"),
    "voices": voices_file.read,
    "themes": lambda path: read_all([path.parent], lambda table: (None, [])),
    "keys": lambda path: load_keys(path, {}),
    "models": model_file.read_models,
    "settings": lambda path: config.load({}, {}, None, path),
    "variables": lambda path: config.load({}, {}, path, None),
    "probes": lambda path: KeptResults(path).of("", ""),
    "certificates": lambda path: certificate_problem(Endpoint("any", "wss://a.example", "", authorities=str(path)), {}),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_nobody_who_reads_a_file_waits_for_a_pipe(read: Callable[[Path], object], pipe: Path) -> None:
    try:
        told = repr(read(pipe))
    except Exception as refused:
        told = str(refused)
    assert "\n" not in told  # and it came at once: nothing ever writes there


@pytest.mark.parametrize(
    "arguments", ["lab vad /dev/zero", "lab barge /dev/zero /dev/zero", "judge /dev/zero", "test /dev/zero"]
)
def test_a_command_says_that_a_device_is_no_file(
    arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = CliRunner().invoke(main, arguments.split())
    assert done.exit_code != 0
    assert "/dev/zero: it is a device, not a file" in done.output
    assert len(done.output.strip().splitlines()) == 1

"""Every log has one writer, and keeps what it wrote: several runs at once, and what else a run writes there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from voice_tui.drivers.logs import server_log

WRITER = """
import logging, os, sys
from pathlib import Path
from voice_tui.drivers import logs
logs.MAX_BYTES = 20_000
path = logs.log_to(Path(sys.argv[1]), [])
print(path, flush=True)
for lines in sys.stdin:
    for i in range(int(lines)):
        logging.getLogger("writer").info("%d says line %d, %s", os.getpid(), i, "x" * 60)
    print("done", flush=True)
"""
LINES = 500  # about 65 kB: three files full, and the oldest lines are gone


class Run:
    """A process that logs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.pid, self._stdin, self._stdout = process.pid, process.stdin, process.stdout
        self.path = Path(self._stdout.readline().strip())

    def begin(self, lines: int) -> None:
        self._stdin.write(f"{lines}\n")
        self._stdin.flush()

    def finish(self) -> None:
        assert self._stdout.readline() == "done\n"

    @property
    def files(self) -> list[Path]:
        """Oldest first."""
        return [Path(f"{self.path}.2"), Path(f"{self.path}.1"), self.path]


@contextmanager
def running(path: Path, program: str = WRITER) -> Iterator[Run]:
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Run(process)
        process.communicate()
    assert process.returncode == 0


def test_runs_at_once_each_have_a_log_of_their_own_and_rotate_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "voice-tui.log"
    with ExitStack() as stack:
        runs = [stack.enter_context(running(path)) for _ in range(3)]
        assert [run.path.name for run in runs] == ["voice-tui.log", "voice-tui-2.log", "voice-tui-3.log"]
        for run in runs:
            run.begin(LINES)
        for run in runs:
            run.finish()
    for run in runs:
        assert all(file.stat().st_size <= 20_000 for file in run.files)
        lines = "".join(file.read_text() for file in run.files).splitlines()
        said = [line.split(" writer: ")[1] for line in lines]
        first = LINES - len(said)
        assert 0 < first < LINES
        assert said == [f"{run.pid} says line {i}, {'x' * 60}" for i in range(first, LINES)]


def test_a_log_is_free_again_when_its_run_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "voice-tui.log"
    for _ in range(2):
        with running(path) as run:
            run.begin(1)
            run.finish()
            assert run.path == path
    assert len(path.read_text().splitlines()) == 2
    assert list(tmp_path.iterdir()) == [path], "no lock is left behind"


def test_what_is_no_file_may_be_shared() -> None:
    null = Path("/dev/null")
    with running(null) as one, running(null) as other:
        assert one.path == other.path == null
        for run in (one, other):
            run.begin(LINES)
            run.finish()
    assert null.is_char_device()


NATIVE = WRITER.replace(
    "print(path, flush=True)", "print(path, flush=True)\nlogs.keep_native_errors_off_the_terminal(path)"
)


def test_what_libraries_print_stays_in_the_log_after_it_was_rotated(tmp_path: Path) -> None:
    program = NATIVE + '    os.write(2, b"ALSA lib: underrun\\n")\n'
    with running(tmp_path / "voice-tui.log", program) as run:
        for _ in range(2):
            run.begin(LINES)
            run.finish()
    assert run.path.read_text().endswith("ALSA lib: underrun\n")


@pytest.mark.parametrize(
    ("path", "server"),
    [
        ("/x/voice-tui.log", "/x/voice-tui-server.log"),
        ("/x/voice-tui-2.log", "/x/voice-tui-2-server.log"),
        ("/x/plain", "/x/plain-server"),
        ("/dev/null", "/dev/null"),
    ],
)
def test_the_embedded_server_logs_beside_its_run(path: str, server: str) -> None:
    assert server_log(Path(path)) == Path(server)

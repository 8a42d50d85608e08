"""Recorded callers with endpoints, as a user has it done: processes, sockets, the clock on the wall."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.served import serving
from tests.support.environment import environment

pytestmark = pytest.mark.wall_clock

LIMIT_S = 180


@pytest.fixture
def named(tmp_path: Path, local_voice: object) -> Iterator[Callable[..., None]]:
    """Starts servers, and names them in the configuration."""
    with ExitStack() as servers:

        def start(**options: tuple[str, ...]) -> None:
            urls = {name: servers.enter_context(serving(tmp_path, *given)) for name, given in options.items()}
            tables = [
                f'[endpoints.{name}]\nprovider = "any"\nurl = "{url}"\nmodel = "demo"\n' for name, url in urls.items()
            ]
            folder = tmp_path / "voice-tui"
            folder.mkdir(exist_ok=True)
            (folder / "config.toml").write_text("\n".join(tables))

        yield start


def lab(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "voice_tui", "lab", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment(folder),
    )  # fmt: skip


def test_a_sweep_is_broken_off_and_goes_on(
    named: Callable[..., None], spoken: Callable[..., Path], tmp_path: Path
) -> None:
    named(here=("--brain", "echo"))
    call = tmp_path / "call.wav"
    call.write_bytes(spoken("Good morning.", 2.5).read_bytes())
    results = tmp_path / "call.sweep.jsonl"
    command = ("sweep", str(call), "--endpoint", "here", "--param", "silence_duration_ms=300,700", "--json")
    with lab(tmp_path, *command) as asked:
        out, said = asked.communicate(timeout=LIMIT_S)
    assert (asked.returncode, out) == (2, "")
    assert said.startswith("Error: 3 talks with here: about ")
    assert "give --yes" in said
    with lab(tmp_path, *command, "--yes") as first:
        while not (results.exists() and results.stat().st_size):
            assert first.poll() is None, first.communicate()
            time.sleep(0.1)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=LIMIT_S)
    assert first.returncode == 130, said
    assert "of 3 talks are done and kept in" in said
    done = results.read_text().splitlines()
    assert 1 <= len(done) < 3
    with lab(tmp_path, *command, "--yes") as second:
        out, said = second.communicate(timeout=LIMIT_S)
    assert second.returncode == 0, said
    assert results.read_text().splitlines()[: len(done)] == done  # these were not held again
    assert len(results.read_text().splitlines()) == 3
    *rows, last = [json.loads(line) for line in out.splitlines()]
    assert [row["settings"]["silence_duration_ms"] for row in rows] == [300, 700]
    assert [row["found"]["hits"] for row in rows] == [1, 1]
    assert last["recommended"]["settings"] == {"silence_duration_ms": 300}


def test_two_endpoints_side_by_side(named: Callable[..., None], spoken: Callable[..., Path], tmp_path: Path) -> None:
    named(demo=(), echo=("--brain", "echo"))
    call = spoken("What time is it?", 5.0)
    endpoints = ("--endpoint", "demo", "--endpoint", "echo")
    chart, keep = tmp_path / "c.svg", tmp_path / "talks"
    with lab(tmp_path, "versus", str(call), *endpoints, "--yes", "--chart", str(chart), "--keep", str(keep)) as run:
        out, said = run.communicate(timeout=LIMIT_S)
    assert run.returncode == 0, said
    head, demo, echo, *_ = [line.split() for line in out.splitlines()]
    assert head[:3] == ["endpoint", "L_R", "R_R"]
    assert (demo[0], echo[0]) == ("demo", "echo")
    assert "1/1" in demo
    assert "1/1" in echo
    assert "<svg" in chart.read_text()
    assert sorted(path.name for path in keep.iterdir()) == ["demo", "echo"]

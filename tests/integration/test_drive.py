"""`voice-tui drive` as another program runs it: a process, its pipes, and who leaves first."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment import environment

pytestmark = pytest.mark.wall_clock

LIMIT_S = 60


@contextmanager
def driving(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The process; it is ended at the latest when this is left."""
    with subprocess.Popen(
        [sys.executable, "-m", "voice_tui", "drive", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: subprocess.Popen[str], step: dict[str, Any]) -> dict[str, Any]:
    """Give a step, and read on to what came of it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(step) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if "step" in told or "error" in told:
            return told
    raise AssertionError(f"it ended: {process.stderr.read() if process.stderr else ''}")


def test_each_step_is_answered_while_the_next_is_still_to_be_thought_of(served: str, tmp_path: Path) -> None:
    with driving(tmp_path, "--url", served, "--preset", "server-vad") as process:
        assert ask(process, {"say": "How much is nine plus four?"})["ok"]
        assert ask(process, {"expect": {"event": "answered", "text_contains": "13"}})["ok"]
        assert "has none of say" in ask(process, {"shout": "Hello."})["error"]
        out, err = process.communicate(timeout=LIMIT_S)
    assert json.loads(out.splitlines()[-1])["summary"]["turns"][-1]["text"] == "That is 13."
    assert (process.returncode, err) == (2, "")


@pytest.mark.outside
def test_it_ends_when_there_is_nobody_to_talk_to_though_its_input_is_open(tmp_path: Path) -> None:
    with driving(tmp_path, "--url", "ws://127.0.0.1:9/v1/realtime") as process:
        assert process.wait(LIMIT_S) == 1
        assert process.stderr is not None
        [line] = process.stderr.read().splitlines()
    assert line.startswith("Error: 127.0.0.1:9: ")


@pytest.mark.outside
def test_it_ends_when_nobody_reads_though_its_input_is_open(served: str, tmp_path: Path) -> None:
    with driving(tmp_path, "--url", served) as process:
        assert ask(process, {"pause": 1})["ok"]
        assert process.stdout is not None
        process.stdout.close()
        assert process.stdin is not None
        process.stdin.write('{"type": "Hello."}\n')  # else there is nothing to be written that could fail
        process.stdin.flush()
        assert process.wait(LIMIT_S) == 141


@pytest.mark.outside
def test_a_signal_ends_it_with_its_summary(served: str, tmp_path: Path) -> None:
    with driving(tmp_path, "--url", served) as process:
        assert ask(process, {"pause": 1})["ok"]
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        *_, last = process.stdout
        assert process.wait(LIMIT_S) == 0
    assert "summary" in json.loads(last)

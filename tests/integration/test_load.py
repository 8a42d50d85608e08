"""A load as its user starts it: one process and several, servers that answer, refuse, are slow, and Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("locust", reason="the load extra is not installed")

from tests.support.environment import environment
from voice_tui.load.command import LOCUSTFILE, states
from voice_tui.load.result import LACKING, VOID, Result, Row
from voice_tui.load.turns import FIRST_AUDIO, TURN, Outcome
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.server.brains.echo import EchoBrain, LengthEars, Loudness, ToneVoice
from voice_tui.server.serve import running_server

pytestmark = [pytest.mark.wall_clock, pytest.mark.outside]

VOICE_TUI = (sys.executable, "-m", "voice_tui")
ENDS_S = 120
SLOW_S = 3.0


class SlowBrain(EchoBrain):
    """Thinks for long."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        await asyncio.sleep(SLOW_S)
        async for piece in super().answer(conversation):
            yield piece


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    command = [*VOICE_TUI, "serve", "--brain", "echo", *options]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@contextmanager
def slow() -> Iterator[str]:
    """A server in this process that takes its time."""
    loop, url, stop = asyncio.new_event_loop(), list[str](), asyncio.Event()
    ready = threading.Event()

    async def main() -> None:
        models: dict[str, Any] = {"ears": LengthEars(), "voice": ToneVoice(), "probability": Loudness}
        async with running_server(brain=SlowBrain(), **models) as address:
            url.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    try:
        assert ready.wait(ENDS_S)
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def loaded(folder: Path, url: str, *options: str) -> tuple[int, Result]:
    """Exit code and summary."""
    command = [*VOICE_TUI, "load", url, "--json", *options]
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, timeout=ENDS_S, check=False)
    assert done.stdout, done.stderr
    return done.returncode, msgspec.json.decode(done.stdout.splitlines()[-1], type=Result)


def row(result: Result, name: str) -> Row:
    return next(row for row in result.rows if row.name == name)


def test_every_turn_against_a_server_that_answers_is_answered(tmp_path: Path) -> None:
    csv, html = tmp_path / "run", tmp_path / "run.html"
    options = ("--sessions", "6", "--ramp", "2", "--for", "8", "--csv", str(csv), "--html", str(html))
    with serving(tmp_path) as url:
        code, result = loaded(tmp_path, url, *options)
    assert code == (VOID if result.void else 0)
    assert result.finished
    assert result.turns[Outcome.ANSWERED] == result.begun > 6
    assert (result.sessions, result.unaccounted, result.errors) == (6, 0, {})
    assert row(result, TURN).count == result.begun
    assert 0 < row(result, TURN).p50_ms <= row(result, TURN).p99_ms
    assert "turn" in (tmp_path / "run_stats.csv").read_text(encoding="utf-8")
    assert html.stat().st_size > 1_000


def test_sessions_that_a_server_has_no_room_for_are_counted_and_the_others_go_on(tmp_path: Path) -> None:
    with serving(tmp_path, "--max-sessions", "2") as url:
        code, result = loaded(tmp_path, url, "--sessions", "4", "--ramp", "1", "--for", "8")
    assert code == (VOID if result.void else LACKING)
    assert result.sessions == 2
    assert result.turned_away >= 2
    assert result.turns[Outcome.ANSWERED] == result.begun > 0
    assert "handshake: session_limit_reached" in result.errors


def test_a_slow_server_is_late_and_the_generator_is_not(tmp_path: Path) -> None:
    with slow() as url:
        _, result = loaded(tmp_path, url, "--sessions", "4", "--ramp", "1", "--for", "8")
    assert row(result, FIRST_AUDIO).p50_ms >= SLOW_S * 1000
    assert result.lag_ms < SLOW_S * 1000 / 2
    assert result.turns[Outcome.LOST] == 0


def test_a_scenario_is_played_by_everybody(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text("name: two\nsteps:\n  - type: hello\n  - wait: answered\n  - type: again\n", encoding="utf-8")
    with serving(tmp_path) as url:
        _, result = loaded(tmp_path, url, "--sessions", "2", "--ramp", "1", "--for", "5", "--scenario", str(file))
    assert result.turns[Outcome.ANSWERED] == result.begun
    assert result.begun % 2 == 0, "whole scenarios"


def test_users_of_ones_own_are_a_python_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from locust import constant, task\n"
        "from voice_tui.load import RealtimeUser\n\n"
        "class Mine(RealtimeUser):\n"
        "    wait_time = constant(0.1)\n\n"
        "    @task\n"
        "    def types(self):\n"
        "        self.type('hello', kind='mine')\n"
        "        self.await_answer()\n",
        encoding="utf-8",
    )
    with serving(tmp_path) as url:
        _, result = loaded(tmp_path, url, "--sessions", "2", "--ramp", "1", "--for", "5", "--scenario", str(file))
    assert result.turns[Outcome.ANSWERED] == result.begun > 2


def hears_ctrl_c() -> None:
    """Who is started in the background, as a whole suite may be, is told by its shell to be deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_lets_the_turns_under_way_end_and_says_what_was_measured(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        command = [
            *VOICE_TUI,
            "load",
            url,
            "--json",
            "--sessions",
            "4",
            "--ramp",
            "1",
            "--for",
            "600",
            "--processes",
            "2",
        ]
        with subprocess.Popen(
            command,
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hears_ctrl_c,
        ) as process:
            assert process.stderr is not None
            while "4 open" not in (line := process.stderr.readline()):
                assert line, "it has ended too early"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=ENDS_S)
    result = msgspec.json.decode(out.splitlines()[-1], type=Result)
    assert result.turns[Outcome.ANSWERED] == result.begun > 0
    assert process.returncode == (VOID if result.void else 0)
    assert "stopping" in err
    assert "Traceback" not in err


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def test_a_master_and_two_workers_and_one_that_is_killed_takes_only_its_own_users_along(tmp_path: Path) -> None:
    port, clean = free_port(), environment(tmp_path)
    locust = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE)]
    with serving(tmp_path) as url:
        master = subprocess.Popen(
            [
                *locust, "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--headless",
                "--stream", "--only-summary", "--host", url, "--users", "6", "--spawn-rate", "3", "--run-time", "25s",
                "--stop-timeout", "45", "--expect-workers", "2",
            ],
            env=clean, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        worker = [*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", port]
        workers = [subprocess.Popen(worker, env=clean, stderr=subprocess.DEVNULL) for _ in range(2)]
        seen: list[Result] = []
        try:
            assert master.stdout is not None
            killed_at = 0
            for state in states(master.stdout):
                seen.append(state)
                if not killed_at and state.open == 6 and state.begun > 6:
                    os.kill(workers[0].pid, signal.SIGKILL)
                    killed_at = state.begun
            assert killed_at
            assert master.wait(ENDS_S) in (LACKING, VOID, 0)
        finally:
            for process in (master, *workers):
                process.kill()
                process.wait()
            assert master.stdout is not None
            master.stdout.close()
    last = seen[-1]
    assert last.finished
    assert (last.workers_gone, last.processes) == (1, 1)
    assert any(state.open == 3 for state in seen), "the other worker's users are there"
    assert last.begun > killed_at + 3, "and go on"
    assert (last.turns[Outcome.LOST], last.turns[Outcome.FAILED], last.unaccounted) == (0, 0, 0)
    assert 0 <= last.went_along <= 3


def test_a_host_elsewhere_and_an_odd_scenario_are_one_line_and_no_load(tmp_path: Path) -> None:
    for arguments, words in (
        (("wss://example.com/v1/realtime",), "--i-may-load example.com"),
        (("ws://127.0.0.1:1/v1/realtime", "--scenario", "nowhere"), "no such file"),
        (("ws://127.0.0.1:1/v1/realtime", "--scenario", "nowhere.py"), "no such file"),
    ):
        done = subprocess.run(
            [*VOICE_TUI, "load", *arguments], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_nobody_there_is_said_and_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    url = f"ws://127.0.0.1:{free_port()}/v1/realtime"
    code, result = loaded(tmp_path, url, "--sessions", "2", "--ramp", "1", "--for", "4")
    assert code == LACKING
    assert (result.begun, result.sessions) == (0, 0)
    assert result.errors == {"handshake: ConnectionRefusedError": result.turned_away}
    assert time.monotonic() - began < ENDS_S / 2


def test_what_the_compose_file_asks_for_is_known(tmp_path: Path) -> None:
    compose = Path(__file__).parents[2] / "docs" / "load" / "compose.yaml"
    wanted = set(re.findall(r"(?<= )--[a-z-]+", compose.read_text(encoding="utf-8").partition("services:")[2])) - {
        "--quiet"
    }
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--help"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    ours = LOCUSTFILE.with_name("hooks.py").read_text(encoding="utf-8")  # its help is told before it knows our options
    assert wanted - set(re.findall(r"--[a-z-]+", done.stdout + ours)) == set()
    assert len(wanted) > 8

"""A load as its user starts it: one process and several, servers that answer, refuse, are slow, and Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("locust", reason="the load extra is not installed")

from tests.integration.load_servers import (
    ENDS_S,
    PATIENCE_S,
    SLOW_S,
    crowded,
    free_port,
    nobody,
    serving,
    slow,
    started,
)
from tests.support.environment import environment
from voice_tui.load.command import LOCUSTFILE, states
from voice_tui.load.result import LACKING, VOID, Result, Row
from voice_tui.load.turns import FIRST_AUDIO, TURN, Outcome

pytestmark = [pytest.mark.wall_clock, pytest.mark.outside]

VOICE_TUI = (sys.executable, "-m", "voice_tui")


class Load:
    """A load that runs beside others, until somebody asks what came of it.

    Args:
        folder: Of its own.
        url: Where to.
        options: See ``voice-tui load --help``.
    """

    def __init__(self, folder: Path, url: str, *options: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self._began = folder, time.monotonic()
        self._out, self._err = (folder / "out").open("wb"), (folder / "err").open("wb")
        command = [*VOICE_TUI, "load", url, "--json", *options]
        self._process = subprocess.Popen(
            command, env=environment(folder), cwd=folder, stdout=self._out, stderr=self._err
        )

    def end(self) -> None:
        """Nobody waits for it any more."""
        self._process.kill()
        self._process.wait()
        self._out.close()
        self._err.close()

    @cached_property
    def result(self) -> tuple[int, Result]:
        """Exit code and summary."""
        code = self._process.wait(ENDS_S)
        said = (self.folder / "out").read_text(encoding="utf-8")
        assert said, (self.folder / "err").read_text(encoding="utf-8")
        return code, msgspec.json.decode(said.splitlines()[-1], type=Result)


TWO_TYPED = "name: two\nsteps:\n  - type: hello\n  - wait: answered\n  - type: again\n"
USERS = """
from locust import constant, task
from voice_tui.load import RealtimeUser

class Mine(RealtimeUser):
    wait_time = constant(0.1)

    @task
    def types(self):
        self.type("hello", kind="mine")
        self.await_answer()
"""


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Load]]:
    """Loads that need nothing of each other, side by side: most of a load is waiting."""
    folder = tmp_path_factory.mktemp("loads")
    (folder / "two.yaml").write_text(TWO_TYPED, encoding="utf-8")
    (folder / "mine.py").write_text(USERS, encoding="utf-8")
    # Where eight begin side by side on a busy machine it takes seconds until the first session is open.
    long = ("--for", "15")
    few = ("--sessions", "2", "--ramp", "0.5", *long)
    # What is to answer every turn is a server that has time however busy the machine is.
    lean = started(folder, "tests.benchmarks.lean_server")
    with ExitStack() as stack:
        quick, late, crowd = (stack.enter_context(server) for server in (lean, slow(), crowded()))
        away = stack.enter_context(nobody())
        small = stack.enter_context(serving(folder, "--max-sessions", "2"))
        asked: dict[str, tuple[str, ...]] = {
            "answers": (quick, "--sessions", "5", "--ramp", "1", *long, "--csv", "run", "--html", "run.html"),
            "no room": (small, "--sessions", "4", "--ramp", "0.5", *long),
            "slow": (late, *few),
            "scenario": (quick, *few, "--scenario", str(folder / "two.yaml")),
            "users": (quick, *few, "--scenario", str(folder / "mine.py")),
            "whole": (quick, "--sessions", "3", "--ramp", "0.5", *long, "--preset", "server-vad"),
            "nobody": (away, *few),
            "crowd": (crowd, *few, "--scenario", str(folder / "two.yaml")),
        }
        running = {name: Load(folder / name, *options) for name, options in asked.items()}
        for load in running.values():
            stack.callback(load.end)
        yield running


def settled(result: Result) -> int:
    """Turns that are answered, or that a server which has no time on a busy machine has refused by its word.

    Who has just begun one when the run ends leaves it unfinished: one a session at most.
    """
    unfinished = result.turns[Outcome.UNFINISHED]
    assert unfinished <= result.sessions
    return result.turns[Outcome.ANSWERED] + result.turns[Outcome.REFUSED] + unfinished


def row(result: Result, name: str) -> Row:
    return next(row for row in result.rows if row.name == name)


@pytest.mark.parametrize("name", ["answers", "whole"])
def test_every_turn_against_a_server_that_answers_is_answered(loads: dict[str, Load], name: str) -> None:
    code, result = loads[name].result
    assert code == (VOID if result.void else 0)
    assert result.finished
    assert settled(result) == result.begun >= result.sessions == result.asked
    assert result.turns[Outcome.ANSWERED] > 0
    assert (result.unaccounted, result.errors) == (0, {})
    assert row(result, TURN).count == result.turns[Outcome.ANSWERED], "and nothing was refused"
    assert 0 < row(result, TURN).p50_ms <= row(result, TURN).p99_ms


def test_locusts_tables_and_page_are_written(loads: dict[str, Load]) -> None:
    load = loads["answers"]
    assert load.result[1].finished
    assert "turn" in (load.folder / "run_stats.csv").read_text(encoding="utf-8")
    assert (load.folder / "run.html").stat().st_size > 1_000


def test_sessions_that_a_server_has_no_room_for_are_counted_and_the_others_go_on(loads: dict[str, Load]) -> None:
    code, result = loads["no room"].result
    assert code == (VOID if result.void else LACKING)
    assert result.sessions == 2
    assert result.turned_away >= 2
    assert settled(result) == result.begun > 0
    assert "handshake: session_limit_reached" in result.errors


def test_limits_of_an_account_are_counted_apart_and_kept_to(loads: dict[str, Load]) -> None:
    code, result = loads["crowd"].result
    refused, answered = result.turns[Outcome.REFUSED], result.turns[Outcome.ANSWERED]
    assert code == (VOID if result.void else LACKING)
    assert (result.turned_away, result.sessions) == (2, 2)
    assert result.errors["handshake: rate_limit_exceeded"] == 2
    assert result.errors["error rate_limit_exceeded"] == refused > 0
    assert result.limited == 2 + refused
    assert result.budgets == {"requests": 0.0}
    assert 0 < answered <= result.sessions * (1 + result.seconds / PATIENCE_S), "who has used it up waits"


def test_a_slow_server_is_late_and_the_generator_is_not(loads: dict[str, Load]) -> None:
    _, result = loads["slow"].result
    assert row(result, FIRST_AUDIO).p50_ms >= SLOW_S * 1000
    assert result.lag_ms < SLOW_S * 1000 / 2
    assert result.turns[Outcome.LOST] == 0


def test_a_scenario_is_played_by_everybody(loads: dict[str, Load]) -> None:
    _, result = loads["scenario"].result
    assert settled(result) == result.begun > 0
    assert (result.begun - result.turns[Outcome.UNFINISHED]) % 2 == 0, "whole scenarios"


def test_users_of_ones_own_are_a_python_file(loads: dict[str, Load]) -> None:
    _, result = loads["users"].result
    assert settled(result) == result.begun > 2


def test_nobody_there_is_said_and_not_waited_for(loads: dict[str, Load]) -> None:
    code, result = loads["nobody"].result
    assert code == LACKING
    assert (result.begun, result.sessions) == (0, 0)
    assert result.errors == {"handshake: ConnectionRefusedError": result.turned_away}
    assert result.seconds < ENDS_S / 4


def hears_ctrl_c() -> None:
    """Who is started in the background, as a whole suite may be, is told by its shell to be deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def interrupted(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A load that was told to stop once its first sessions were open."""
    with serving(folder) as url:
        command = [*VOICE_TUI, "load", url, "--json", "--sessions", "4", "--ramp", "0.1", "--for", "600", *options]
        with subprocess.Popen(
            command,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hears_ctrl_c,
        ) as process:
            assert process.stderr is not None
            while not re.search("[1-4] open", line := process.stderr.readline()):
                assert line, "it has ended too early"
            process.send_signal(signal.SIGINT)
            yield process


def test_ctrl_c_lets_the_turns_under_way_end_and_says_what_was_measured(tmp_path: Path) -> None:
    with interrupted(tmp_path, "--processes", "2") as process:
        out, err = process.communicate(timeout=ENDS_S)
    result = msgspec.json.decode(out.splitlines()[-1], type=Result)
    assert settled(result) == result.begun > 0
    assert process.returncode == result.exit_code
    assert "stopping" in err
    assert "Traceback" not in err


def test_a_second_ctrl_c_cuts_it_off_and_says_how_it_stood(tmp_path: Path) -> None:
    with interrupted(tmp_path) as process:
        assert process.stderr is not None
        while "stopping" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=ENDS_S)
    result = msgspec.json.decode(out.splitlines()[-1], type=Result)
    assert result.sessions > 0
    assert process.returncode in (LACKING, VOID)
    assert "cut off" in err
    assert "sessions open" in err, "the table"
    assert "Error" not in err


def test_a_master_and_two_workers_and_one_that_is_killed_takes_only_its_own_users_along(tmp_path: Path) -> None:
    port, clean = free_port(), environment(tmp_path)
    locust = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE)]
    with serving(tmp_path) as url:
        master = subprocess.Popen(
            [
                *locust, "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--headless",
                "--stream", "--only-summary", "--host", url, "--users", "6", "--spawn-rate", "6", "--run-time", "90s",
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
                elif killed_at and state.open == 3 and state.begun > killed_at + 6:
                    master.terminate()  # and again: whoever asks twice does not wait
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
    assert last.begun > killed_at + 6, "the other worker's users go on"
    assert (last.turns[Outcome.LOST], last.turns[Outcome.FAILED], last.unaccounted) == (0, 0, 0)
    assert sum(last.turns.values()) + last.went_along == last.begun
    assert 0 <= last.went_along <= 3


def test_a_host_elsewhere_and_an_odd_scenario_are_one_line_and_no_load(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for arguments, words in (
        (("wss://example.com/v1/realtime",), "--i-may-load example.com"),
        (("ws://127.0.0.1:1/v1/realtime", "--scenario", "nowhere"), "no such file"),
        (("ws://127.0.0.1:1/v1/realtime", "--scenario", "nowhere.py"), "no such file"),
        (("ws://127.0.0.1:1/v1/realtime", "--html", str(tmp_path)), "--html: "),
        (("ws://127.0.0.1:1/v1/realtime", "--csv", str(tmp_path / "file" / "run")), "--csv: "),
    ):
        done = subprocess.run(
            [*VOICE_TUI, "load", *arguments], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


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

"""How many sessions the generator holds on a core, and how many the server; what bends first.

    python -m tests.benchmarks.load [--write] [--quick]

Generator and server each have a core of their own where the machine has two, and run before everything else there where
that is allowed (root), so that what else runs does not count as theirs. Three servers are loaded: the leanest one
(`lean_server`, by whole clients too), ``serve --brain echo``, and ``serve`` with hearing and speaking. It takes six to
seven minutes; ``--write`` puts table, picture and the calculation into docs/load.md. Linux only: CPU times come from
/proc.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from tests.benchmarks.cpu import reference_s
from tests.benchmarks.load_report import Step, draw, text
from tests.benchmarks.talk_cpu import cpu_s
from tests.benchmarks.usage import Measurement, needed
from tests.support.environment import environment
from voice_tui.drivers.pool import Limits, Pool, configured
from voice_tui.endpoints.providers import Endpoint
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.load.command import Options, start, states
from voice_tui.load.result import Result

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PICTURE = DOCS / "load.md", DOCS / "figures-load.svg"
FIGURES = re.compile(r"(?<=<!-- figures: tests/benchmarks/load.py -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)

RAMP_S, SECONDS, LONG_S = 3.0, 10.0, 60.0
STEADY_S = 5.0
"""From then on all sessions are there, and CPU is counted."""
SERVE = ("-m", "voice_tui", "serve", "--port", "0", "--max-sessions", "1000")
LEAN = ("-m", "tests.benchmarks.lean_server")
SERVERS: dict[str, tuple[tuple[str, ...], tuple[int, ...], str]] = {
    "lean": (LEAN, (150, 300, 600, 1_000), ""),
    "whole": (LEAN, (25, 50, 100), "server-vad"),
    "echo": ((*SERVE, "--brain", "echo"), (25, 50, 100, 200, 300), ""),
    "full": (SERVE, (1, 8, 16, 32, 48, 64, 96, 128), ""),
}
"""What is loaded: its command, with how many sessions, and with which preset where they are whole clients."""
OF_ONE_THREAD = ("lean", "whole", "echo")
LONG = ("echo", 50)
"""Is held for a minute."""
QUICK = 3
"""Of these every third, without the minute."""
TAKES = 20
PRIORITY = -20
"""Whoever measures what a core carries must not measure what else runs on it."""


def first_of_all() -> bool:
    """Whether this user may run something before everything else."""
    with suppress(PermissionError, AttributeError):
        before = os.sched_getscheduler(0), os.sched_getparam(0)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        os.sched_setscheduler(0, *before)
        return True
    return False


FIRST = first_of_all()


@contextmanager
def core(number: int, policy: int = 0) -> Iterator[None]:
    """What is started in this block keeps to one core, if the machine has it, and goes first there, if it may.

    Args:
        number: Of the core.
        policy: ``SCHED_RR`` for what has one thread; many would wait for each other by it.
    """
    before, priority = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    scheduler = os.sched_getscheduler(0), os.sched_getparam(0)
    if len(before) > 1:
        os.sched_setaffinity(0, {sorted(before)[number]})
    if FIRST and policy:
        os.sched_setscheduler(0, policy, os.sched_param(1))
    elif FIRST:
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    try:
        yield
    finally:
        os.sched_setscheduler(0, *scheduler)
        os.setpriority(os.PRIO_PROCESS, 0, priority)
        os.sched_setaffinity(0, before)


@dataclass
class Server:
    """One that is loaded."""

    url: str
    pid: int

    @property
    def memory_mb(self) -> float:
        """What it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(name: str) -> Iterator[Server]:
    """A server of its own."""
    command = SERVERS[name][0]
    with tempfile.TemporaryDirectory() as folder, core(1, os.SCHED_RR if name in OF_ONE_THREAD else 0):
        process = subprocess.Popen(
            [sys.executable, *command], env=environment(Path(folder)), stdout=subprocess.PIPE, text=True
        )
    with process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield Server(url, process.pid)
        finally:
            process.terminate()


def held(name: str, server: Server, sessions: int, seconds: float) -> Step:
    """Hold so many sessions, and see what it takes."""
    with tempfile.TemporaryFile() as words, core(0, os.SCHED_RR):
        process = start(
            Options(server.url, sessions, RAMP_S, seconds, processes=1, preset=SERVERS[name][2]), os.environ, words
        )
    assert process.stdout is not None
    first = last = None
    begun = (0.0, 0.0, 0.0)
    now, busy_mb = begun, server.memory_mb
    for state in states(process.stdout):
        last = state
        if not state.finished and state.open:
            now = (time.monotonic(), cpu_s(server.pid), _used(state))
            busy_mb = max(busy_mb, server.memory_mb)
            if first is None and state.seconds >= STEADY_S:
                first, begun = state, now
            if state.seconds >= seconds - 1:
                break
    for state in states(process.stdout):
        last = state
    process.wait()
    assert last is not None
    assert last.finished
    passed = max(now[0] - begun[0], 1e-3)
    server_cores, generator_cores = ((now[at] - begun[at]) / passed for at in (1, 2))
    return Step(name, sessions, last, generator_cores, server_cores, busy_mb)


def _used(state: Result) -> float:
    """CPU that the generator had used by then, s."""
    return state.cores * state.seconds


async def handshakes(url: str) -> tuple[float, float]:
    """How long one waits for a connection: opened when it is needed, and one that waited; medians, ms."""
    settings = SessionUpdate(session=SessionConfig(type="realtime", instructions="Answer."))
    endpoint = Endpoint("any", url, "")
    times: dict[int, list[float]] = {0: [], 1: []}
    for warm, found in times.items():
        async with Pool(configured(settings), Limits(warm, 4)) as pool:
            if warm:
                pool.keep(endpoint)
            for _ in range(TAKES):
                while warm and not pool.waiting(endpoint):  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.01)
                began = time.perf_counter()
                async with pool.lent(endpoint):
                    found.append((time.perf_counter() - began) * 1000)
    return sorted(times[0])[TAKES // 2], sorted(times[1])[TAKES // 2]


def machine() -> str:
    """What this was measured on."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    name = model.group(1).strip() if model else platform.machine()
    apart = "; generator and server with a core each" if len(os.sched_getaffinity(0)) > 1 else ""
    first = ", before everything else that runs there" if FIRST else ""
    speed_ms = min(reference_s() for _ in range(20)) * 1_000
    return (
        f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, "
        f"Python {platform.python_version()}, reference work {speed_ms:.2f} ms{apart}{first}"
    )


@click.command(cls=Measurement)
@click.option("--write", is_flag=True, help="Put the figures into docs/load.md.")
@click.option("--quick", is_flag=True, help="Only a few steps, to see whether it works.")
def main(write: bool, quick: bool) -> None:
    """Hold them all, and print what came of it."""
    if write:
        needed("matplotlib")
    where, steps = machine(), list[Step]()
    print(where)
    for name, (_, sizes, _) in SERVERS.items():
        with serving(name) as server:
            for sessions in sizes[::QUICK] if quick else sizes:
                long = (name, sessions) == LONG and not quick
                steps.append(held(name, server, sessions, LONG_S if long else SECONDS))
                print(steps[-1].line, flush=True)
            if name == "echo":
                cold_ms, warm_ms = asyncio.run(handshakes(server.url))
    report = text(steps, where, cold_ms, warm_ms)
    print(report)
    if write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(FIGURES.sub(lambda _: report, page), encoding="utf-8")
        draw(steps, where, PICTURE)


if __name__ == "__main__":
    main()

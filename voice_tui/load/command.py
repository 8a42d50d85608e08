"""Locust as a process of its own: it needs other sockets and threads than the rest of a program has."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from voice_tui.drivers.children import apart
from voice_tui.load.result import Result
from voice_tui.messages.presets import PRESETS, Policy

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
SESSIONS_A_PROCESS = 150
"""More processes than that needs are of no use: half of what a slow core carries."""
ENDS_S = 45
"""So long the turns under way may take once a run is over."""
WHOLE = tuple(name for name, preset in PRESETS.items() if preset.policy is Policy.SERVER)
"""Presets that whole clients can have: the server decides. Ears of one's own need a room, and a load has none."""
WHOLE_A_PROCESS = 50
"""The same as `SESSIONS_A_PROCESS` of them."""
FORKS = hasattr(os, "fork")


@dataclass(frozen=True, slots=True)
class Options:
    """A load, as it is asked for.

    Attributes:
        url: Where to.
        sessions: How many.
        ramp_s: All of them are there after so long, s.
        seconds: So long it takes, s.
        may_load: A host that is not this machine and may be loaded.
        seed: Of every accident.
        processes: Of the generator; 0: as many as it takes and the machine has.
        users: A Python file with users; None: those that come with voice-tui.
        script: A scenario for these, "" for none.
        csv: Where Locust writes its tables: the beginning of their names.
        html: Where it writes its page.
        preset: Users are whole clients that take turns so, one of `WHOLE`; "": they send what a talk needs.
    """

    url: str
    sessions: int
    ramp_s: float
    seconds: float
    may_load: str = ""
    seed: int = 0
    processes: int = 0
    users: Path | None = None
    script: str = ""
    csv: str = ""
    html: str = ""
    preset: str = ""


def processes(sessions: int, cores: int, preset: str = "") -> int:
    """How many processes carry so many sessions."""
    each = WHOLE_A_PROCESS if preset else SESSIONS_A_PROCESS
    return max(1, min(cores, -(-sessions // each))) if FORKS else 1


def arguments(options: Options, cores: int) -> list[str]:
    """Locust's command line."""
    many = (options.processes or processes(options.sessions, cores, options.preset)) if FORKS else 1
    given = [
        *("-f", str(options.users or LOCUSTFILE), "--host", options.url, "--headless", "--stream", "--only-summary"),
        *("--users", str(options.sessions), "--spawn-rate", f"{options.sessions / max(options.ramp_s, 0.01):.3f}"),
        *("--run-time", f"{max(1, round(options.seconds))}s", "--stop-timeout", str(ENDS_S)),
        *("--seed", str(options.seed), "--i-may-load", options.may_load, "--script", options.script),
        *(("--preset", options.preset) if options.preset else ()),
    ]
    if many > 1:
        port = str(_free_port())
        given += ["--processes", str(many), "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
        given += ["--master-host", "127.0.0.1", "--master-port", port]
    given += ["--csv", options.csv] if options.csv else []
    return given + (["--html", options.html] if options.html else [])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start(options: Options, environment: Mapping[str, str], words: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start Locust.

    It stands apart from our terminal: Ctrl-C there is ours to pass on, once, and not each worker's to see.

    Args:
        options: See `Options`.
        environment: Of the process; what is meant for a Locust that is started by hand does not count.
        words: Takes what it logs.
    """
    clean = {name: value for name, value in environment.items() if not name.startswith("LOCUST_")}
    command = [sys.executable, "-m", "locust", *arguments(options, os.cpu_count() or 1)]
    return subprocess.Popen(
        command, env=clean, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words, **apart()
    )


def states(lines: IO[bytes]) -> Iterator[Result]:
    """What a load says of itself, as long as it runs; Locust's own tables stand between."""
    for line in lines:
        if line.startswith(b'{"url"') and line.endswith(b"\n"):  # one that was killed may end in mid-line
            yield msgspec.json.decode(line, type=Result)

"""A real conversation that lasts: ``talk`` with the demo caller and the embedded server, minute by minute.

    python -m tests.integration.soak [--minutes 10] [--preset natural]

Printed is what each of the two processes takes at the start and after each minute (Linux: all is read from /proc). At
the end nothing may be open that was not open after the first minutes, and memory may not have grown by more than 5 %.
`tests.simulation.soak` looks at an hour of virtual time from within.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.arguments import whole
from tests.support.environment import environment
from voice_tui.messages.presets import PRESETS

WARM_MINUTES = 6  # by then both have done everything once, and the five minutes of audio that the server keeps are full
MOST_GROWTH = 0.05
ROUNDS_A_MINUTE = 3  # of the demo caller's script: more than it gets through
START_S = 60.0
AGAIN = """
from voice_tui.cli.main import main
from voice_tui.drivers import demo_caller
demo_caller.SCRIPT *= {}
main()
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process takes: MB of memory, threads, open files."""

    resident: float
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int) -> Taken:
        """At this moment."""
        own = Path(f"/proc/{pid}")
        status = dict(line.split(":", 1) for line in (own / "status").read_text().splitlines() if ":" in line)
        kib, threads = int(status["VmRSS"].split()[0]), int(status["Threads"])
        return cls(kib / 1024, threads, len(os.listdir(own / "fd")))

    def __str__(self) -> str:
        return f"{self.resident:6.1f} MB {self.threads:3} threads {self.files:3} files"


def child_of(pid: int) -> int:
    """The embedded server of a talk; 0 while there is none."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        if children := (task / "children").read_text().split():
            return int(children[0])
    return 0


def faults(name: str, warm: Taken, late: Taken) -> list[str]:
    """What has grown in a process that should not have."""
    found = [
        f"{name}: {getattr(warm, what)} {what} became {getattr(late, what)}"
        for what in ("threads", "files")
        if getattr(late, what) > getattr(warm, what)
    ]
    growth = late.resident / warm.resident - 1
    return found + ([f"{name}: memory has grown by {100 * growth:.1f} %"] if growth > MOST_GROWTH else [])


def soak(folder: Path, minutes: int, preset: str) -> list[str]:
    """Hold the talk, print, and give what is wrong."""
    command = [sys.executable, "-c", AGAIN.format(ROUNDS_A_MINUTE * (minutes + 1)), "talk", "--mic", "demo"]
    command += ["--speaker", "none", "--preset", preset, "--for", str(60 * minutes + 120)]
    printed = (folder / "talk.txt").open("w+", encoding="utf-8")
    talk = subprocess.Popen(command, env=environment(folder), stdout=printed, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_S
        while not (child := child_of(talk.pid)) or "connected" not in (folder / "talk.txt").read_text("utf-8"):
            if talk.poll() is not None or time.monotonic() > deadline:
                return ["the talk did not begin", (folder / "talk.txt").read_text("utf-8")]
            time.sleep(0.2)
        start, taken = time.monotonic(), list[tuple[Taken, Taken]]()
        for minute in range(minutes + 1):
            time.sleep(max(0.0, start + 60 * minute - time.monotonic()))
            if talk.poll() is not None:
                return [f"the talk ended in minute {minute}", (folder / "talk.txt").read_text("utf-8")[-2000:]]
            taken.append((Taken.of(talk.pid), Taken.of(child)))
            print(f"minute {minute:2}: talk {taken[-1][0]}   server {taken[-1][1]}", flush=True)
    finally:
        talk.terminate()
        talk.wait()
        printed.close()
    said = (folder / "talk.txt").read_text("utf-8")
    print(f"{said.count(chr(10) + 'You')} turns, {said.count('✂')} answers cut; load {os.getloadavg()[0]:.1f}")
    warm, late = taken[min(WARM_MINUTES, minutes)], taken[-1]
    return faults("talk", warm[0], late[0]) + faults("server", warm[1], late[1])


def main() -> int:
    """Hold the talk and judge it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=whole(1), default=10)
    parser.add_argument("--preset", choices=list(PRESETS), default="natural")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), options.minutes, options.preset)
    print(*(found or ["nothing grows, nothing stays open"]), sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

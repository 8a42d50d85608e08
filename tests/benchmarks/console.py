"""What the console takes: until its first paint, until it is live, from a key to its paint, of a core, of memory.

    python -m tests.benchmarks.console [--rounds 5] [--seconds 20] [--rows 10000] [--minutes 0] [--busy 0]

The real program runs in a pseudo-terminal of 120x36, with the embedded server (a process of its own). What it uses is
read from the kernel, by thread, and printed as a share of a core, beside the reference work of `tests.benchmarks.cpu`
that is measured in the same run, so that machines and loads can be compared. Where other programs want the cores, too,
the kernel counts how long the UI thread was ready and had none: times are told without that, as an idle machine would
take, with what was waited beside them. It starts with compiled modules, as an installed program has them. Nothing
passes or fails by a time. Linux only.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from tests.benchmarks.cpu import Task, reference_s, tasks
from tests.benchmarks.usage import LONG, Measurement
from tests.integration.terminal import PATIENCE_S, Terminal
from voice_tui.cli.numbers import Number, Whole

PAINTED, LIVE, TYPED = "voice-tui", "● live", "typed while it connects"
NO_SOUND = ("--mic", "none", "--speaker", "none", "--no-greeting", "--no-memory")
SETTLE_S = 4.0  # modules are loaded, the models are warm
AIMS = {
    "first paint": "800 ms",
    "live": "2,000 ms",
    "nobody speaks": "UI thread 2 %, in all 6 %, RSS 150 MB",
    "the demo caller talks": "UI thread 10 %, in all 20 %",
    "the same behind": "UI thread 10 %",
    "key to paint": "p95 50 ms",
}
"""What was aimed at, by what is measured; beside a reference work of 0.18 ms."""
BACK = "Conversation"  # above its pane
PRESET = "another ▾"  # the name of another preset than before
KEYS = (
    ("a letter", "j", "j"),
    ("F1, help", "\x1bOP", "Help ·"),
    ("Esc", "\x1b", BACK),
    ("F6, next preset", "\x1b[17~", PRESET),
    ("F8, scope", "\x1b[19~", BACK),
    ("Ctrl+P, palette", "\x10", "Search"),
    ("Esc, palette", "\x1b", BACK),
    ("F5, why", "\x1b[15~", "Why?"),
    ("Esc, why", "\x1b", BACK),
)
"""What is pressed, what it sends, and what has to be painted: nothing that is painted every second anyway.

Whether Esc begins the name of another key a terminal tells within 25 ms: so long it is waited
(`voice_tui/ui/common/terminal_keys.py`).
"""
ROWS = """
from voice_tui.messages.talk import Row, RowChanged
from voice_tui.ui.app import VoiceTuiApp

def filled(self):
    begun(self)
    after = None
    for number in range({rows}):
        row = Row(f"old{{number}}", "user" if number % 2 else "assistant", "You" if number % 2 else "AI", "words " * 20)
        self.call_after_refresh(self.take, RowChanged(row, after))
        after = row.item_id

begun, VoiceTuiApp.on_mount = VoiceTuiApp.on_mount, filled
"""


class Watch:
    """Seconds that pass, and those of them in which the UI thread was ready to run and had no core."""

    def __init__(self, pid: int, *, starts: float | None = None) -> None:
        self._pid = pid
        self._began = time.monotonic() if starts is None else starts
        self._had = 0.0 if starts is not None else self._waited()

    def _waited(self) -> float:
        """What the kernel counts, of the thread that a program begins with."""
        return int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[1]) / 1e9

    @property
    def took(self) -> Took:
        """Up to now."""
        wall, waited = time.monotonic() - self._began, self._waited() - self._had
        return Took(max(0.0, wall - waited), waited)


class Took(NamedTuple):
    """How long something took on cores of its own, and what was waited for them beside that, s."""

    own: float
    waited: float


def painted(terminal: Terminal, words: str, began: float) -> float:
    """Seconds since ``began`` until the words are on the screen."""
    while words not in terminal.text:
        if time.monotonic() - began > PATIENCE_S or terminal.process.poll() is not None:
            raise click.ClickException(f"{words!r} was never painted: {terminal.text[-400:]!r}")
        terminal.read(0.002)
    return time.monotonic() - began


@contextmanager
def console(folder: Path, *arguments: str, prelude: str = "") -> Iterator[Terminal]:
    """The program; killed in the end."""
    terminal = Terminal(folder, *NO_SOUND, *arguments, prelude=prelude)
    try:
        yield terminal
    finally:
        terminal.close()


def starts(folder: Path, rounds: int) -> None:
    """From the command to the first paint, to the line, and what was typed in between."""
    first: list[Took] = []
    used: list[float] = []
    live: list[Took] = []
    kept = 0
    for number in range(rounds + 1):
        began = time.monotonic()
        with console(folder) as terminal:
            watch = Watch(terminal.process.pid, starts=began)
            painted(terminal, PAINTED, began)
            paint = watch.took
            cpu = tasks(terminal.process.pid, threads=False)[0].cpu_s()
            terminal.press(TYPED)
            painted(terminal, LIVE, began)
            reached = watch.took
            terminal.read(0.5)
            kept += TYPED.replace(" ", "") in terminal.text.replace(" ", "")
            if number:  # the first one compiles what it imports
                first.append(paint)
                used.append(cpu)
                live.append(reached)
    click.echo(f"first paint {told(first)}, of it CPU {ms(used)}; aimed at {AIMS['first paint']}")
    click.echo(f"live {told(live)}; the embedded server may have waited, too; aimed at {AIMS['live']}")
    click.echo(f"what was typed before it was live is there: {kept} of {rounds + 1} times")


def ms(times: list[float]) -> str:
    """Median, 95th percentile and the longest, ms."""
    late = sorted(times)[max(0, round(len(times) * 0.95) - 1)]
    middle = statistics.median(times)
    return f"{middle * 1e3:.0f} ms (p95 {late * 1e3:.0f}, at most {max(times) * 1e3:.0f}, n {len(times)})"


def told(times: list[Took]) -> str:
    """Median and so on without what was waited for a core, and the median of that."""
    return (
        f"{ms([each.own for each in times])} + {statistics.median(each.waited for each in times) * 1e3:.0f} ms waited"
    )


def threads(pid: int) -> dict[str, list[Task]]:
    """The tasks of a program by what they are."""
    found: dict[str, list[Task]] = {}
    for task in tasks(pid, threads=True):
        name = "other threads" if task.name.startswith("thread") else task.name
        found.setdefault(name, []).append(task)
    return found


def shares(title: str, terminal: Terminal, seconds: float, unit: Callable[[], float]) -> None:
    """What each part of a program uses of a core for some seconds."""
    pid = terminal.process.pid
    watched = threads(pid)
    before = {name: sum(task.cpu_s() for task in parts) for name, parts in watched.items()}
    work, began = [unit() for _ in range(20)], time.monotonic()
    terminal.read(seconds)
    took = time.monotonic() - began
    used = {name: (sum(task.cpu_s() for task in parts) - before[name]) / took for name, parts in watched.items()}
    work += [unit() for _ in range(20)]
    told = ", ".join(f"{name} {share * 100:.1f} %" for name, share in used.items())
    reference = min(work)
    aim = next(aim for name, aim in AIMS.items() if title.startswith(name))
    click.echo(f"{title}, {took:.0f} s: {told}; aimed at: {aim}")
    click.echo(
        f"    the reference work takes {reference * 1e3:.2f} ms: UI thread {used['UI thread'] / reference / 1e3:.2f}, "
        f"in all {used['in all'] / reference / 1e3:.2f} of it a ms; {memory(pid)}; load {os.getloadavg()[0]:.1f}"
    )


def memory(pid: int) -> str:
    """What a program holds now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return f"RSS {int(line.split()[1]) / 1024:.0f} MB"
    return "RSS unknown"


def named(text: str) -> str:
    """The preset that was painted last; "" for none."""
    found: list[str] = re.findall(r"(\S+) ▾", text)
    return found[-1] if found else ""


def keys(terminal: Terminal, rounds: int) -> None:
    """From a key to its paint."""
    taken: dict[str, list[Took]] = {name: [] for name, _, _ in KEYS}
    preset = ""
    for _ in range(rounds):
        for name, sent, words in KEYS:
            terminal.read(0.4)
            preset = named(terminal.text) or preset
            terminal.output = ""
            began, watch = time.monotonic(), Watch(terminal.process.pid)
            terminal.press(sent)
            while not (named(terminal.text) not in ("", preset) if words is PRESET else words in terminal.text):
                if time.monotonic() - began > 5:
                    break
                terminal.read(0.001)
            taken[name].append(watch.took)
    for name, times in taken.items():
        click.echo(f"key to paint, {name}: {told(times)}")
    click.echo(f"    aimed at: {AIMS['key to paint']}")


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """So many loops that use all they get."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


@click.command(cls=Measurement)
@click.option("--rounds", type=Whole(1), default=5, show_default=True)
@click.option("--seconds", type=LONG, default=20.0, show_default=True, help="Of each state.")
@click.option("--rows", type=Whole(1), default=10_000, show_default=True, help="Of the long transcript.")
@click.option(
    "--minutes",
    type=Number(min=0),
    default=0.0,
    show_default=True,
    help="How long the demo caller talks before memory is read.",
)
@click.option(
    "--busy", "loops", type=Whole(0, 1_000), default=0, show_default=True, help="Loops that compute beside it."
)
def main(rounds: int, seconds: float, rows: int, minutes: float, loops: int) -> None:
    """Print all of it."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as home, busy(loops):
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(home) / "compiled")
        folder = Path(home)
        click.echo(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        starts(folder, rounds)
        with console(folder) as terminal:
            painted(terminal, LIVE, time.monotonic())
            terminal.read(SETTLE_S)
            shares("nobody speaks", terminal, seconds, reference_s)
            keys(terminal, rounds)
            terminal.press("\x1b[18~")  # F7: the demo caller
            terminal.read(SETTLE_S)
            shares("the demo caller talks", terminal, seconds, reference_s)
            if minutes:
                terminal.read(minutes * 60)
                click.echo(f"after {minutes:g} minutes of talk: {memory(terminal.process.pid)}")
        with console(folder, prelude=ROWS.format(rows=rows)) as terminal:
            painted(terminal, LIVE, time.monotonic())
            terminal.read(SETTLE_S)
            terminal.press("\x1b[18~")
            terminal.read(SETTLE_S)
            shares(f"the same behind {rows:,} rows", terminal, seconds, reference_s)


if __name__ == "__main__":
    main()

"""``voice-tui load``: many sessions at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import click
import msgspec

from voice_tui.cli.numbers import Number, Whole
from voice_tui.cli.options import OptionCommand, UsageProblem
from voice_tui.cli.output import complain, say, say_aside
from voice_tui.load.command import FORKS, WHOLE, Options, start, states
from voice_tui.load.result import Result
from voice_tui.load.script import ScriptError, script
from voice_tui.load.table import lines
from voice_tui.load.target import TargetError, check, endpoint
from voice_tui.plain_text import one_line

NOT_INSTALLED = 'load: Locust is not installed: pip install "voice-tui[load]"'
LOOKS_S = 10
"""Where there is no terminal, a line says so often how it stands."""
POSITIVE = Number(min=0, min_open=True)


@click.command(cls=OptionCommand)
@click.argument("url")
@click.option("--sessions", default=10, show_default=True, type=Whole(1, 100_000), help="How many at once.")
@click.option("--ramp", "ramp_s", default=10.0, show_default=True, type=POSITIVE, help="All are there after so many s.")
@click.option("--for", "seconds", default=60.0, show_default=True, type=POSITIVE, help="End after so many s.")
@click.option("--scenario", metavar="FILE", help="What all do: a scenario (YAML), or a Python file with users.")
@click.option("--preset", type=click.Choice(WHOLE), help="Users are whole clients that take turns so.")
@click.option("--seed", default=0, show_default=True, type=Whole(), help="The same accidents for the same seed.")
@click.option("--processes", default=0, type=Whole(min=0), help="Of the generator. 0: as many as it takes.")
@click.option("--i-may-load", "may_load", default="", metavar="HOST", help="A host elsewhere that you may load.")
@click.option("--json", "as_json", is_flag=True, help="The last line is a summary.")
@click.option("--csv", default="", metavar="PREFIX", help="Write Locust's tables: PREFIX_stats.csv and others.")
@click.option("--html", default="", metavar="FILE", help="Write Locust's page.")
def load(
    url: str,
    sessions: int,
    ramp_s: float,
    seconds: float,
    scenario: str | None,
    preset: str | None,
    seed: int,
    processes: int,
    may_load: str,
    as_json: bool,
    csv: str,
    html: str,
) -> None:
    """Hold many sessions with an endpoint at once, and say how long its answers take.

    Each has a microphone that is open all the time and takes turns: spoken, written, over an answer. Ends with 0 where
    every turn was answered, 1 where one was not, 3 where the generator itself was late: then nothing is known.

    Example: voice-tui load ws://127.0.0.1:8765/v1/realtime --sessions 50 --ramp 10 --for 60
    """
    if find_spec("locust") is None:
        raise click.ClickException(NOT_INSTALLED)
    try:
        check(url, may_load)
        endpoint(url, may_load)
        users = _users(scenario)
        steps = scenario if scenario and users is None else ""
        if steps:
            script(steps)
        _writable("--csv", f"{csv}_stats.csv" if csv else "")
        _writable("--html", html)
    except (TargetError, ScriptError) as error:
        raise UsageProblem(str(error)) from None
    options = Options(url, sessions, ramp_s, seconds, may_load, seed, processes, users, steps, csv, html, preset or "")
    with tempfile.TemporaryFile() as words:
        view = View(err=as_json)
        last = _run(options, words, view)
        if last is None or not (last.finished or view.cut_off):
            raise click.ClickException(_last_words(words))
        if view.cut_off:
            view.show(last, whole=True)
    if as_json:
        say(msgspec.json.encode(last).decode())
    sys.exit(last.exit_code or int(view.cut_off))


def _users(scenario: str | None) -> Path | None:
    """The Python file with users that was given, if it was one.

    Raises:
        UsageProblem: It is not there.
    """
    if scenario is None or not scenario.endswith(".py"):
        return None
    if not (path := Path(scenario)).is_file():
        raise UsageProblem(one_line(f"--scenario: {scenario}: no such file"))
    return path


def _writable(option: str, name: str) -> None:
    """See before a run whether what comes of it can be written.

    Raises:
        UsageProblem: It can't.
    """
    if not name:
        return
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        raise UsageProblem(one_line(f"{option}: {name}: {error.strerror or error}")) from None


def _run(options: Options, words: IO[bytes], view: View) -> Result | None:
    """Run it, and show how it stands; gives its last state."""
    process = start(options, os.environ, words)
    assert process.stdout is not None
    last: Result | None = None

    def pressed(*_: object) -> None:  # an exception could come in the midst of what the first press does
        view.cut_off, view.stopping = view.stopping, True
        _stop(process, again=view.cut_off)

    before = signal.signal(signal.SIGINT, pressed)
    try:
        for last in states(process.stdout):
            view.show(last)
            view.say_what_was_pressed()
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    view.say_what_was_pressed()
    return last


def _stop(process: subprocess.Popen[bytes], *, again: bool) -> None:
    """Pass Ctrl-C on: the turns under way come to their end; whoever presses it again does not wait for that."""
    if again and FORKS:
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.killpg(process.pid, signal.SIGKILL)
    elif again:
        process.kill()
    elif FORKS:  # elsewhere it has seen it too
        process.send_signal(signal.SIGINT)


STOPPING = "stopping: the turns under way come to their end; Ctrl-C again cuts them off"
CUT_OFF = "cut off: what was under way is not counted, and this is how it stood before"


class View:
    """The live table: on a terminal in one place, elsewhere a line now and then.

    Args:
        err: The table goes to standard error, for standard output carries JSON.
    """

    def __init__(self, *, err: bool) -> None:
        self._err = err
        self._live = (sys.stderr if err else sys.stdout).isatty()
        self._height = 0
        self._next_s = 0.0
        self.stopping = self.cut_off = False
        self._unsaid = [("stopping", STOPPING), ("cut_off", CUT_OFF)]

    def say_what_was_pressed(self) -> None:
        """Say once what a press of Ctrl-C has done; who presses it may be in the midst of a line."""
        for pressed in [each for each in self._unsaid if getattr(self, each[0])]:
            self._unsaid.remove(pressed)
            complain(f"voice-tui: {pressed[1]}")

    def show(self, result: Result, *, whole: bool = False) -> None:
        """Show how it stands; ``whole``: all of it, wherever that is."""
        if self._live or result.finished or whole:
            shown = lines(result)
            if self._live:  # a line that is broken in two would not be painted over
                width = shutil.get_terminal_size().columns
                shown = [line[: width - 1] for line in shown]
            back = f"\x1b[{self._height}F\x1b[J" if self._height else ""
            if back:
                click.echo(back, nl=False, err=self._err)
            (say_aside if self._err else say)("\n".join(shown))
            self._height = len(shown) if self._live else 0
        elif result.seconds >= self._next_s:
            self._next_s = result.seconds + LOOKS_S
            answered = result.turns["answered"]
            complain(f"{result.seconds:.0f} s: {result.open} open, {answered} of {result.begun} turns answered")


def _last_words(words: IO[bytes]) -> str:
    """Why Locust has ended without a result."""
    words.seek(0)
    said = [line.strip() for line in words.read().decode(errors="replace").splitlines() if line.strip()]
    errors = [line.removeprefix("Error: ") for line in said if line.startswith("Error: ")]
    return one_line((errors or said or ["Locust ended without a word"])[-1])

"""Measures what listening costs, state by state, and prints it beside what was aimed at.

    python -m tests.benchmarks.cpu [--engine earshot] [--rounds 5] [--talk SECONDS] [--console SECONDS]

Front end, evidence and detector get the same frames as live: 10 ms, and between turns what a poll brings. Every figure
is CPU time a frame, and the same as a multiple of a fixed piece of numpy work that is measured beside it, so that
machines and loads can be compared.
``--talk`` and ``--console`` run the whole program while nobody speaks (Linux only: CPU times come from /proc).
Figures never pass or fail anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.usage import LONG, Measurement
from tests.integration.terminal import Terminal
from tests.support.environment import environment
from tests.support.synthetic_voices import DEEP, HIGH
from voice_tui.audio.barge_in.evidence import BargeInEvidence
from voice_tui.audio.echo.front_end import REST_FRAMES, FrontEnd
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.vad.engines import ENGINES, VadEngine
from voice_tui.cli.numbers import Whole
from voice_tui.drivers.patience import PIECE_S
from voice_tui.replay.frames import split

PARTS = ("front end", "evidence", "detector")
BETWEEN_TURNS = round(PIECE_S * RATE) // FRAME  # frames that come together
WHOLE_BUDGET = 1.8  # references a frame for a talk in which nobody speaks, embedded server included, UI thread not
SECONDS = 3.0  # of each state in a round
ECHO_DELAY = RATE * 60 // 1000  # samples
ECHO_GAIN = 0.3
ROOM_NOISE = 8.0  # RMS of a quiet room, steps of int16: -72 dBFS
TRANSFORMS = 500
MADE_UP = 30  # frames: at the beginning of an answer the evidence makes up for the time before it
SETTLE_S = 6.0  # before the whole program is measured: modules are loaded, the session is live


@dataclass(frozen=True, slots=True)
class State:
    """What goes on, and what a frame of it may cost.

    Attributes:
        user, assistant: Who speaks.
        room: The microphone hears a quiet room; else digital silence, as from a muted one.
        budget: A frame's CPU time, as a multiple of the reference's.
        warm: Frames at its beginning that are not counted.
    """

    name: str
    user: bool = False
    assistant: bool = False
    room: bool = True
    budget: float = 0.3
    warm: int = 0


# In this order on one front end, so that every state begins in what the one before it left behind.
STATES = (
    State("idle"),
    State("idle, muted", room=False),
    State("user speaks", user=True),  # until the server says so frames come as before
    State("assistant speaks", assistant=True, budget=2.0, warm=MADE_UP),
    State("double talk", user=True, assistant=True, budget=2.0),
    State("after playback", warm=REST_FRAMES + 10),
    State("after playback, muted", room=False),
)


def reference_s() -> float:
    """CPU time of the fixed work: transforms and products of the sizes that a frame is made of, s."""
    spectra = np.ones((32, 161), np.complex64)
    weights = np.full((32, 161), 0.5, np.float32)
    start = time.thread_time()
    for _ in range(4):
        blocks = np.fft.irfft(spectra * weights, axis=1)
        np.fft.rfft(blocks, axis=1)
    for _ in range(40):
        np.add(weights[0], weights[1]).sum()
    return time.thread_time() - start


def transform_s() -> float:
    """CPU time of one ``np.fft.rfft`` of 512 float32, s: a loop that anybody can run."""
    block = np.ones(512, np.float32)
    start = time.thread_time()
    for _ in range(TRANSFORMS):
        np.fft.rfft(block)
    return (time.thread_time() - start) / TRANSFORMS


def sounds(state: State, seconds: float, seed: int) -> Iterator[tuple[Pcm, Pcm]]:
    """Frames of microphone and reference."""
    count = round(seconds * RATE) // FRAME * FRAME
    silence = np.zeros(count, np.int16)
    reference = DEEP.say(seconds, seed)[:count] if state.assistant else silence
    mic = HIGH.say(seconds, seed + 1)[:count].astype(np.float64) if state.user else silence.astype(np.float64)
    mic[ECHO_DELAY:] += ECHO_GAIN * reference[:-ECHO_DELAY]
    if state.room:
        mic += np.random.default_rng(seed).standard_normal(count) * ROOM_NOISE
    return zip(split(np.clip(mic, -32768, 32767).astype(np.int16)), split(reference), strict=True)


class Ears:
    """What hears every frame in the natural preset."""

    def __init__(self, engine: str) -> None:
        self._front, self._evidence = FrontEnd(), BargeInEvidence()
        self._engine: VadEngine = ENGINES[engine]()

    def hear(self, state: State, seed: int) -> tuple[float, ...]:
        """CPU time of a frame of this state, s: each of `PARTS`."""
        spent, counted = np.zeros(len(PARTS)), 0
        seconds = SECONDS + state.warm / 100
        frames, at = list(sounds(state, seconds, seed)), 0
        while at < len(frames):
            rests = self._front.resting and not state.assistant
            now = frames[at : at + (BETWEEN_TURNS if rests else 1)]
            took = self._rest(np.concatenate([mic for mic, _ in now])) if rests else self._frame(*now[0], state)
            if at >= state.warm:
                spent += took
                counted += len(now)
            at += len(now)
        return tuple((spent / counted).tolist())

    def _rest(self, mic: Pcm) -> NDArray[np.float64]:
        moments = [time.thread_time()]
        rest = self._front.rest(mic)
        moments.append(time.thread_time())
        self._evidence.rest(rest)
        moments.append(time.thread_time())
        self._engine.judge(rest.decision.ravel())
        moments.append(time.thread_time())
        return np.diff(moments)

    def _frame(self, mic: Pcm, ref: Pcm, state: State) -> NDArray[np.float64]:
        moments = [time.thread_time()]
        front = self._front.process(mic, ref)
        moments.append(time.thread_time())
        self._evidence.feed(front, 1.0, state.assistant)
        moments.append(time.thread_time())
        self._engine.feed(front.decision)
        moments.append(time.thread_time())
        return np.diff(moments)


def states(engine: str, rounds: int) -> None:
    """The table of states: the cheapest of all rounds, since whatever else runs can only make it dearer."""
    ears = Ears(engine)
    work: list[float] = []
    transforms: list[float] = []
    taken: dict[State, list[tuple[float, ...]]] = {state: [] for state in STATES}
    for number in range(rounds):
        for state in STATES:
            work += [reference_s() for _ in range(20)]
            transforms.append(transform_s())
            taken[state].append(ears.hear(state, number))
    unit, transform = min(work), min(transforms)
    click.echo(
        f"the reference work takes {unit * 1e3:.3f} ms here, an rfft of 512 float32 {transform * 1e6:.1f} us; "
        f"engine {engine}, ms of CPU a frame of 10 ms"
    )
    click.echo("| state | " + " | ".join(PARTS) + " | all | of a core | in rffts | in references | budget |")
    click.echo("| --- " * (len(PARTS) + 6) + "|")
    for state, runs in taken.items():
        best = min(runs, key=sum)
        cells = [f"{part * 1e3:.3f}" for part in (*best, sum(best))]
        share = f"{sum(best) * 100 * 100:.1f} % | {sum(best) / transform:.0f}"
        click.echo(f"| {state.name} | {' | '.join(cells)} | {share} | {sum(best) / unit:.2f} | {state.budget:g} |")


# ---- the whole program


@dataclass(frozen=True, slots=True)
class Task:
    """A process or one of its threads, by its folder in /proc."""

    name: str
    stat: Path

    def cpu_s(self) -> float:
        """CPU time so far, s."""
        fields = self.stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tasks(pid: int, threads: bool) -> list[Task]:
    """A process, its threads where they are asked for, and its children."""
    own = Path(f"/proc/{pid}")
    found = [Task("in all", own / "stat")]
    if threads:
        other = [folder for folder in (own / "task").iterdir() if folder.name != str(pid)]
        found.append(Task("UI thread", own / "task" / str(pid) / "stat"))
        found += [Task(f"thread {folder.name}", folder / "stat") for folder in other]
    children = (own / "task" / str(pid) / "children").read_text().split()
    for folder in (own / "task").iterdir():
        children += [child for child in (folder / "children").read_text().split() if child not in children]
    return found + [Task("embedded server", Path(f"/proc/{child}/stat")) for child in children]


def watch(title: str, pid: int, seconds: float, *, threads: bool = False, read: Terminal | None = None) -> None:
    """Print what each task uses of a core over some seconds."""
    watched = tasks(pid, threads)
    work, before, start = [reference_s() for _ in range(20)], [task.cpu_s() for task in watched], time.monotonic()
    if read is None:
        time.sleep(seconds)
    else:
        read.read(seconds)
    took = time.monotonic() - start
    shares = [(task.cpu_s() - past) / took for task, past in zip(watched, before, strict=True)]
    unit = min([*work, *(reference_s() for _ in range(20))])
    told = ", ".join(f"{t.name} {s * 100:.1f} %" for t, s in zip(watched, shares, strict=True) if s >= 0.0005)
    own = shares[0] + sum(s for t, s in zip(watched, shares, strict=True) if t.name == "embedded server")
    ui = sum(s for t, s in zip(watched, shares, strict=True) if t.name == "UI thread")
    click.echo(
        f"{title}, {took:.0f} s: {told}; together {own * 100:.1f} % of a core; without the UI thread "
        f"{(own - ui) / 100 / unit:.2f} references a frame (budget {WHOLE_BUDGET:g})"
    )
    click.echo(f"    the reference work took {unit * 1e3:.3f} ms meanwhile, load {os.getloadavg()[0]:.1f}")


@contextmanager
def talking(folder: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """``talk`` without a microphone."""
    command = [sys.executable, "-m", "voice_tui", "talk", "--mic", "none", "--speaker", "none", "--no-greeting"]
    process = subprocess.Popen(
        [*command, "--for", str(seconds + 60)],
        env=environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it is connected
        yield process
    finally:
        process.terminate()
        process.wait()


def watch_talk(seconds: float) -> None:
    """The whole of ``talk`` while nobody speaks."""
    with tempfile.TemporaryDirectory() as folder, talking(Path(folder), seconds) as process:
        time.sleep(SETTLE_S)
        watch("talk", process.pid, seconds)


def watch_console(seconds: float) -> None:
    """The whole console while nobody speaks, thread by thread."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(Path(folder), "--mic", "none", "--speaker", "none", "--no-greeting")
        try:
            terminal.until("listening")
            terminal.read(SETTLE_S)
            watch("console", terminal.process.pid, seconds, threads=True, read=terminal)
        finally:
            terminal.close()


@click.command(cls=Measurement)
@click.option("--engine", type=click.Choice(list(ENGINES)), default="earshot", show_default=True)
@click.option("--rounds", type=Whole(1), default=5, show_default=True, help="The cheapest of so many counts.")
@click.option("--talk", "talk_s", type=LONG, help="Instead: so many seconds of talk in which nobody speaks.")
@click.option("--console", "console_s", type=LONG, help="Instead: the same of the console.")
def main(engine: str, rounds: int, talk_s: float | None, console_s: float | None) -> None:
    """Measure and print."""
    if talk_s:
        watch_talk(talk_s)
    if console_s:
        watch_console(console_s)
    if not talk_s and not console_s:
        states(engine, rounds)


if __name__ == "__main__":
    main()

"""Measures turn-taking on the benchmark's recordings, and prints what was measured beside what was aimed at.

    python -m tests.benchmarks.turn_taking VADBENCH [--cache FOLDER] [--only vad|barge|sent] [--open]

VADBENCH is the benchmark's folder (score.py, make_noisy.py, make_turns.py, data/). Figures never pass or fail anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from tests.benchmarks.usage import BENCH, Measurement
from voice_tui.audio.vad.engines import ENGINES
from voice_tui.cli.targets import OutputFolder
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, PolicySettings
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.replay.barge import closed_loop, decided, judged

COLUMNS = ("clean", "10", "5", "0")
VAD_GOALS = {"fused": (0.972, 0.955, 0.935, 0.905), "adaptive": (0.93, 0.85, 0.83, 0.81)}
LAB = f"{sys.executable} -m voice_tui lab"


@dataclass(frozen=True, slots=True)
class Run:
    """A line of the barge-in table: what `lab barge` would be called with, and goals by measure."""

    preset: str = "natural"
    closed: bool = False
    kind: Action = Action.CUT
    backchannel_ms: float | None = None
    goals: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the table calls it."""
        knob = "" if self.backchannel_ms is None else f"backchannel_ms={self.backchannel_ms:g}"
        what = "" if self.kind is Action.CUT else self.kind.value
        return " ".join(filter(None, (self.preset, knob, what, "closed" if self.closed else "open")))

    @property
    def settings(self) -> PolicySettings:
        """The policy's."""
        settings = POLICIES[self.preset]
        return settings if self.backchannel_ms is None else replace(settings, backchannel_ms=self.backchannel_ms)


PRESETS = ("natural", "eager", "cautious", "patient")
GOALS = {
    ("natural", False): {"barge_within_500": ">= .96", "false_per_min": "<= .3", "distractor_trig": "<= .02"},
    ("natural", True): {"barge_within_500": ">= .97", "false_per_min": "<= .15", "echo_only_false_per_min": "<= .05"},
    ("patient", False): {"backchannel_trig": "<= .2"},
}
BARGE = (
    *(Run(p, goals=GOALS.get((p, False), {})) for p in PRESETS),
    Run(kind=Action.DUCK, goals={"barge_ms_p50": "<= 110", "false_per_min": "<= 4"}),
    *(Run(backchannel_ms=ms) for ms in (100, 200, 250, 300, 400, 500)),
    *(Run(p, closed=True, goals=GOALS.get((p, True), {})) for p in PRESETS),
)
SHOWN = (
    "barge_within_500",
    "barge_det",
    "barge_ms_p50",
    "false_per_min",
    "echo_only_false_per_min",
    "distractor_trig",
    "word_det",
    "backchannel_trig",
)


def score(bench: Path, *args: str) -> dict[str, Any]:
    """One run of the benchmark's score.py."""
    done = subprocess.run([sys.executable, str(bench / "score.py"), *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip() or done.stdout.strip())
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def generate(bench: Path, cache: Path) -> None:
    """The benchmark's mixes and conversations, once."""
    if (cache / "dev" / "turns").exists():
        return
    for args in (["make_noisy.py", "dev"], ["make_turns.py", "dev", "--components"]):
        subprocess.run([sys.executable, str(bench / args[0]), *args[1:], "--out", str(cache)], check=True)


def vad_table(bench: Path, cache: Path) -> None:
    """F1 of frames by engine and signal-to-noise ratio."""
    click.echo("| engine | " + " | ".join(f"{c} dB" if c != "clean" else c for c in COLUMNS) + " |")
    click.echo("| --- " * (len(COLUMNS) + 1) + "|")
    for engine in ENGINES:
        cells = []
        for k, column in enumerate(COLUMNS):
            folder = bench / "data" / "dev" / "vad" if column == "clean" else cache / "dev" / "noisy" / column
            figures = score(
                bench, "vad", str(folder), "--kind", "consensus", "--cmd", f"{LAB} vad {{wav}} --engine {engine}"
            )
            goal = f" (goal {VAD_GOALS[engine][k]:.3f})" if engine in VAD_GOALS else ""
            cells.append(f"{figures['f1']:.3f}{goal}")
        click.echo(f"| {engine} | " + " | ".join(cells) + " |")


def predict(label: Path, runs: tuple[Run, ...], out: Path) -> None:
    """One conversation through every run, written as `lab barge` prints it.

    In open loop the evidence does not depend on the policy, so it is gathered once.
    """
    parts = {part: label.parent / "components" / f"{label.stem}_{part}.wav" for part in ("near", "echo", "rest")} | {
        part: label.parent / f"{label.stem}_{part}.wav" for part in ("mic", "ref")
    }
    sound = {part: read_recording(path).pcm for part, path in parts.items()}
    heard = list(judged(sound["mic"], sound["ref"])) if not all(run.closed for run in runs) else []
    for run in runs:
        done = (
            closed_loop(sound["near"], sound["echo"], sound["rest"], sound["ref"], run.settings)
            if run.closed
            else decided(heard, run.settings)
        )
        lines = [json.dumps({"t": round(d.t, 3), "kind": d.action.value}) for d in done if d.action == run.kind]
        folder = out / run.name.replace(" ", "_")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{label.stem}.jsonl").write_text("\n".join(lines))


def barge_table(bench: Path, cache: Path, runs: tuple[Run, ...]) -> None:
    """Interruptions: found in time, and false."""
    turns = cache / "dev" / "turns"
    with tempfile.TemporaryDirectory() as scratch:
        for label in sorted(turns.glob("*/*.json")):
            predict(label, runs, Path(scratch))
        click.echo("| run | " + " | ".join(SHOWN) + " |")
        click.echo("| --- " * (len(SHOWN) + 1) + "|")
        for run in runs:
            figures = score(bench, "barge", str(turns), "--pred-dir", f"{scratch}/{run.name.replace(' ', '_')}")
            cells = [f"{figures[k]:.3f}" + (f" (goal {run.goals[k]})" if k in run.goals else "") for k in SHOWN]
            click.echo(f"| {run.name} | " + " | ".join(cells) + " |")


@click.command(cls=Measurement)
@click.argument("bench", type=BENCH)
@click.option("--cache", type=OutputFolder(), help="Keeps the generated recordings (540 MB).")
@click.option("--only", type=click.Choice(["vad", "barge", "sent"]))
@click.option("--open", "only_open", is_flag=True, help="Leave the closed loop out: a quarter of the time.")
def main(bench: Path, cache: Path | None, only: str | None, only_open: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = cache or Path(scratch)
        generate(bench, folder)
        if only in (None, "vad"):
            vad_table(bench, folder)
        if only in (None, "barge"):
            barge_table(bench, folder, tuple(run for run in BARGE if not (only_open and run.closed)))
        if only in (None, "sent"):
            from tests.benchmarks.sent_words import table

            table(folder)


if __name__ == "__main__":
    main()

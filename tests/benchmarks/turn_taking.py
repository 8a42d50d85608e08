"""Measures turn-taking on the benchmark's recordings, and prints what was measured beside what was aimed at.

    python -m tests.benchmarks.turn_taking VADBENCH [--cache FOLDER] [--only vad|barge|sent]

VADBENCH is the benchmark's folder (score.py, make_noisy.py, make_turns.py, data/). Figures never pass or fail anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

COLUMNS = ("clean", "10", "5", "0")
VAD_GOALS = {"fused": (0.982, 0.948, 0.938, 0.914), "adaptive": (0.93, 0.85, 0.83, 0.81)}
ENGINES = ("energy", "adaptive", "earshot", "silero", "light", "fused")
LAB = f"{sys.executable} -m voice_tui.lab"
OPEN_LOOP, CLOSED_LOOP = "{mic} {ref}", "--closed {near} {echo} {rest} {ref}"
BARGE: tuple[tuple[str, str, dict[str, str]], ...] = (  # name, arguments, goals
    ("open loop", OPEN_LOOP, {"barge_within_500": ">= .96", "false_per_min": "<= .3", "distractor_trig": "<= .02"}),
    ("open loop, duck", f"{OPEN_LOOP} --kind duck", {"barge_ms_p50": "<= 110", "false_per_min": "<= 4"}),
    ("open loop, patient", f"{OPEN_LOOP} --preset patient", {"backchannel_trig": "<= .2"}),
    ("open loop, eager", f"{OPEN_LOOP} --preset eager", {}),
    ("open loop, cautious", f"{OPEN_LOOP} --preset cautious", {}),
    (
        "closed loop",
        CLOSED_LOOP,
        {"barge_within_500": ">= .97", "false_per_min": "<= .15", "echo_only_false_per_min": "<= .05"},
    ),
)
SHOWN = (
    "barge_within_500",
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


def barge_table(bench: Path, cache: Path) -> None:
    """Interruptions: found in time, and false."""
    click.echo("| run | " + " | ".join(SHOWN) + " |")
    click.echo("| --- " * (len(SHOWN) + 1) + "|")
    for name, arguments, goals in BARGE:
        figures = score(bench, "barge", str(cache / "dev" / "turns"), "--cmd", f"{LAB} barge {arguments}")
        cells = [f"{figures[k]:.3f}" + (f" (goal {goals[k]})" if k in goals else "") for k in SHOWN]
        click.echo(f"| {name} | " + " | ".join(cells) + " |")


@click.command()
@click.argument("bench", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--cache", type=click.Path(path_type=Path), help="Keeps the generated recordings (540 MB).")
@click.option("--only", type=click.Choice(["vad", "barge", "sent"]))
def main(bench: Path, cache: Path | None, only: str | None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = cache or Path(scratch)
        generate(bench, folder)
        if only in (None, "vad"):
            vad_table(bench, folder)
        if only in (None, "barge"):
            barge_table(bench, folder)
        if only in (None, "sent"):
            from tests.benchmarks.sent_words import table

            table(folder)


if __name__ == "__main__":
    main()

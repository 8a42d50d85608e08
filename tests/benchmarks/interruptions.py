"""Measures interruptions by group, in open and in closed loop: the mean, the worst group, and how sure both are.

    python -m tests.benchmarks.interruptions VADBENCH [--half report] [--rounds 1] [--preset natural]

VADBENCH is the benchmark's folder (score.py, make_turns.py, data/). Qualities of a voice need the extra ``bench``.
Figures never pass or fail anything. Numbers are chosen on the half ``choice`` only.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from tests.benchmarks.interruption_scenes import HALVES, Scene, load_module, scenes
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, PolicySettings
from voice_tui.replay.barge import Decided, closed_loop, decided, judged

IN_TIME_S = 0.5
RESAMPLED = 1000  # times, of the bootstrap over conversations
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A column.

    Attributes:
        of: Rows as score.py makes them → the figure; nan where there is nothing to measure.
        high_is_good: Which group is the worst.
    """

    of: Callable[[Sequence[Row]], float]
    high_is_good: bool = False


def _share(hits: float, count: float) -> float:
    return hits / count if count else float("nan")


def _in_time(rows: Sequence[Row]) -> float:
    barges = [r for r in rows if r["kind"] == "barge"]
    return _share(sum(r["det"] and r["lat"] <= IN_TIME_S for r in barges), len(barges))


def _median_ms(rows: Sequence[Row]) -> float:
    late = [1000 * r["lat"] for r in rows if r["kind"] == "barge" and r["det"]]
    return float(np.median(late)) if late else float("nan")


def _a_minute(of: str, kind: str = "") -> Callable[[Sequence[Row]], float]:
    def measure(rows: Sequence[Row]) -> float:
        some = [r for r in rows if kind in ("", r["kind"])]
        return _share(60 * sum(r[of] for r in some), sum(r["fa_s"] for r in some))

    return measure


def _triggered(kind: str) -> Callable[[Sequence[Row]], float]:
    def measure(rows: Sequence[Row]) -> float:
        some = [r for r in rows if r["kind"] == kind]
        return _share(sum(r["trig"] for r in some), sum(r["nd"] for r in some))

    return measure


MEASURES: dict[str, Measure] = {
    "cut <= 500 ms": Measure(_in_time, high_is_good=True),
    "median, ms": Measure(_median_ms),
    "false a minute": Measure(_a_minute("fa")),
    "echo alone": Measure(_a_minute("fa", "none")),
    "coughs and the like": Measure(_triggered("distractor")),
    "backchannels": Measure(_triggered("backchannel")),
}


def played(scene: Scene, settings: PolicySettings) -> dict[str, list[Decided]]:
    """What is decided while playback goes on whatever is decided, and while it follows.

    In every other conversation the echo falls as late as a device lets it fall, else with the reference at once.
    """
    late = scene.delay_ms if scene.number % 2 == 0 else 0.0
    return {
        "open": list(decided(judged(scene.mic, scene.ref), settings)),
        "closed": list(closed_loop(scene.near, scene.echo, scene.rest, scene.ref, settings, late)),
    }


def interval(rows: Sequence[Row], measure: Measure) -> tuple[float, float]:
    """The middle 90 % of the figure over conversations drawn again and again."""
    rng = np.random.default_rng(1)
    talks: dict[str, list[Row]] = {}
    for row in rows:
        talks.setdefault(row["talk"], []).append(row)
    some = list(talks.values())
    drawn = [
        measure.of([row for i in rng.integers(len(some), size=len(some)) for row in some[i]]) for _ in range(RESAMPLED)
    ]
    low, high = np.nanpercentile(drawn, (5, 95))
    return float(low), float(high)


def worst(rows: Sequence[Row], measure: Measure) -> tuple[str, float]:
    """The group, of all kinds of families, that comes off worst."""
    groups = {(kind, name) for row in rows for kind, name in row["groups"].items()}
    figures = {name: measure.of([r for r in rows if r["groups"][kind] == name]) for kind, name in sorted(groups)}
    figures = {name: figure for name, figure in figures.items() if not np.isnan(figure)}
    if not figures:
        return "", float("nan")
    name = (min if measure.high_is_good else max)(figures, key=lambda n: figures[n])
    return name, figures[name]


def table(loops: dict[str, list[Row]]) -> str:
    """Markdown: a line a measure, a column a loop."""
    lines = ["| | " + " | ".join(loops) + " |", "| --- " * (len(loops) + 1) + "|"]
    for title, measure in MEASURES.items():
        cells = []
        for rows in loops.values():
            low, high = interval(rows, measure)
            name, figure = worst(rows, measure)
            cells.append(f"{measure.of(rows):.3g} ({low:.3g} to {high:.3g}); {name} {figure:.3g}")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


@click.command()
@click.argument("bench", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--half", type=click.Choice(list(HALVES)), default="report", show_default=True)
@click.option("--rounds", default=1, show_default=True, help="Conversations of every voice over every echo path.")
@click.option("--preset", type=click.Choice(list(POLICIES)), default="natural", show_default=True)
def main(bench: Path, half: str, rounds: int, preset: str) -> None:
    """Measure and print."""
    score = load_module(bench / "score.py")
    loops: dict[str, list[Row]] = {}
    for scene in scenes(bench, HALVES[half], rounds):
        for loop, done in played(scene, POLICIES[preset]).items():
            for kind in (Action.DUCK, Action.CUT):
                fires = [d.t for d in done if d.action is kind or (kind is Action.DUCK and d.action is Action.CUT)]
                rows = score.barge_file(scene.label, fires)
                about: Row = {"groups": scene.groups, "talk": scene.name}
                loops.setdefault(f"{loop}, {kind}", []).extend(row | about for row in rows)
        click.echo(f"{scene.name}", err=True)
    click.echo(table(loops))


if __name__ == "__main__":
    main()

"""Measures interruptions by group, in open and in closed loop: the mean, the worst group, and how sure both are.

    python -m tests.benchmarks.interruptions VADBENCH [--half report] [--rounds 1] [--preset natural] [--picture FILE]
    python -m tests.benchmarks.interruptions VADBENCH --half every --rounds 6 --weights FILE

VADBENCH is the benchmark's folder (score.py, make_turns.py, data/). Qualities of a voice need the extra ``bench``.
Figures never pass or fail anything. FILE is what ``train_barge --without-half`` wrote: of the voices that are
judged then it has learned none.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from tests.benchmarks.interruption_scenes import HALVES, Scene, load_module, scenes
from tests.benchmarks.usage import BENCH, PICTURE, Measurement, NumbersFile, needed
from voice_tui.audio.barge_in import evidence
from voice_tui.audio.barge_in.recurrent import RecurrentWeights
from voice_tui.cli.numbers import Whole
from voice_tui.cli.policy import turned
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, PolicySettings
from voice_tui.replay.barge import Decided, closed_loop, decided, judged

IN_TIME_S = 0.5
KNOB_MS = (0, 250, 300, 350, 400, 450, 500, 600)  # settings of the knob that the picture shows
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


def _within(seconds: float) -> Callable[[Sequence[Row]], float]:
    def measure(rows: Sequence[Row]) -> float:
        barges = [r for r in rows if r["kind"] == "barge"]
        return _share(sum(r["det"] and r["lat"] <= seconds for r in barges), len(barges))

    return measure


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
    "cut <= 500 ms": Measure(_within(IN_TIME_S), high_is_good=True),
    "median, ms": Measure(_median_ms),
    "false a minute": Measure(_a_minute("fa")),
    "echo alone": Measure(_a_minute("fa", "none")),
    "coughs and the like": Measure(_triggered("distractor")),
    "backchannels": Measure(_triggered("backchannel")),
}


@dataclass(frozen=True, slots=True)
class Played:
    """What is decided while playback goes on whatever is decided, and while it follows.

    Attributes:
        loops: Name of the loop → what was decided.
        patient: The same with playback that goes on, by the setting of the backchannel knob, ms.
    """

    loops: dict[str, list[Decided]]
    patient: dict[int, list[Decided]]


def played(scene: Scene, settings: PolicySettings) -> Played:
    """What a scene's conversation comes to, as `lab barge` plays it."""
    heard = list(judged(scene.mic, scene.ref))
    return Played(
        {
            "open": list(decided(heard, settings)),
            "closed": list(closed_loop(scene.near, scene.echo, scene.rest, scene.ref, settings)),
        },
        {ms: list(decided(heard, replace(settings, backchannel_ms=ms))) for ms in KNOB_MS},
    )


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
    if np.isnan(drawn).all():
        return float("nan"), float("nan")
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


def difference(some: Sequence[Row], others: Sequence[Row], measure: Measure) -> tuple[float, float]:
    """The middle 90 % of how much higher the figure of the others is, over the same conversations."""
    rng = np.random.default_rng(1)
    names = sorted({row["talk"] for row in some})
    talks = [[[row for row in rows if row["talk"] == name] for name in names] for rows in (some, others)]
    drawn = []
    for _ in range(RESAMPLED):
        chosen = rng.integers(len(names), size=len(names))
        of, than = (measure.of([row for i in chosen for row in each[i]]) for each in talks)
        drawn.append(than - of)
    if np.isnan(drawn).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(drawn, (5, 95))
    return float(low), float(high)


def differences(loops: dict[str, list[Row]]) -> str:
    """What closed loop does more than open loop, a line a measure, for the cut."""
    lines = ["closed less open, cut:"]
    for title, measure in MEASURES.items():
        low, high = difference(loops["open, cut"], loops["closed, cut"], measure)
        lines.append(f"  {title}: {low:.3g} to {high:.3g}")
    return "\n".join(lines)


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


@dataclass(frozen=True, slots=True)
class Price:
    """What a setting of the backchannel knob does, in open loop.

    Attributes:
        knob_ms: The setting.
        backchannels: Share of backchannels that cut.
        in_time: Share of interruptions that cut within 500 ms.
        within_1_s: The same within a second.
        worst: ``in_time`` of the worst group.
    """

    knob_ms: int
    backchannels: float
    in_time: float
    within_1_s: float
    worst: float


def price(knob_ms: int, rows: Sequence[Row]) -> Price:
    """What a setting of the knob does."""
    in_time = MEASURES["cut <= 500 ms"]
    return Price(
        knob_ms,
        backchannels=MEASURES["backchannels"].of(rows),
        in_time=in_time.of(rows),
        within_1_s=_within(1.0)(rows),
        worst=worst(rows, in_time)[1],
    )


@click.command(cls=Measurement)
@click.argument("bench", type=BENCH)
@click.option("--half", type=click.Choice(list(HALVES)), default="report", show_default=True)
@click.option(
    "--rounds",
    type=Whole(1),
    default=1,
    show_default=True,
    help="Conversations of every voice, each over a third of the echo paths.",
)
@click.option("--preset", type=click.Choice(list(POLICIES)), default="natural", show_default=True)
@click.option("--option", multiple=True, metavar="NAME=VALUE", help="One setting of the policy; repeatable.")
@click.option("--alone", is_flag=True, help="One cough, knock or breath somewhere in each answer without one.")
@click.option("--weights", type=NumbersFile(*RecurrentWeights.__slots__), help="Others than the package's.")
@click.option("--picture", type=PICTURE, help="Draw the price of patience there: .svg, .png.")
def main(
    bench: Path,
    half: str,
    rounds: int,
    preset: str,
    option: tuple[str, ...],
    alone: bool,
    weights: Path | None,
    picture: Path | None,
) -> None:
    """Measure and print.

    BENCH is a folder with recordings, rooms and a scorer (score.py, make_turns.py, make_noisy.py, data/dev), which does
    not come with the project.
    """
    needed("pyworld")
    settings = turned(POLICIES[preset], option)
    if weights is not None:
        evidence.WEIGHTS = weights
    if picture:
        from tests.benchmarks.interruption_curves import draw
    score = load_module(bench / "score.py")
    loops: dict[str, list[Row]] = {}
    patient: dict[int, list[Row]] = {ms: [] for ms in KNOB_MS}
    for scene in scenes(bench, HALVES[half], rounds, alone=alone):
        about: Row = {"groups": scene.groups, "talk": scene.name}

        def rows(fires: Sequence[float], scene: Scene = scene, about: Row = about) -> list[Row]:
            return [row | about for row in score.barge_file(scene.label, fires)]

        done = played(scene, settings)
        for loop, actions in done.loops.items():
            for kind in (Action.DUCK, Action.CUT):
                fires = [d.t for d in actions if d.action is kind or (kind is Action.DUCK and d.action is Action.CUT)]
                loops.setdefault(f"{loop}, {kind}", []).extend(rows(fires))
        for ms, actions in done.patient.items():
            patient[ms] += rows([d.t for d in actions if d.action is Action.CUT])
        click.echo(f"{scene.name}", err=True)
    click.echo(table(loops))
    click.echo(differences(loops))
    prices = [price(ms, some) for ms, some in patient.items()]
    for each in prices:
        click.echo(", ".join(f"{name} {value:.3g}" for name, value in asdict(each).items()))
    if picture:
        talks = len({row["talk"] for row in patient[KNOB_MS[0]]})
        draw(prices, f"{' '.join([preset, *option])}, half {half}, {talks} conversations, open loop", picture)


if __name__ == "__main__":
    main()

"""Measures the voice detectors group by group, and prints the mean and the worst group of each.

    python -m tests.benchmarks.hearing --generate DIR [--scenes 240] [--voices CLEAN]
    python -m tests.benchmarks.hearing --data DIR [--data DIR] [--engine silero] [--kind human] [--json FILE]

A set is a folder of recordings with labels (`tests.benchmarks.labels`); what does not fit is told. What is printed:

* F1 of frames of 10 ms, as delivered: a judgement counts from the frame with which it was known.
* The worst group of all axes, and of how many scenes it is.
* The same once more at the threshold that was best on all other groups of that axis: what a threshold is worth where
  nobody tuned it.
* CPU a frame, as a multiple of the reference work of `tests.benchmarks.cpu`.

Intervals of 95 % are bootstrapped over recordings. Figures never pass or fail anything.
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.cpu import reference_s
from tests.benchmarks.families import Spoken
from tests.benchmarks.hearing_scenes import generate
from tests.benchmarks.labels import Tell, labelled
from tests.benchmarks.usage import PICTURE, InputFolder, Measurement, only_with, write_text
from tests.benchmarks.utterances import installed_voices, local_voices, recorded_voices
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.vad.engines import ENGINES, VadEngine
from voice_tui.cli.lab import Engine
from voice_tui.cli.numbers import Whole
from voice_tui.cli.output import complain
from voice_tui.cli.targets import OutputFile, OutputFolder
from voice_tui.plain_text import one_line

ODDS = np.linspace(-4, 4, 33)
"""Thresholds that are tried, log-odds; the one in the middle is a probability of one half."""
HALF = len(ODDS) // 2
RESAMPLES = 500
AT_ONCE = 10 * FRAME  # samples: live, frames come together while nobody talks
Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """A labelled recording: its sound, which of its frames are speech, shape (frames,), and its group on every axis."""

    pcm: Pcm
    speech: NDArray[np.bool_]
    groups: Mapping[str, str]


def recordings(folders: Sequence[Path], kind: str | None = None, tell: Tell = complain) -> list[Recording]:
    """All labelled recordings of some folders, or those of a kind; what does not fit is told, a line each."""
    found = []
    for folder in _apart(folders, tell):
        for each in labelled(folder, tell, kind=kind):
            middle = (np.arange(len(each.pcm) // FRAME) + 0.5) / 100
            speech = np.zeros(len(middle), bool)
            for start, end in each.speech:
                speech |= (middle >= start) & (middle < end)
            found.append(Recording(each.pcm, speech, each.label.groups))
    return found


def _apart(folders: Sequence[Path], tell: Tell) -> Iterator[Path]:
    """Each folder once, and none that is in another: its recordings would count twice."""
    seen: list[Path] = []
    for folder in sorted(folders, key=lambda path: len(path.resolve().parts)):
        if any(folder.resolve().is_relative_to(other) for other in seen):
            tell(one_line(f"{folder}: it was given twice, it counts once"))
        else:
            seen.append(folder.resolve())
            yield folder


def judged(engine: VadEngine, pcm: Pcm) -> NDArray[np.float64]:
    """Log-odds of every frame as the engine tells them live, shape (frames,)."""
    whole = pcm[: len(pcm) // FRAME * FRAME]
    p = np.array([p for at in range(0, len(whole), AT_ONCE) for p in engine.judge(whole[at : at + AT_ONCE])])
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


def counted(odds: NDArray[np.float64], speech: NDArray[np.bool_]) -> Counts:
    """Frames of speech that were found, found, of speech, of pauses, at each of `ODDS`: shape (4, thresholds)."""
    found = odds >= ODDS[:, None] - 1e-9
    there = [np.full(len(ODDS), part.sum()) for part in (speech, ~speech)]
    return np.stack([(found & speech).sum(1), found.sum(1), *there]).astype(float)


def curve(counts: Counts) -> list[tuple[float, float]]:
    """Share of pauses taken for speech and of speech missed, at each of `ODDS`; ``counts`` summed over recordings."""
    right, found, speech, pauses = counts
    shares = ((found - right) / np.maximum(1.0, pauses), 1 - right / np.maximum(1.0, speech))
    return list(zip(*(share.tolist() for share in shares), strict=True))


def f1(counts: Counts) -> NDArray[np.float64]:
    """F1 out of sums of `counted`, shape (…, thresholds)."""
    return np.asarray(2 * counts[..., 0, :] / np.maximum(1.0, counts[..., 1, :] + counts[..., 2, :]))


def interval(counts: Counts, at: int = HALF) -> tuple[float, float]:
    """95 % of what other recordings of the kind would have given; ``counts`` of shape (recordings, 4, thresholds)."""
    rng = np.random.default_rng(0)
    drawn = f1(counts[rng.integers(len(counts), size=(RESAMPLES, len(counts)))].sum(1))[:, at]
    low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
    return low, high


@dataclass(frozen=True, slots=True)
class Figure:
    """F1 of some recordings, and its interval."""

    name: str
    f1: float
    low: float
    high: float
    recordings: int


@dataclass(slots=True)
class Measured:
    """What was measured of an engine.

    Attributes:
        name: The engine's.
        all: Every recording.
        groups: By "axis: family", worst first, at a probability of one half.
        chosen: The same at the threshold that was best on the other families of that axis.
        curve: Share of pauses taken for speech and of speech missed, at each of `ODDS`.
        references: CPU a frame, in reference works.
    """

    name: str
    all: Figure
    curve: list[tuple[float, float]]
    groups: list[Figure] = field(default_factory=list)
    chosen: list[Figure] = field(default_factory=list)
    references: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Everything, figures as [f1, low, high, recordings]."""

        def row(of: Figure) -> list[float]:
            return [round(of.f1, 4), round(of.low, 4), round(of.high, 4), of.recordings]

        return {
            "engine": self.name,
            "all": row(self.all),
            "groups": {of.name: row(of) for of in self.groups},
            "chosen": {of.name: row(of) for of in self.chosen},
            "curve": [[round(share, 4) for share in at] for at in self.curve],
            "references": round(self.references, 3),
        }


def measured(name: str, counts: Counts, groups: Sequence[Mapping[str, str]], references: float = 0.0) -> Measured:
    """The figures out of `counted` of every recording."""

    def figure(of: str, part: Counts, at: int) -> Figure:
        return Figure(of, float(f1(part.sum(0))[at]), *interval(part, at), len(part))

    result = Measured(name, figure("all", counts, HALF), curve(counts.sum(0)), references=references)
    axes = {
        axis: sorted({of[axis] for of in groups if axis in of}) for axis in dict.fromkeys(k for g in groups for k in g)
    }
    for axis, families in axes.items():
        for family in families:
            inside = np.array([of.get(axis) == family for of in groups])
            title = f"{axis}: {family}"
            result.groups.append(figure(title, counts[inside], HALF))
            if len(families) > 1:
                best = int(f1(counts[~inside].sum(0)).argmax())
                result.chosen.append(figure(title, counts[inside], best))
    result.groups.sort(key=lambda of: of.f1)
    result.chosen.sort(key=lambda of: of.f1)
    return result


def measure(name: str, heard: Sequence[Recording]) -> Measured:
    """An engine over all recordings."""
    work = min(reference_s() for _ in range(20))
    counts, spent = [], 0.0
    for recording in heard:
        engine = ENGINES[name]()
        start = time.process_time()
        odds = judged(engine, recording.pcm)
        spent += time.process_time() - start
        counts.append(counted(odds, recording.speech))
    frames = sum(len(recording.speech) for recording in heard)
    return measured(name, np.array(counts), [recording.groups for recording in heard], spent / frames / work)


def cell(figure: Figure) -> str:
    """F1 and its interval."""
    return f"{figure.f1:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def row(of: Measured) -> str:
    """A line of the table."""
    worst, chosen = of.groups[0], of.chosen[0] if of.chosen else of.all
    return (
        f"| {of.name} | {cell(of.all)} | {cell(worst)} {worst.name} ×{worst.recordings} | "
        f"{cell(chosen)} {chosen.name} | {of.references:.2f} |"
    )


def voices_for(folder: Path | None) -> list[Spoken]:
    """All clean voices that scenes are made of.

    Raises:
        click.BadParameter: None of the recordings in the folder can be used.
    """
    read = recorded_voices(folder, complain) if folder else []
    if folder and not read:
        raise click.BadParameter(
            one_line(f"{str(folder)!r} has no voice that can be used, give a folder of labelled recordings"),
            param_hint="'--voices'",
        )
    return local_voices() + installed_voices(complain) + read


def kinds_in(folders: Sequence[Path]) -> str:
    """The kinds of labels that there are, in words."""
    kinds = {each.label.kind or "not told" for folder in folders for each in labelled(folder, lambda _: None)}
    return ", ".join(sorted(kinds)) or "none"


@click.command(cls=Measurement)
@click.option("--generate", "target", type=OutputFolder(empty=True), help="Write scenes there, and measure them.")
@click.option(
    "--scenes", type=Whole(1, 100_000), default=240, show_default=True, help="--generate: so many, of 13 to 15 s."
)
@click.option("--seed", type=Whole(0), default=0, show_default=True, help="--generate: of all that is chance.")
@click.option("--voices", type=InputFolder(), help="--generate: more clean voices, a labelled set.")
@click.option("--data", multiple=True, type=InputFolder(), help="A labelled set; repeatable.")
@click.option("--kind", help="--data: only labels of this kind.")
@click.option("--engine", "engines", multiple=True, type=Engine(list(ENGINES)), help="Repeatable; else all.")
@click.option("--json", "as_json", type=OutputFile(), help="Write every group there.")
@click.option("--picture", type=PICTURE, help="Draw the trade-off there: .svg, .png.")
@click.option(
    "--groups", "shown", type=Whole(0), default=0, show_default=True, help="Show so many of the worst groups."
)
@click.pass_context
def main(
    context: click.Context,
    target: Path | None,
    scenes: int,
    seed: int,
    voices: Path | None,
    data: tuple[Path, ...],
    kind: str | None,
    engines: tuple[str, ...],
    as_json: Path | None,
    picture: Path | None,
    shown: int,
) -> None:
    """Measure and print."""
    if target is None and not data:
        raise click.UsageError("give --generate DIR, --data DIR or both")
    only_with(context, "--generate", target is not None, "scenes", "seed", "voices")
    only_with(context, "--data", bool(data), "kind")
    if picture:
        from tests.benchmarks.hearing_curves import draw
    heard = recordings(data, kind)
    if data and not heard:
        of, there = (f" of kind {kind!r}", f", there are: {kinds_in(data)}") if kind else ("", "")
        where = ", ".join(map(str, data))
        raise click.ClickException(one_line(f"no labelled recordings that can be used{of} in {where}{there}"))
    if target is not None:
        plain = importlib.util.find_spec("pyworld") is None
        if plain:
            click.echo("plain voices only: pip install 'voice-tui[bench]' brings the vocoder")
        generate(target, voices_for(voices), scenes, seed, plain=plain)
        heard += recordings([target])
    click.echo(f"{len(heard)} recordings, {sum(len(r.speech) for r in heard) / 6000:.1f} min")
    click.echo("| engine | frame F1 | worst group | worst at a threshold of the others | CPU |")
    click.echo("| --- " * 5 + "|")
    everything = []
    for name in dict.fromkeys(engines or ENGINES):
        result = measure(name, heard)
        everything.append(result)
        click.echo(row(result))
        for figure in result.groups[:shown]:
            click.echo(f"|  | {cell(figure)} | {figure.name} ×{figure.recordings} |")
    if as_json:
        write_text(as_json, json.dumps([of.as_json() for of in everything], indent=1))
    if picture:
        draw(everything, f"{len(heard)} scenes, {sum(len(r.speech) for r in heard) / 6000:.0f} min", picture)


if __name__ == "__main__":
    main()

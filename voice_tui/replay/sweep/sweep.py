"""A grid of settings over many talks: heard once a talk, decided once a setting, on all cores; and what to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice_tui.audio.stream.pcm import FRAME
from voice_tui.replay.frames import NOBODY, Onlooker, fitted
from voice_tui.replay.judge.recording import HearingSettings, material_of
from voice_tui.replay.spread import cores, spread
from voice_tui.replay.sweep.presets import SWEPT, Decision, tried
from voice_tui.replay.sweep.talk import SweptTalk, Truth, swept_talk
from voice_tui.replay.sweep.trial import Settings, Trial, together


@dataclass(frozen=True, slots=True)
class TalkTask:
    """A talk to be made ready."""

    path: Path
    name: str
    hearing: HearingSettings
    sound: bool = False
    """Settings are tried that hear how a voice ends."""


@dataclass(frozen=True, slots=True)
class _TrialTask:
    talk: SweptTalk
    preset: str
    settings: Sequence[Settings]


@dataclass(frozen=True, slots=True)
class TalkTrials:
    """What came of a talk.

    Attributes:
        truth: Where it is known from what was wanted.
        interrupted: Somebody interrupts in it.
        trials: A trial a combination, in the order of the grid; the last one is the preset as it stands.
        remark: What is wrong with its file, one line; "" for nothing.
    """

    truth: Truth
    interrupted: bool
    trials: list[Trial]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class WholeTask:
    """A talk to be made ready and tried where it lies: nothing of it but the trials travels."""

    talk: TalkTask
    preset: str
    combinations: Sequence[Settings]


@dataclass(frozen=True, slots=True)
class Row:
    """A setting and what it did in all talks.

    Attributes:
        settings: What was moved; all else stands where the preset has it.
        trial: What came of it.
        cost: See `Trial.cost`.
    """

    settings: Settings
    trial: Trial
    cost: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """What came of all settings.

    Attributes:
        preset: What was turned.
        decision: What it decides, in words.
        standing: Where the preset has what was turned.
        rows: A row a combination, in the order of the grid.
        best: The row to take.
        as_it_is: The preset as it stands, tried too.
        truths: How many talks were judged by what.
        false_cost: What a false decision costs, in missing ones.
    """

    preset: str
    decision: Decision
    standing: Settings
    rows: tuple[Row, ...]
    best: Row
    as_it_is: Row
    truths: dict[Truth, int]
    false_cost: float


def heard(task: TalkTask, onlooker: Onlooker = NOBODY) -> SweptTalk:
    """Make a talk ready.

    Args:
        task: Which.
        onlooker: Sees how far it is.

    Raises:
        RecordingError: It can't be read, has not two channels, or a channel is silent.
        LabelError: The labels beside it can't be read.
        Unreadable: It is a recording of ours whose notices can't be read.
    """
    material = material_of(task.path, swapped=task.hearing.swapped, onlooker=onlooker)
    left, right = material.tracks.left, fitted(material.tracks.right, len(material.tracks.left))
    timeline = material.timeline(task.hearing, onlooker)
    with onlooker.hearing("Weighing", len(left) // FRAME) as watch:
        talk = swept_talk(task.name, left, right, timeline, material.labels, sound=task.sound, watch=watch)
    return replace(talk, remark=material.tracks.remark)


def whole(task: WholeTask) -> TalkTrials:
    """Make a talk ready and try everything.

    Raises:
        RecordingError: See `heard`.
        LabelError: See `heard`.
        Unreadable: See `heard`.
    """
    talk = heard(task.talk)
    trials = [tried(talk, task.preset, settings) for settings in [*task.combinations, {}]]
    return TalkTrials(talk.truth, bool(talk.wanted), trials, talk.remark)


def sweep(
    talks: Sequence[SweptTalk],
    preset: str,
    combinations: Sequence[Settings],
    false_cost: float,
    processes: int = 0,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> Sweep:
    """Try them.

    Args:
        talks: Made ready, at least one.
        preset: Whose settings are turned.
        combinations: What to try, at least one.
        false_cost: What a false decision costs, in missing ones.
        processes: How many at once; 0: one a core.
        step: Told how many pieces of the work are done, and of how many.
    """
    grid = [*combinations, {}]  # the preset as it stands is tried too
    pieces = max(1, (processes or cores()) * 2 // len(talks))
    size = -(-len(grid) // pieces)
    tasks, where = [], []
    for i, talk in enumerate(talks):
        for start in range(0, len(grid), size):
            tasks.append(_TrialTask(talk, preset, grid[start : start + size]))
            where.append(i)
    results: list[list[Trial]] = [[] for _ in tasks]
    for done, (i, result) in enumerate(spread(_tried, tasks, processes), 1):
        results[i] = result
        step(done, len(tasks))
    trials: list[list[Trial]] = [[] for _ in talks]
    for i, result in zip(where, results, strict=True):  # in the order of the grid, whichever piece was ready first
        trials[i] += result
    made = [TalkTrials(talk.truth, bool(talk.wanted), of_it) for talk, of_it in zip(talks, trials, strict=True)]
    return gathered(made, preset, combinations, false_cost)


def gathered(talks: Sequence[TalkTrials], preset: str, combinations: Sequence[Settings], false_cost: float) -> Sweep:
    """All talks together, in their order."""
    rows = [
        Row(settings, total := together([talk.trials[i] for talk in talks]), total.cost(false_cost))
        for i, settings in enumerate([*combinations, {}])
    ]
    truths = {truth: count for truth in Truth if (count := sum(talk.truth is truth for talk in talks))}
    return swept(preset, SWEPT[preset].decision, SWEPT[preset].defaults, rows, truths, false_cost)


def swept(
    preset: str,
    decision: Decision,
    defaults: Settings,
    rows: Sequence[Row],
    truths: dict[Truth, int],
    false_cost: float,
) -> Sweep:
    """What came of all settings, when each has been tried; the last row is the preset as it stands."""
    *turned, as_it_is = rows
    standing = {name: defaults[name] for name in turned[0].settings}
    return Sweep(preset, decision, standing, tuple(turned), best_of(turned, standing), as_it_is, truths, false_cost)


def best_of(rows: Sequence[Row], usual: Settings) -> Row:
    """The cheapest; of several that cost the same, the one nearest to where the preset stands."""
    ranges = {name: [row.settings[name] for row in rows] for name in rows[0].settings}

    def distance(row: Row) -> float:
        widths = {name: max(values) - min(values) or 1.0 for name, values in ranges.items()}
        return sum(abs(value - usual[name]) / widths[name] for name, value in row.settings.items())

    return min(rows, key=lambda row: (round(row.cost, 6), distance(row)))


def front(rows: Sequence[Row]) -> list[Row]:
    """Those that no other beats both in false decisions and in what wanted ones cost; fewest false ones first."""
    best: list[Row] = []
    for row in sorted(rows, key=lambda r: (r.trial.false, r.trial.cost(0.0))):
        if not best or row.trial.cost(0.0) < best[-1].trial.cost(0.0) - 1e-9:
            best.append(row)
    return best


def _tried(task: _TrialTask) -> list[Trial]:
    return [tried(task.talk, task.preset, settings) for settings in task.settings]

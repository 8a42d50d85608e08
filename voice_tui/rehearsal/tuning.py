"""A grid of settings tried with an endpoint: a recorded caller talks to it once a setting, in real time."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS
from voice_tui.messages.presets import PRESETS
from voice_tui.rehearsal.call import Held
from voice_tui.rehearsal.caller import Caller
from voice_tui.rehearsal.measured import BOTH, trial_of
from voice_tui.rehearsal.results import Results, Setup
from voice_tui.rehearsal.tries import undisturbed
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.sweep.grid import Axis, GridError
from voice_tui.replay.sweep.sweep import Row, Sweep, swept
from voice_tui.replay.sweep.talk import Truth
from voice_tui.replay.sweep.trial import Settings, Trial, together

AROUND_S = 5.0  # connecting, the last answer, and the pause behind it

Talk = Callable[[Caller, Settings, Path], Awaitable[Held]]


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial that was made.

    Attributes:
        caller, settings: Whose, with what.
        trial: What came of it.
        cost: US dollars as the endpoint counted; None: it says none, or the price is not known.
    """

    caller: Caller
    settings: Settings
    trial: Trial
    cost: Decimal | None


def turnable(preset: str) -> list[str]:
    """What can be turned at an endpoint: all knobs of the preset that play a part in who speaks when."""
    return [name for name in KNOBS if name in PRESETS[preset].knobs and name not in (*LATENCY_KNOBS, "patience_s")]


def on_steps(axis: Axis) -> Axis:
    """The values as the knob takes them."""
    return Axis(axis.name, tuple(sorted({KNOBS[axis.name].check(value) for value in axis.values})))


class Tuning:
    """All trials of a sweep with an endpoint.

    Args:
        callers: Who talks, at least one.
        grid: The settings, at least one.
        setup: Where and how.
        talk: Holds a talk; see `voice_tui.rehearsal.call.hold`.
        keep: Where the recordings are kept, a folder each; None: they are not.

    Raises:
        GridError: A setting is none of the preset's.
    """

    def __init__(
        self, callers: Sequence[Caller], grid: Sequence[Settings], setup: Setup, talk: Talk, keep: Path | None = None
    ) -> None:
        self._callers, self._setup, self._talk, self._keep = callers, setup, talk, keep
        self._standing = {name: float(getattr(PRESETS[setup.preset].settings, name)) for name in grid[0]}
        if wrong := [name for name in grid[0] if name not in turnable(setup.preset)]:
            raise GridError(f"{wrong[0]}: no such setting here, there are {', '.join(turnable(setup.preset))}")
        self._grid = grid
        self._rest_s = 0.0  # the endpoint is to be left alone for so long
        self._results = [Results(caller, setup) for caller in callers]

    @property
    def files(self) -> list[Path]:
        """Where the results are kept."""
        return [results.path for results in self._results]

    def check(self) -> None:
        """Make sure that results can be kept.

        Raises:
            OSError: They can't.
        """
        for results in self._results:
            results.check()

    @property
    def count(self) -> int:
        """How many trials there are."""
        return len(self._all) * len(self._callers)

    def left(self) -> list[tuple[Caller, Settings]]:
        """What has not been tried yet, setting by setting: a sweep that is broken off has whole rows."""
        return [(self._callers[i], settings) for i, settings in self._left()]

    def seconds(self) -> float:
        """How long what is left takes, about."""
        return sum(caller.length_ms / 1000 + AROUND_S for caller, _ in self.left())

    async def one(self, tell: Callable[[str], None] = lambda words: None) -> Tried | None:
        """Make the next trial and keep what came of it; None: there is none.

        Args:
            tell: Is told in one line what came between.

        Raises:
            ConnectionFailed: The endpoint can't be used, or the line is lost each time.
            SettingRefused: The endpoint does not take the settings.
            HungUp: A limit is reached.
            RecordingError: Nothing is heard of the endpoint.
            OSError: The results can't be kept.
        """
        where = next(self._left(), None)
        if where is None:
            return None
        i, settings = where
        caller = self._callers[i]
        with tempfile.TemporaryDirectory(prefix="voice-tui-") as aside:
            folder = self._folder(settings) if self._keep else Path(aside)
            held = await undisturbed(lambda: self._talk(caller, settings, folder), tell, self._rest_s)
            self._rest_s = held.rest_s
            return self._kept(i, settings, held)

    def _kept(self, i: int, settings: Settings, held: Held) -> Tried:
        caller, results = self._callers[i], self._results[i]
        trial = trial_of(held, caller, self._setup.preset, UserSpeech(self._setup.speech))
        cost = held.bill.cost if held.bill.counts and held.bill.complete else None
        more = {"usd": None if cost is None else f"{cost:f}", "remark": held.remark}
        results.keep(settings, trial, more)
        return Tried(caller, settings, trial, cost)

    def result(self, false_cost: float) -> Sweep | None:
        """What came of the settings that every caller has tried; None: of none, or the preset itself is not tried.

        Args:
            false_cost: What a false decision costs, in missing ones.
        """
        tried = [(settings, trial) for settings in self._grid if (trial := self._together(settings))]
        usual = self._together(self._standing)
        if usual is None or not tried:
            return None
        tried.append((self._standing, usual))
        most = max(trial.wanted for _, trial in tried)
        rows = [Row(settings, trial, _cost(trial, most, false_cost)) for settings, trial in tried]
        labelled = sum(bool(caller.labels) for caller in self._callers)
        truths = {Truth.LABELS: labelled, Truth.AGREEMENT: len(self._callers) - labelled}
        counted = {truth: count for truth, count in truths.items() if count}
        return swept(self._setup.preset, BOTH, self._standing, rows, counted, false_cost)

    def _together(self, settings: Settings) -> Trial | None:
        """What came of it with all callers; None: not all have tried it."""
        trials = [results.of(settings) for results in self._results]
        done = [trial for trial in trials if trial is not None]
        return None if len(done) < len(trials) else together(done)

    @property
    def _all(self) -> list[Mapping[str, float]]:
        """The preset as it stands first: with it all others are compared."""
        return [self._standing, *(settings for settings in self._grid if settings != self._standing)]

    def _left(self) -> Iterator[tuple[int, Settings]]:
        for settings in self._all:
            for i, results in enumerate(self._results):
                if results.of(settings) is None:
                    yield i, settings

    def _folder(self, settings: Settings) -> Path:
        assert self._keep is not None
        return self._keep / "_".join(f"{name}={value:g}" for name, value in settings.items())


def _cost(trial: Trial, most: int, false_cost: float) -> float:
    """What it would cost if as much had been wanted as in the talk in which most was.

    Whether the assistant speaks as the caller begins depends on the settings, and so does what is an interruption.
    """
    share = most / trial.wanted if trial.wanted else 1.0
    return trial.cost(0.0) * share + false_cost * trial.false

"""``voice-tui lab sweep``: what other settings would have done."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from voice_tui.audio.stream.audible import METRICS
from voice_tui.cli.given import GivenPath
from voice_tui.cli.judge import found, named, worked
from voice_tui.cli.judge_options import KEEP, PROCESSES, echo_option, scheduler_option, user_option
from voice_tui.cli.numbers import Number
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import complain, fail, say
from voice_tui.cli.pictures import Makers, chart_option, draw
from voice_tui.cli.progress import onlooker
from voice_tui.cli.recommendation import recommend
from voice_tui.cli.targets import OutputFolder
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.messages.presets import DEFAULT_PRESET
from voice_tui.replay.frames import Onlooker
from voice_tui.replay.judge.labels import LabelError
from voice_tui.replay.judge.recording import HearingSettings
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.plots import sweep_png
from voice_tui.replay.sweep import chart
from voice_tui.replay.sweep.grid import FORM, GridError, axis, combinations
from voice_tui.replay.sweep.presets import END, SWEPT
from voice_tui.replay.sweep.sweep import Row, Sweep, TalkTask, TalkTrials, WholeTask, gathered, heard, whole
from voice_tui.replay.sweep.sweep import sweep as swept
from voice_tui.replay.sweep.talk import SweptTalk
from voice_tui.replay.sweep.wording import SHOWN, setting_words, table, text_table, why
from voice_tui.tape.codec import Unreadable

Made = TypeVar("Made", SweptTalk, TalkTrials)


def _heard(task: TalkTask, onlooker: Onlooker) -> SweptTalk | str:
    """A talk made ready, or why it can't be."""
    try:
        return heard(task, onlooker)
    except (RecordingError, LabelError, Unreadable) as error:
        return str(error)


def _whole(task: WholeTask) -> TalkTrials | str:
    """The same for a talk that is made ready and tried."""
    try:
        return whole(task)
    except (RecordingError, LabelError, Unreadable) as error:
        return str(error)


@click.command(cls=OptionCommand)
@click.argument("recordings", type=GivenPath(exists=True), nargs=-1, required=True)
@click.option("--param", "params", multiple=True, required=True, metavar="PARAM", help=f"{FORM}; repeatable.")
@click.option(
    "--preset", default=None, metavar="PRESET", help="What is turned; else natural, with --endpoint server-vad."
)
@click.option("--endpoint", metavar="NAME", help="Try it there, in real time: of [endpoints.NAME], or embedded.")
@click.option("--yes", is_flag=True, help="--endpoint: do not ask before it takes time and money.")
@click.option("--keep", metavar="DIR", type=OutputFolder(), help="--endpoint: keep the talks there.")
@click.option(
    "--false-cost",
    type=Number(min=0),
    default=1.0,
    show_default=True,
    help="What a false decision costs, in missing ones.",
)
@echo_option()
@user_option()
@click.option("--swap", is_flag=True, help="As in judge.")
@chart_option(".svg", ".html", ".png")
@PROCESSES
@scheduler_option()
@click.option("--save", is_flag=True, help="Let the console begin with the recommended setting.")
@click.option("--json", "as_json", is_flag=True, help="One setting a line, at last the recommended one.")
def sweep(
    recordings: tuple[Path, ...],
    params: tuple[str, ...],
    preset: str | None,
    endpoint: str | None,
    yes: bool,
    keep: Path | None,
    false_cost: float,
    echo: str,
    user: str,
    swap: bool,
    picture: Path | None,
    processes: int,
    scheduler: str,
    save: bool,
    as_json: bool,
) -> int:
    """What other settings would have done in recorded talks: the microphone and what was played, heard again.

    Left is the user's microphone, right what the listener heard, as for judge. Labels beside a recording say which
    interruptions and turns there were; without them our other detector does. Most presets are tried at interruptions,
    step2-local-vad at the ends of turns. With --endpoint the caller of the recording talks to it once a setting, in
    real time; what is done is kept beside the recording, and the same command goes on from there.
    """
    if endpoint is not None:
        if scheduler or processes or echo == KEEP or swap:
            raise click.UsageError("--scheduler, --processes, --echo and --swap go without --endpoint")
        from voice_tui.cli.tuning import USUAL, tuned  # what talks: only when asked for

        where = list(found(recordings))
        result = tuned(where, params, endpoint, preset or USUAL, false_cost, user, keep, yes=yes)
    elif yes or keep:
        raise click.UsageError("--yes and --keep go with --endpoint")
    else:
        hearing = HearingSettings(swapped=swap, keep_echo=echo == KEEP, speech=UserSpeech(user))
        result = _computed(recordings, params, preset or DEFAULT_PRESET, false_cost, hearing, processes, scheduler)
    pictures: Makers = {
        ".svg": lambda: chart.svg(result),
        ".html": lambda: chart.page(result, table(result), list(why(result))),
        ".png": lambda: sweep_png(result),
    }
    draw(picture, pictures)
    if as_json:
        for row in result.rows:
            say(json.dumps(_as_json(row)))
        about = {"metrics": METRICS, "preset": result.preset, "talks": {t.value: n for t, n in result.truths.items()}}
        say(json.dumps({**about, "as_it_is": _as_json(result.as_it_is), "recommended": _as_json(result.best)}))
        recommend(result, save=save)
        return 0
    say("\n".join([*text_table(table(result, SHOWN)), "", *chart.terminal(result), "", *why(result)]))
    if len(result.rows) > SHOWN:
        say(f"{len(result.rows) - SHOWN} dearer settings are not shown: --json or --chart FILE.html has them all")
    recommend(result, save=save)
    return 0


def _computed(
    recordings: tuple[Path, ...],
    params: tuple[str, ...],
    preset: str,
    false_cost: float,
    hearing: HearingSettings,
    processes: int,
    scheduler: str,
) -> Sweep:
    """What came of it on this machine, or on a cluster."""
    if preset not in SWEPT:
        raise click.BadParameter(f"{preset}: give {', '.join(SWEPT)}", param_hint="--preset")
    try:
        grid = combinations([axis(text, list(SWEPT[preset].defaults)) for text in params])
    except GridError as error:
        raise click.BadParameter(str(error), param_hint="--param") from error
    sound = "adapt" in grid[0]
    tasks = [TalkTask(path, named(path), hearing, sound) for path in found(recordings)]
    if scheduler:
        far = [WholeTask(replace(task, path=task.path.resolve()), preset, grid) for task in tasks]
        done = _sound(worked(_whole, far, "Trying", 0, scheduler, [task.talk.path for task in far]))
        _look(preset, any(talk.interrupted for talk in done))
        return gathered(done, preset, grid, false_cost)
    work = partial(_heard, onlooker=onlooker(len(tasks)))
    talks = _sound(worked(work, tasks, "Hearing", processes))
    _look(preset, any(talk.wanted for talk in talks))
    with click.progressbar(length=1, label="Trying", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, of: int) -> None:
            bar.length = of
            bar.update(1)

        return swept(talks, preset, grid, false_cost, processes, step)


def _look(preset: str, interrupted: bool) -> None:
    if SWEPT[preset].decision is not END and not interrupted:
        complain("voice-tui: nobody interrupts in these talks: only false cuts can be counted")


def _sound(made: list[Made | str]) -> list[Made]:
    """What could be done; what can't be is said, and what is wrong with a file, and keeps nobody from the others."""
    problems = [talk for talk in made if isinstance(talk, str)]
    talks = [talk for talk in made if not isinstance(talk, str)]
    if not talks:
        fail(*problems)
    for problem in problems:
        complain(f"voice-tui: {problem}: left out")
    for talk in talks:
        if talk.remark:
            complain(f"voice-tui: {talk.remark}")
    return talks


def _as_json(row: Row) -> dict[str, object]:
    trial = row.trial
    return {
        "settings": dict(row.settings),
        "words": setting_words(row.settings),
        "found": trial.found.as_json(),
        "latency": trial.latency.as_json(),
        "false": trial.false_rate.as_json(),
        "cost": round(row.cost, 4),
    }

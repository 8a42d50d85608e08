"""``voice-tui judge``: recordings in, published measures out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.judge_options import KEEP, PROCESSES, echo_option, scheduler_option, user_option
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import complain, fail, say
from voice_tui.cli.progress import onlooker
from voice_tui.drivers.devices.recordings import KINDS, RecordingError
from voice_tui.drivers.recording.shelf import TALK, is_recording
from voice_tui.plain_text import one_line
from voice_tui.replay.cluster import ClusterError
from voice_tui.replay.frames import Onlooker
from voice_tui.replay.judge.judgement import MEASURES, Judgement, together, worst_first
from voice_tui.replay.judge.labels import LabelError
from voice_tui.replay.judge.recording import HearingSettings, judge_recording, write_down
from voice_tui.replay.judge.sample import is_sample
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.transcript import Transcript, local_ears, missing_ears
from voice_tui.replay.judge.wording import lines, table, transcript_lines
from voice_tui.replay.spread import spread

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    name: str
    settings: HearingSettings
    transcript: bool = False


@dataclass(frozen=True, slots=True)
class _Result:
    """A judgement and what is wrong with its file, or no judgement and why."""

    judgement: Judgement | None
    remark: str
    transcript: Transcript | None = None


def found(given: tuple[Path, ...]) -> Iterator[Path]:
    """The recordings that are meant: files as they are, of a folder all that are in it.

    Raises:
        click.ClickException: A folder holds none.
    """
    for path in given:
        if not path.is_dir():
            yield path
            continue
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in KINDS and p.is_file())
        folders = {p.parent for p in files}
        ours, samples = (set(filter(kind, folders)) for kind in (is_recording, is_sample))
        meant = [p for p in files if p.parent not in ours | samples or (p.parent in ours and p.name == TALK)]
        meant = sorted([*meant, *samples])
        if not meant:
            fail(f"{path}: there is no recording in it")
        yield from meant


def _judge(task: _Task, onlooker: Onlooker) -> _Result:
    try:
        judgement, remark = judge_recording(task.path, task.name, task.settings, onlooker)
        if not task.transcript:
            return _Result(judgement, remark)
        return _Result(judgement, remark, write_down(task.path, task.settings, local_ears(), onlooker))
    except (RecordingError, LabelError) as error:
        return _Result(None, str(error))


def worked(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    label: str,
    processes: int,
    scheduler: str = "",
    files: Sequence[Path] = (),
) -> list[Result]:
    """Do it with all of them, with a bar that shows how far it is; see `voice_tui.replay.spread.spread`.

    Raises:
        click.ClickException: The cluster can't do it.
    """
    made: dict[int, Result] = {}
    hidden = len(items) == 1 or not sys.stderr.isatty()
    with click.progressbar(length=len(items), label=label, file=sys.stderr, hidden=hidden) as bar:
        try:
            for i, result in spread(work, items, processes, scheduler, [p for p in files if os.access(p, os.R_OK)]):
                made[i] = result
                bar.update(1)
        except ClusterError as error:
            raise click.ClickException(str(error)) from error
    return [made[i] for i in range(len(items))]


def named(path: Path) -> str:
    """What a recording is called: one of ours like its folder."""
    return str(path.parent if path.name == TALK and is_recording(path.parent) else path)


@click.command(cls=OptionCommand)
@click.argument("recordings", type=GivenPath(exists=True), nargs=-1, required=True)
@echo_option("What of the loudspeaker is in the microphone.")
@user_option("What is the user's speech: what a detector takes for a voice, or every sound (clean channels).")
@click.option("--swap", is_flag=True, help="The channels are the other way round: right the user's microphone.")
@click.option(
    "--by", type=click.Choice(list(MEASURES)), default="turn_score", show_default=True, help="Worst first by this."
)
@click.option(
    "--transcript", is_flag=True, help="Write down what is said as well (English, extra local), and mark what differs."
)
@PROCESSES
@scheduler_option("Of a Dask cluster that does it.")
@click.option("--json", "as_json", is_flag=True, help="One judgement a line, worst first, at last all together.")
def judge(
    recordings: tuple[Path, ...],
    echo: str,
    user: str,
    swap: bool,
    by: str,
    transcript: bool,
    processes: int,
    scheduler: str,
    as_json: bool,
) -> int:
    """How well turns were taken: stereo recordings, left the user's microphone, right what the listener heard.

    Labels stand beside a recording (talk.labels.csv); without them what needs them is left out. See docs/judge.md.
    """
    settings = HearingSettings(swapped=swap, keep_echo=echo == KEEP, speech=UserSpeech(user))
    if transcript and (missing := missing_ears()):
        complain(f"voice-tui: --transcript is left out: {missing}")
        transcript = False
    tasks = [_Task(path, named(path), settings, transcript) for path in found(recordings)]
    if scheduler:
        tasks = [replace(task, path=task.path.resolve()) for task in tasks]
    work = partial(_judge, onlooker=onlooker(len(tasks), scheduler))
    done = worked(work, tasks, "Judging", processes, scheduler, [task.path for task in tasks])
    problems = [result.remark for result in done if result.judgement is None]
    for result in done:
        if result.judgement and result.remark:
            complain(f"voice-tui: {result.remark}")
    judgements = worst_first((result.judgement for result in done if result.judgement), by)
    words = {result.judgement.name: result.transcript for result in done if result.judgement and result.transcript}
    _tell(judgements, words, as_json)
    if problems:
        fail(*problems)
    return 0


def _tell(judgements: list[Judgement], words: Mapping[str, Transcript], as_json: bool) -> None:
    several = len(judgements) > 1
    total = together(f"all {len(judgements)}", judgements)
    if as_json:
        for judgement in [*judgements, *([total] if several else [])]:
            written = words.get(judgement.name)
            say(json.dumps(judgement.as_json() | ({"transcript": written.as_json()} if written else {})))
    elif several:
        say("\n".join([*table(judgements, total), "", *lines(total)]))
    elif judgements:
        say("\n".join(lines(judgements[0])))
    if not as_json:
        for name, transcript in words.items():
            say("\n".join(["", *transcript_lines(one_line(name) if several else "", transcript)]))

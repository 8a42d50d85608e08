"""``voice-tui lab steps``: the four steps of the workshop, one after the other, with the demo caller."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.judge_options import PROCESSES
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import say
from voice_tui.cli.recorded import callers
from voice_tui.cli.targets import OutputFolder
from voice_tui.speech.packages import MissingExtraError

if TYPE_CHECKING:
    from voice_tui.rehearsal.lesson import Lesson


@click.command(cls=OptionCommand)
@click.argument("recording", type=GivenPath(exists=True, dir_okay=False), required=False)
@click.option(
    "--keep",
    metavar="DIR",
    type=OutputFolder(),
    help="Keep the recordings in this folder.",
)
@click.option("--no-pause", is_flag=True, help="Do not wait for Enter between the steps.")
@PROCESSES
@click.option("--json", "as_json", is_flag=True, help="One judgement a line, and nothing else.")
def steps(recording: Path | None, keep: Path | None, no_pause: bool, processes: int, as_json: bool) -> int:
    """The four steps from a two-way loop to barge-in, told and measured.

    The demo caller, or who speaks in RECORDING, talks with each step, with the
    embedded server on virtual time. Each step says how turns are taken, what happened, and what to notice; a table of
    the figures is last. With --keep the talks can be heard and looked at: voice-tui replay FOLDER.
    """
    from voice_tui.rehearsal.lesson import differences, lessons, told  # the server with it: only when asked for

    waits = not (no_pause or as_json) and sys.stdin.isatty() and sys.stdout.isatty()
    mic = None if recording is None else callers(recording)
    done: list[Lesson] = []
    with tempfile.TemporaryDirectory(prefix="voice-tui-") as aside:
        try:
            for lesson in lessons(keep or Path(aside), mic, processes):
                if waits and done:
                    click.pause("\nEnter: the next step")
                done.append(lesson)
                say(json.dumps(lesson.judgement.as_json()) if as_json else "\n".join([*told(lesson), ""]))
        except MissingExtraError as error:
            raise click.ClickException(str(error)) from error
    if not as_json:
        say("\n".join(["What the steps change", "", *differences(done)]))
        if keep is not None:
            say(f"\nListen and look: voice-tui replay {keep}/{done[-1].step.preset}/…")
    return 0

"""``voice-tui lab compare``: the same caller through several presets."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.judge_options import PROCESSES
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import say
from voice_tui.cli.pictures import chart_option, draw
from voice_tui.cli.recorded import callers
from voice_tui.cli.targets import OutputFolder
from voice_tui.messages.presets import PRESETS as ALL
from voice_tui.speech.packages import MissingExtraError


@click.command(cls=OptionCommand)
@click.argument("recording", type=GivenPath(exists=True, dir_okay=False), required=False)
@click.option("--demo", is_flag=True, help="The demo caller, who asks, interrupts, and waits for the answers.")
@click.option("--preset", "presets", type=click.Choice(list(ALL)), multiple=True, help="Which; else the usual six.")
@click.option(
    "--keep",
    metavar="DIR",
    type=OutputFolder(),
    help="Keep the recordings in this folder.",
)
@chart_option(".svg", ".png")
@PROCESSES
@click.option("--json", "as_json", is_flag=True, help="One judgement a line.")
def compare(
    recording: Path | None,
    demo: bool,
    presets: tuple[str, ...],
    keep: Path | None,
    picture: Path | None,
    processes: int,
    as_json: bool,
) -> int:
    """How the presets take turns with the same caller: RECORDING, or --demo.

    Each holds the talk with the embedded server on virtual time, faster than it is told, and is judged from its
    recording. Of a stereo recording the left channel is the caller, of another the whole.
    """
    from voice_tui.rehearsal.compare import PRESETS, compared  # the server with it: only when asked for
    from voice_tui.rehearsal.wording import lines, png, svg

    if demo == (recording is not None):
        raise click.UsageError("give a RECORDING or --demo")
    mic = None if recording is None else callers(recording)
    wanted = tuple(dict.fromkeys(presets)) or PRESETS
    with click.progressbar(length=len(wanted), label="Talking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        try:
            judgements = compared(wanted, mic, keep, processes, lambda done, of: bar.update(1))
        except MissingExtraError as error:
            raise click.ClickException(str(error)) from error
    draw(picture, {".svg": lambda: svg(judgements), ".png": lambda: png(judgements)})
    if as_json:
        for judgement in judgements:
            say(json.dumps(judgement.as_json()))
    else:
        say("\n".join(lines(judgements)))
    return 0

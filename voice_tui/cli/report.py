"""``voice-tui report``: a recorded conversation as one page for a browser."""

from __future__ import annotations

from pathlib import Path

import click

from voice_tui.cli.files import write_out
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.recordings import opened
from voice_tui.cli.targets import OutputFile
from voice_tui.drivers.logs import native_errors_hushed
from voice_tui.replay.report import report as page_of
from voice_tui.tape.codec import Unreadable


@click.command(cls=OptionCommand)
@click.argument("name", metavar="RECORDING")
@click.option("-o", "--output", type=OutputFile(), help="Where; else beside you.")
@click.option("--no-audio", is_flag=True, help="Without the sound: its outline only.")
def report(name: str, output: Path | None, no_audio: bool) -> None:
    """Write RECORDING (a folder, its name, or last) as one HTML page that needs no network.

    It holds the sound with its outline and marks, what was said with the heard and the unheard part, where the time of
    each answer went, why each answer was cut, what it used, and all events. Click on a turn to hear it.

    Example: voice-tui report last -o report.html
    """
    talk = opened(name)
    try:
        with native_errors_hushed():
            page = page_of(talk, sound=not no_audio)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    write_out(output, f"{talk.path.name}.html", page.encode())

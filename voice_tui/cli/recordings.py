"""``voice-tui recordings``: the conversations that were kept, without the screen."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_tui.cli.asking import agreed
from voice_tui.cli.doctor import report
from voice_tui.cli.file_manager import show as show_folder
from voice_tui.cli.files import write_out
from voice_tui.cli.given import GivenPath
from voice_tui.cli.options import Group, UsageProblem
from voice_tui.cli.output import say
from voice_tui.cli.targets import OutputFile
from voice_tui.cli.telemetry import NoReceiver, carrier, with_content
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.drivers.logs import native_errors_hushed
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.export import EXPORTS
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.drivers.recording.summary import Summary, summary
from voice_tui.plain_text import clean_text, one_line
from voice_tui.replay.bug import archive, parts
from voice_tui.replay.full_duplex_folder import full_duplex_folder
from voice_tui.replay.judge.labels import LabelError
from voice_tui.replay.subtitles import subtitles
from voice_tui.replay.telemetry import send
from voice_tui.settings import paths
from voice_tui.tape.codec import Unreadable

F = TypeVar("F", bound=Callable[..., Any])

FORMS: dict[str, Callable[[RecordedTalk], bytes]] = {**EXPORTS, "srt": subtitles}
"""What a recording is written as, by how the file's name ends."""
FOLDER = "fdb"
"""The form that is a folder: that of Full-Duplex-Bench."""
NOTHING = "nothing was recorded yet: voice-tui --record, or F9 while you talk"
LAST = "last"
SENDS_S = 30.0
"""A receiver has so long to take a recording."""


@click.group(cls=Group)
def recordings() -> None:
    """Look at the conversations that were recorded, export or delete them.

    A recording is named by its folder's name, by a path, or is the last one.
    """


def _one(function: F) -> F:
    return click.argument("name", metavar="RECORDING")(function)


_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_FOLDER = click.argument("folder", required=False, type=GivenPath(file_okay=False), metavar="[DIR]")


@recordings.command("list")
@_FOLDER
@_JSON
def list_recordings(folder: Path | None, as_json: bool) -> None:
    """Show the recordings in DIR, or in the usual folder, the oldest first."""
    where = folder or paths.recordings_folder()
    if folder is not None and not folder.exists():
        raise UsageProblem(f"{one_line(folder)}: there is no such folder")
    found = shelf.kept(where)
    total = 0
    for each in found:
        total += each.size
        try:
            what = summary(open_recording(each.path))
        except Unreadable as error:
            if as_json:
                say(json.dumps({"name": each.path.name, "problem": str(error)}))
            else:
                say(one_line(f"{each.path.name} cannot be read: {error}"))
            continue
        say(json.dumps(what.as_json()) if as_json else clean_text(what.line))
    if not as_json:
        many = f"{len(found)} recording{'' if len(found) == 1 else 's'}"
        empty = NOTHING if folder is None else f"{one_line(folder)}: there is no recording in it"
        say(f"{many}, {total / 1e6:,.1f} MB in {clean_text(str(where))}" if found else empty)


@recordings.command()
@_one
@_JSON
def show(name: str, as_json: bool) -> None:
    """Show what RECORDING holds."""
    what = _summary(name)
    if as_json:
        say(json.dumps(what.as_json()))
        return
    for label, words in what.rows:
        say(clean_text(f"{label:<14} {words}"))


@recordings.command("open")
@_one
def open_folder(name: str) -> None:
    """Show the folder of RECORDING in the file manager; its path is printed."""
    path = found(name)
    say(clean_text(str(path)))
    if problem := show_folder(path):
        raise click.ClickException(f"no file manager: {problem}")


@recordings.command("export")
@_one
@click.option("--format", "form", type=click.Choice([*FORMS, FOLDER]), help="What; wav where nothing is said.")
@click.option("-o", "--output", type=GivenPath(dir_okay=False), help="Where; else beside you.")
@click.option("--bug", type=OutputFile(), metavar="ZIP", help="All of it, for a report of a fault.")
@click.option("--no-audio", is_flag=True, help="With --bug: without the sound.")
@click.option("--no-text", is_flag=True, help="With --bug: without what was said, the tape and the log.")
@click.option("--yes", is_flag=True, help="With --bug: do not ask.")
def export_recording(
    name: str, form: str | None, output: Path | None, bug: Path | None, no_audio: bool, no_text: bool, yes: bool
) -> None:
    """Write RECORDING to a file for other programs: stereo sound, what was said, or subtitles (srt).

    fdb is a folder, with a sample of each turn and of each interruption, as the scripts of Full-Duplex-Bench read them.

    With --bug everything that a report of a fault needs goes into one ZIP file; it says first what that is.
    """
    if bug is None and (no_audio or no_text or yes):
        raise UsageProblem("--no-audio, --no-text and --yes belong to --bug")
    if bug is not None and (output is not None or form is not None):
        raise UsageProblem("-o and --format go without --bug")
    form = form or "wav"
    talk = opened(name)
    if bug is not None:
        write_out(bug, bug.name, _packed(talk, bug, sound=not no_audio, text=not no_text, yes=yes))
        return
    try:
        with native_errors_hushed():
            if form == FOLDER:
                _write_all(output or Path(f"{talk.path.name}.{form}"), full_duplex_folder(talk))
                return
            content = FORMS[form](talk)
    except (RecordingError, LabelError) as error:
        raise click.ClickException(str(error)) from error
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    write_out(output, f"{talk.path.name}.{form}", content)


def _packed(talk: RecordedTalk, target: Path, *, sound: bool, text: bool, yes: bool) -> bytes:
    """The archive for a report of a fault, once the user has seen what goes in."""
    log = Path(os.environ.get("VOICE_TUI_LOG_FILE") or paths.log_file())
    found = list(parts(talk, log, sound=sound, text=text, doctor=report()))
    say(f"{clean_text(str(target))} will hold:")
    for part in found:
        say(f"  {part.name:<16} {len(part.content) / 1e3:>9,.1f} kB  {part.what}")
    agreed("Keys and secrets were taken out as it was recorded. Write it?", yes=yes)
    return archive(found)


def _write_all(target: Path, files: Mapping[str, bytes]) -> None:
    """A folder that is not there yet, with these files in it: all of them, or no folder."""
    made = False
    try:
        target.mkdir()
        made = True
        for name, content in files.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        if made:
            shutil.rmtree(target, ignore_errors=True)
        raise click.ClickException(f"{error.filename or target}: {error.strerror or error}") from error
    say(clean_text(str(target)))


@recordings.command()
@_one
def otel(name: str) -> None:
    """Send RECORDING as a trace to the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names.

    Words go with it only where OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true.
    """
    talk = opened(name)
    try:
        to = carrier()
        many = send(talk, to, content=with_content())
    except (NoReceiver, Unreadable) as error:
        raise click.ClickException(str(error)) from error
    to.close(SENDS_S)
    if problem := to.problem:
        raise click.ClickException(problem)
    say(clean_text(f"{talk.path.name}: {many} spans were sent"))


@recordings.command()
@click.argument("names", nargs=-1, required=True, metavar="RECORDING...")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(names: tuple[str, ...], yes: bool) -> None:
    """Delete recordings, at once and for good."""
    gone = [found(name) for name in names]
    for path in gone:
        if shelf.Kept(path, 0).at_work:
            raise click.ClickException(f"{path.name}: it is being recorded now")
    agreed(f"Delete {', '.join(path.name for path in gone)}?", yes=yes)
    for path in gone:
        try:
            shelf.delete(path)
        except OSError as error:
            raise click.ClickException(f"{path}: {error.strerror or error}") from error
        say(f"{path.name} is deleted")


def found(name: str) -> Path:
    """The folder of a recording, by its name, its path, or ``last``.

    Raises:
        click.ClickException: There is none.
    """
    if name == LAST:
        kept = shelf.kept(paths.recordings_folder())
        if not kept:
            raise click.ClickException(NOTHING)
        return kept[-1].path
    usual = paths.recordings_folder() / name
    path = usual if shelf.is_recording(usual) else Path(name)
    if not shelf.is_recording(path):
        if path.is_dir():
            what = "there is no recording in this folder"
        else:
            what = "it is a file, a recording is a folder" if path.exists() else "no recording of that name"
        raise click.ClickException(one_line(f"{name}: {what}; see voice-tui recordings list"))
    return path


def opened(name: str) -> RecordedTalk:
    """A recording, see `found`.

    Raises:
        click.ClickException: There is none, or it can't be read.
    """
    try:
        return open_recording(found(name))
    except Unreadable as error:
        raise click.ClickException(str(error)) from error


def _summary(name: str) -> Summary:
    return summary(opened(name))

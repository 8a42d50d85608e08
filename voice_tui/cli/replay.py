"""``voice-tui replay``: a recorded conversation, lived again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from voice_tui.cli.configuration import configure
from voice_tui.cli.options import OptionCommand, UsageProblem, configured
from voice_tui.cli.output import complain, say
from voice_tui.cli.recordings import opened
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.selection import open_speaker
from voice_tui.drivers.logs import keep_native_errors_off_the_terminal, native_errors_hushed
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.plain_text import clean_text
from voice_tui.replay.tape import Verdict, check
from voice_tui.settings import paths
from voice_tui.tape.codec import Unreadable

SHOWN = 12  # fields of the first difference
DIFFERENT, UNCHECKED = 1, 3


@click.command(cls=OptionCommand)
@click.argument("name", metavar="RECORDING")
@click.option("--check", "checks", is_flag=True, help="Only see whether the engine tells the same again.")
@configured("speaker")
@click.option("--json", "as_json", is_flag=True, help="As one line of JSON.")
def replay(name: str, checks: bool, as_json: bool, speaker: str | None) -> None:
    """Live RECORDING again: a folder, its name in voice-tui recordings list, or last.

    The console shows the talk as it was: Space plays, arrows move, > goes to the next interruption, slow turn or error.
    With --check the engine is fed what it was told then, and what it tells now is compared.

    Exit code with --check: 0 it tells the same notices byte for byte, 1 others, 2 wrong usage, 3 nobody can say,
    because it was made by other versions or does not hold all that the engine was told.
    """
    if not checks:
        if as_json:
            raise UsageProblem("--json: only with --check")
        sys.exit(_shown(opened(name), speaker))
    try:
        with native_errors_hushed():
            verdict = check(opened(name))
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        say(json.dumps(verdict.as_json()))
    else:
        for line in lines(verdict):
            say(clean_text(line))
    if verdict.unchecked or (verdict.differences and verdict.versions):
        sys.exit(UNCHECKED)
    if verdict.differences:
        sys.exit(DIFFERENT)


def _shown(talk: RecordedTalk, speaker: str | None) -> int:
    """Show it in the console, and let it be heard where there is a loudspeaker; returns the exit code."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageProblem("replay: no terminal here (a pipe or CI?); without a screen: voice-tui replay … --check")
    config = configure({"speaker": speaker}, connects=False)
    keep_native_errors_off_the_terminal(Path(config.log_file), painted=True)
    from voice_tui.cli.signs import plain_signs
    from voice_tui.ui.replay.app import ReplayApp  # Textual is imported only for the screen
    from voice_tui.ui.replay.sound import Sound, mixed
    from voice_tui.ui.themes import DEFAULT_THEME

    folder = paths.config_folder()
    sound: Sound | None = None
    if config.speaker != "none":
        try:
            sound = Sound(mixed(talk.microphone, talk.heard), open_speaker(config.speaker))
        except DeviceError as error:
            if speaker:
                raise click.ClickException(str(error)) from error
    theme = config.theme or DEFAULT_THEME
    app = ReplayApp(
        talk,
        sound=sound,
        theme=theme,
        themes_folder=folder / "themes",
        plain_signs=plain_signs(config.signs),
        keys_file=folder / "keys.toml",
    )
    app.run()
    if app.fatal:
        complain(f"voice-tui: {app.fatal}")
    return int(app.return_code or 0)


def lines(verdict: Verdict) -> list[str]:
    """What came of it, for people."""
    others = verdict.versions.items()
    out = [f"other version: {name} {then or '–'} on the tape, {now or '–'} here" for name, (then, now) in others]
    if verdict.unchecked:
        return [*out, f"not checked: {verdict.unchecked}"]
    if verdict.cut:
        out.append("the recording came to a sudden end: compared as far as it goes")
    if verdict.first is None:
        return [*out, f"the same: {verdict.notices:,} notices out of {verdict.inputs:,} lines, byte for byte"]
    differ = f"{verdict.differences:,} of {verdict.notices:,} notices differ"
    out.append(f"{differ}; the first is number {verdict.first.number}:")
    fields = verdict.first.fields
    out += [f"  {path}: {then} on the tape, {now} here{size}" for path, then, now, size in fields[:SHOWN]]
    if len(fields) > SHOWN:
        out.append(f"  and {len(fields) - SHOWN} fields more")
    return out

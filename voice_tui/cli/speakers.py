"""``voice-tui speakers``: the known voices, without the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from voice_tui.audio.voices.dvector import MissingVoiceprinterError, best_voiceprinter
from voice_tui.audio.voices.enrolment import EnrolmentError, enrol
from voice_tui.cli.asking import agreed
from voice_tui.cli.given import GivenPath
from voice_tui.cli.options import Group
from voice_tui.cli.output import say
from voice_tui.cli.recorded import recorded
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.drivers.voices.file import StoredVoice, VoiceFileError, read, write
from voice_tui.settings import paths

NOBODY = "no voice is known yet"
CONSENT = "A voiceprint of this recording is stored on this computer: does its speaker agree?"
now: Callable[[], float] = time.time


@click.group(cls=Group)
def speakers() -> None:
    """Look at the voices that are known, add one from a recording, or forget one."""


@speakers.command("list")
def list_voices() -> None:
    """Show every known voice."""
    voices, here = _stored(), best_voiceprinter().name
    for voice in voices:
        day = datetime.fromtimestamp(voice.consented).strftime("%Y-%m-%d")
        other = "" if voice.method == here else ", not used: made with another method than the one installed"
        say(f"{voice.name}  ({voice.seconds:.0f} s of speech, agreed {day}, {voice.method}{other})")
    if not voices:
        say(NOBODY)


@speakers.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(name: str, yes: bool) -> None:
    """Delete the voice of NAME."""
    voices = _stored()
    rest = [voice for voice in voices if voice.name != name]
    if len(rest) == len(voices):
        names = ", ".join(sorted({voice.name for voice in voices})) or "none"
        raise click.ClickException(f"no voice is called {name!r}; there are: {names}")
    agreed(f"Delete the voice of {name}?", yes=yes)
    _store(rest)
    say(f"the voice of {name} is deleted")


@speakers.command("enrol")
@click.argument("name")
@click.argument("recording", type=GivenPath(dir_okay=False))
@click.option("--yes", is_flag=True, help="Its speaker agrees: do not ask.")
def enrol_recording(name: str, recording: Path, yes: bool) -> None:
    """Know the voice of NAME from RECORDING, a file with ten seconds of it."""
    if not name.strip():
        raise click.ClickException("name: is empty, must be at least one letter")
    voices = _stored()
    try:
        by = best_voiceprinter()
        found = enrol(recorded(recording), by)
    except (RecordingError, EnrolmentError, MissingVoiceprinterError) as error:
        raise click.ClickException(str(error)) from error
    agreed(CONSENT, yes=yes)
    voice = StoredVoice(name.strip(), by.name, [float(x) for x in found.vector], found.seconds, now())
    _store([v for v in voices if (v.name, v.method) != (voice.name, voice.method)] + [voice])
    say(f"the voice of {voice.name} is known from {found.seconds:.0f} s of speech (quality {found.quality:.2f})")


def _stored() -> list[StoredVoice]:
    try:
        return read(paths.voices_file())
    except VoiceFileError as error:
        raise click.ClickException(str(error)) from error


def _store(voices: list[StoredVoice]) -> None:
    try:
        write(paths.voices_file(), voices)
    except VoiceFileError as error:
        raise click.ClickException(str(error)) from error

"""What a command is given as a recording."""

from __future__ import annotations

from pathlib import Path

from voice_tui.audio.echo.presence import lead_ms
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.output import complain
from voice_tui.cli.progress import OnTerminal, reading
from voice_tui.drivers.devices.recordings import read_recording
from voice_tui.plain_text import one_line


def recorded(path: Path) -> Pcm:
    """What a recording holds; what is wrong with it is said.

    Raises:
        RecordingError: Nothing could be read.
    """
    with reading(path) as told:
        recording = read_recording(path, told)
    if recording.remark:
        complain(f"voice-tui: {recording.remark}")
    return recording.pcm


def callers(path: Path) -> Pcm:
    """What the caller says in a recording; what is wrong with it is said.

    Raises:
        RecordingError: Nothing could be read, or nothing is heard of a caller.
    """
    from voice_tui.rehearsal.caller import callers_voice  # only when asked for

    pcm, remark = callers_voice(path, OnTerminal())
    if remark:
        complain(f"voice-tui: {remark}")
    return pcm


def look_at_order(mic: Path, heard: Pcm, ref: Path, played: Pcm) -> None:
    """Say so where what was heard comes before what was played: an echo comes after it.

    Args:
        mic: The recording of the microphone, as it was given.
        heard: What is in it.
        ref: The recording of what was played, as it was given.
        played: What is in it.
    """
    lead = lead_ms(heard, played)
    if lead is not None:
        words = f"{mic} comes {lead:.0f} ms before {ref}, which holds the same: are they in the right order?"
        complain(f"voice-tui: {one_line(words)}")


def length(pcm: Pcm) -> str:
    """How long it sounds, in words."""
    seconds = len(pcm) / RATE
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"

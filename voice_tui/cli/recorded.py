"""What a command is given as a recording."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.output import complain
from voice_tui.drivers.devices.recordings import read_recording

LARGE = 30_000_000
"""Bytes: reading, and converting to our rate, takes longer than one likes to wait without a word."""


def recorded(path: Path) -> Pcm:
    """What a recording holds; what is wrong with it is said.

    Raises:
        RecordingError: Nothing could be read.
    """
    with suppress(OSError):  # what is wrong with the file is said by who reads it
        if sys.stderr.isatty() and (size := path.stat().st_size) > LARGE:
            complain(f"voice-tui: {path}: reading {size / 1e6:,.0f} MB")
    recording = read_recording(path)
    if recording.remark:
        complain(f"voice-tui: {recording.remark}")
    return recording.pcm


def length(pcm: Pcm) -> str:
    """How long it sounds, in words."""
    seconds = len(pcm) / RATE
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"

"""``--noise`` and ``--snr``: the noise of another room, read before anything begins."""

from __future__ import annotations

from pathlib import Path

from voice_tui.audio.decibels import SILENCE_DBFS
from voice_tui.audio.stream.pcm import rms_dbfs
from voice_tui.cli.flags import SNR_DEFAULT
from voice_tui.cli.options import UsageProblem
from voice_tui.cli.output import complain
from voice_tui.drivers.devices.recordings import RecordingError, read_recording
from voice_tui.drivers.devices.room_noise import RoomOptions
from voice_tui.messages.noise import SNR_DB
from voice_tui.plain_text import one_line
from voice_tui.scenario.noises import hiss

HISS = "hiss"


def some_noise() -> RoomOptions:
    """What the knob of the console turns on where no other noise was given."""
    return RoomOptions(HISS, hiss)


def room_options(noise: str | None, snr_db: float | None) -> RoomOptions | None:
    """What the options ask for; None: nothing.

    Raises:
        UsageProblem: One of them is wrong.
    """
    if noise is None:
        if snr_db is not None:
            raise UsageProblem("--snr: it says how loud the noise is: give --noise FILE, too")
        return None
    snr_db = SNR_DEFAULT if snr_db is None else snr_db
    low, high = SNR_DB
    if not low <= snr_db <= high:  # NaN fails too
        raise UsageProblem(f"--snr: {snr_db:g} is not allowed, give {low:g} to {high:g} dB")
    if noise == HISS and not Path(noise).exists():
        return RoomOptions(HISS, hiss, snr_db)
    from voice_tui.cli.progress import reading  # only when a file is given: the console begins with this module

    try:
        with reading(path := Path(noise).expanduser()) as told:
            recording = read_recording(path, told)
    except RecordingError as error:
        raise UsageProblem(f"--noise: {error}") from None
    if rms_dbfs(recording.pcm) <= SILENCE_DBFS:
        raise UsageProblem(f"--noise: {one_line(noise)}: it is silent")
    if recording.remark:
        complain(f"voice-tui: --noise: {recording.remark}")
    return RoomOptions(one_line(Path(noise).name), lambda: recording.pcm, snr_db)

"""Recordings on disk: whatever libsndfile reads, and of damaged ones as much as there is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import samplerate
import soundfile

from voice_tui import plain_file
from voice_tui.audio.stream.audible import AUDIBLE_LEVEL, frame_levels
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.plain_text import one_line

KINDS = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".aifc", ".au", ".caf", ".w64", ".rf64"})
"""How the names of recordings end; what a file truly is, its content says."""
Blocks: TypeAlias = npt.NDArray[np.float32]  # a row a sample, a column a channel
BLOCK = 1_024  # frames read at once: of a damaged file as many are lost at most
CUT = "it is cut short"
INAUDIBLE = AUDIBLE_LEVEL / 3  # an offset that is no more makes nothing audible
SILENT = "there is nothing but zeros in it"
LARGEST = 2**31  # bytes: half a day at 24 kHz in stereo and more than is judged at once
_UNKNOWN = (0, 0xFFFFFFFF)  # sizes in a header whose writer was ended before it could fill them in


class RecordingError(ValueError):
    """A file that holds no audio that could be read; one line that names the file and says why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds.

    Attributes:
        pcm: int16 mono at 24 kHz, shape (n,), n > 0; channels are averaged.
        remark: What is wrong with the file, one line that names it; "" for nothing.
    """

    pcm: Pcm
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Tracks:
    """The two channels of a conversation's recording.

    Attributes:
        left, right: int16 at 24 kHz, shape (n,), n > 0.
        remark: As in `Recording`.
    """

    left: Pcm
    right: Pcm
    remark: str = ""


def read_recording(path: Path) -> Recording:
    """A recording of any kind, rate, width and number of channels.

    Raises:
        RecordingError: It is missing, no recording, or empty.
    """
    (pcm,), remark = _read(path, _mixed)
    return Recording(pcm, remark)


def read_tracks(path: Path) -> Tracks:
    """A recording of any kind, rate and width with two channels.

    Raises:
        RecordingError: It is missing, no recording, or empty, or has one channel, or more than two.
    """
    channels, remark = _read(path, _apart)
    if len(channels) != 2:
        has = "one channel" if len(channels) == 1 else f"{len(channels)} channels"
        raise _failure(path, f"it has {has}; two are needed: left the user, right what the listener heard")
    left, right = (_centred(channel) for channel in channels)
    return Tracks(left, right, remark)


def _centred(pcm: Pcm) -> Pcm:
    """Without the constant offset that some converters add, which nobody hears: it would count as sound."""
    levels = frame_levels(pcm)
    if not len(levels) or np.percentile(levels, 5) < INAUDIBLE:  # somewhere it is silent: nothing is constant
        return pcm
    offset = int(np.rint(np.median(pcm)))
    return np.clip(pcm.astype(np.int32) - offset, -32768, 32767).astype(np.int16)


def _read(path: Path, shape: Callable[[Blocks], Blocks]) -> tuple[list[Pcm], str]:
    """The channels that `shape` makes of those in the file, at 24 kHz, and what is wrong with the file."""
    try:
        raw, damage = _mended(plain_file.content(path, LARGEST))
        with soundfile.SoundFile(BytesIO(raw)) as file:
            blocks, broken = _decoded(file, raw, shape)
            rate, promised = file.samplerate, file.frames
            if "should be" in file.extra_info and raw[:4] != b"RIFF":
                damage = CUT
    except OSError as error:
        raise _failure(path, error.strerror or str(error)) from error
    except soundfile.LibsndfileError as error:
        reason = f"no recording that can be read ({_said(error)})" if raw else "the file is empty"
        raise _failure(path, reason) from error
    if not len(blocks):
        raise _failure(path, broken or "there is no audio in it")
    if not broken and len(blocks) < promised:
        broken = CUT
    if rate != RATE:
        try:
            blocks = samplerate.resample(blocks, RATE / rate, "sinc_best").reshape(-1, blocks.shape[1])
        except samplerate.ResamplingError as error:
            raise _failure(path, f"a rate of {rate} Hz can't be converted") from error
    pcm = np.clip(np.rint(blocks * 32768), -32768, 32767).astype(np.int16)
    damage = damage or broken
    seconds = f"{len(pcm) / RATE:.1f} s of it are used"
    remarks = [f"{damage}: {seconds}"] if damage else []
    remarks += [] if pcm.any() else [SILENT]
    remark = one_line(f"{path}: {'; '.join(remarks)}") if remarks else ""
    return [np.ascontiguousarray(pcm[:, i]) for i in range(pcm.shape[1])], remark


def _decoded(file: soundfile.SoundFile, raw: bytes, shape: Callable[[Blocks], Blocks]) -> tuple[Blocks, str]:
    """float32 at the file's rate up to where it can't be read any more, and why."""
    try:
        return shape(file.read(dtype="float32", always_2d=True)), ""
    except soundfile.LibsndfileError as error:
        blocks, broken = [shape(np.zeros((0, file.channels), np.float32))], f"damaged ({_said(error)})"
    # Only then bit by bit: a lossy decoder that is asked for less begins anew each time.
    with soundfile.SoundFile(BytesIO(raw)) as again, suppress(soundfile.LibsndfileError):
        while len(block := again.read(BLOCK, dtype="float32", always_2d=True)):
            blocks.append(shape(block))
    return np.concatenate(blocks), broken


def _apart(block: Blocks) -> Blocks:
    return np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


def _mixed(block: Blocks) -> Blocks:
    mixed: Blocks = _apart(block).mean(axis=1, keepdims=True)
    return mixed


def _mended(raw: bytes) -> tuple[bytes, str]:
    """A wav file with true sizes in its header, and what was wrong with them; any other file as it is."""
    if raw[:4] != b"RIFF" or raw[8:12] != b"WAVE":
        return raw, ""
    at = 12
    while at + 8 <= len(raw):
        size, there = int.from_bytes(raw[at + 4 : at + 8], "little"), len(raw) - at - 8
        if raw[at : at + 4] == b"data":
            if size <= there and (size or not there):
                return raw, ""
            whole, data = (n.to_bytes(4, "little") for n in (len(raw) - 8, there))
            mended = raw[:4] + whole + raw[8 : at + 4] + data + raw[at + 8 :]
            return mended, "its header was never finished" if size in _UNKNOWN else CUT
        at += 8 + size + size % 2
    return raw, ""


def _said(error: soundfile.LibsndfileError) -> str:
    return str(error.error_string).strip().rstrip(".")


def _failure(path: Path, reason: str) -> RecordingError:
    return RecordingError(one_line(f"{path}: {reason}"))

"""Recordings on disk: whatever libsndfile reads, and of damaged ones as much as there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import soundfile

from voice_tui import plain_file
from voice_tui.audio.stream.audible import AUDIBLE_LEVEL, frame_levels
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.stream.rates import FileResampler
from voice_tui.audio.stream.resample import to_int16
from voice_tui.drivers.sound_file import LENGTH_UNTOLD, MOST, InOrder
from voice_tui.plain_text import one_line

KINDS = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".aifc", ".au", ".caf", ".w64", ".rf64"})
"""How the names of recordings end; what a file truly is, its content says."""
Blocks: TypeAlias = npt.NDArray[np.float32]  # a row a sample, a column a channel
Told: TypeAlias = Callable[[float], None]
"""Is told how much is read, 0 to 1; it begins anew where a file has to be read again."""
ON_DISK = 0.05  # of the work, about: the rest is decoding and converting
CUT = "it is cut short"
INAUDIBLE = AUDIBLE_LEVEL / 3  # an offset that is no more makes nothing audible
SILENT = "there is nothing but zeros in it"
NO_NUMBERS = "some of its samples are no finite numbers: nan counts as silence, inf as full scale"
LARGEST = 2**31  # bytes: half a day at 24 kHz in stereo and more than is judged at once
CANCELLED = 0.1  # of the mean of channels that have nothing to do with each other: less is left where they cancel
TOO_LOUD = 2.0  # times full scale: a lossy decoder does not come that far, samples that were never scaled do
_UNKNOWN = (0, 0xFFFFFFFF)  # sizes in a header whose writer was ended before it could fill them in


class RecordingError(ValueError):
    """A file that holds no audio that could be read; one line that names the file and says why."""


class _WrongChannels(ValueError):
    """A file with another number of channels than is needed; in words."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds.

    Attributes:
        pcm: int16 mono at 24 kHz, shape (n,), n > 0; channels are averaged, but of those that cancel each other out
            the loudest is taken.
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


def untold(share: float) -> None:
    """Nobody wants to know how far it is."""


def read_recording(path: Path, told: Told = untold) -> Recording:
    """A recording of any kind, rate, width and number of channels.

    Args:
        path: The file.
        told: Is told how far it is.

    Raises:
        RecordingError: It is missing, no recording, or empty.
    """
    mix = _Mix()
    (pcm,), remark = _read(path, mix, told)
    if mix.cancels:
        loudest = mix.loudest
        cancels = f"its channels cancel each other out: only channel {loudest.one + 1} is used"
        (pcm,), remark = _read(path, loudest, told, cancels)
    return Recording(pcm, remark)


def read_tracks(path: Path, told: Told = untold) -> Tracks:
    """A recording of any kind, rate and width with two channels.

    Args:
        path: The file.
        told: Is told how far it is.

    Raises:
        RecordingError: It is missing, no recording, or empty, or has one channel, or more than two.
    """
    channels, remark = _read(path, _two, told)
    left, right = (_centred(channel) for channel in channels)
    return Tracks(left, right, remark)


def _centred(pcm: Pcm) -> Pcm:
    """Without the constant offset that some converters add, which nobody hears: it would count as sound."""
    levels = frame_levels(pcm)
    if not len(levels) or np.percentile(levels, 5) < INAUDIBLE:  # somewhere it is silent: nothing is constant
        return pcm
    offset = int(np.rint(np.median(pcm)))
    return np.clip(pcm.astype(np.int32) - offset, -32768, 32767).astype(np.int16)


def _read(path: Path, shape: Callable[[Blocks], Blocks], told: Told, known: str = "") -> tuple[list[Pcm], str]:
    """The channels that `shape` makes of those in the file, at 24 kHz, and what is wrong with the file.

    Args:
        path: The file.
        shape: Makes channels of channels.
        told: Is told how far it is.
        known: What is wrong with it besides.

    Raises:
        RecordingError: See `read_recording`.
    """
    try:
        raw, damage = _mended(plain_file.content(path, LARGEST, lambda share: told(ON_DISK * share)))
        with InOrder(raw) as file:
            pcm, broken, oddities = _decoded(file, shape, lambda share: told(ON_DISK + (1 - ON_DISK) * share))
            if "should be" in file.extra_info and raw[:4] != b"RIFF":
                damage = CUT
    except OSError as error:
        raise _failure(path, error.strerror or str(error)) from error
    except soundfile.LibsndfileError as error:
        raise _failure(path, _said(error) if raw else "the file is empty") from error
    except (_WrongChannels, OverflowError) as error:
        raise _failure(path, str(error)) from error
    if not len(pcm):
        raise _failure(path, broken or "there is no audio in it")
    damage = damage or broken
    seconds = f"{len(pcm) / RATE:.1f} s of it are used"
    remarks = [f"{damage}: {seconds}"] if damage else []
    remarks += [known] if known else []
    remarks += oddities
    remarks += [] if pcm.any() or NO_NUMBERS in oddities else [SILENT]
    remark = one_line(f"{path}: {'; '.join(remarks)}") if remarks else ""
    return [np.ascontiguousarray(pcm[:, i]) for i in range(pcm.shape[1])], remark


def _decoded(file: InOrder, shape: Callable[[Blocks], Blocks], told: Told) -> tuple[Pcm, str, list[str]]:
    """All up to where it can't be read any more, a row a sample at 24 kHz, why, and what is odd about its samples.

    It is converted piece by piece, for of hours of sound every copy is a gigabyte.

    Raises:
        OverflowError: There is more than is read; in words.
        _WrongChannels: What `shape` raises.
    """
    channels = shape(np.zeros((0, file.channels), np.float32)).shape[1]
    rate, made, frames = file.samplerate, [np.zeros((0, channels), np.int16)], 0
    numbers, loudest, broken = True, 0.0, ""
    resampler = FileResampler(rate, RATE, channels) if rate != RATE else None
    most = MOST / max(1.0, RATE / rate) / channels
    try:
        for piece in file.pieces("float32"):
            finite = bool(np.isfinite(piece).all())
            numbers &= finite
            loudest = max(loudest, float(np.abs(piece).max()) if finite else 0.0)
            frames += len(piece)
            if frames > most:
                raise OverflowError(f"at the {rate:,} Hz that its header says it is more than {MOST:,} samples at ours")
            block = shape(piece)
            made.append(to_int16(block if resampler is None else resampler.process(block)))
            told(file.share)
    except soundfile.LibsndfileError as error:
        broken = f"damaged ({_said(error)})"
    if resampler is not None:
        made.append(to_int16(resampler.rest()))
    if not broken and frames < file.frames != LENGTH_UNTOLD:
        broken = CUT
    oddities = [] if numbers else [NO_NUMBERS]
    if loudest > TOO_LOUD:
        oddities.append(f"its samples go up to {loudest:.6g}, what is above 1 is cut off")
    return np.concatenate(made), broken, oddities


def _apart(block: Blocks) -> Blocks:
    return np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


def _two(block: Blocks) -> Blocks:
    if block.shape[1] != 2:
        has = "one channel" if block.shape[1] == 1 else f"{block.shape[1]} channels"
        raise _WrongChannels(f"it has {has}; two are needed: left the user, right what the listener heard")
    return _apart(block)


class _Mix:
    """Averages the channels, and sees whether anything is left of them."""

    def __init__(self) -> None:
        self._powers: npt.NDArray[np.float64] = np.zeros(1)
        self._mixed = 0.0

    def __call__(self, block: Blocks) -> Blocks:
        apart = _apart(block)
        mixed: Blocks = apart.mean(axis=1, keepdims=True)
        self._powers = self._powers + np.einsum("ij,ij->j", apart, apart, dtype=np.float64)
        self._mixed += float(np.einsum("ij,ij->", mixed, mixed, dtype=np.float64))
        return mixed

    @property
    def cancels(self) -> bool:
        """Hardly anything is left where there was sound."""
        return self._mixed < CANCELLED * float(self._powers.sum()) / len(self._powers) ** 2

    @property
    def loudest(self) -> _One:
        return _One(int(self._powers.argmax()))


@dataclass(frozen=True, slots=True)
class _One:
    """Takes one channel."""

    one: int

    def __call__(self, block: Blocks) -> Blocks:
        return _apart(block)[:, self.one : self.one + 1]


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

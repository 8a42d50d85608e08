"""The files of a recording. Nobody else may read them, and after a sudden end they hold all that was written."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path
from typing import IO

import numpy as np
import soundfile
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.locks import claimed
from voice_tui.private_file import open_private

HEADER = 44  # bytes of a WAV file before its samples
MOST = 0xFFFFFFFF - HEADER  # bytes that its header can tell of: twelve hours
FULL = 1_000_000  # bytes that are left of a disk which takes nothing more
LATE = RATE // 2  # samples that one channel waits for the other at most
LEFT, RIGHT = 0, 1


def private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read.

    Raises:
        OSError: It can't be made, or is there already.
    """
    return os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb", 0)


class LineFile:
    """Lines, each written as soon as it is given.

    Args:
        path: Of the file.

    Raises:
        OSError: It can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = private(path)

    def claim(self) -> None:
        """Say that this recording is at work as long as the file is open."""
        claimed(self._file)

    def write(self, lines: list[bytes]) -> None:
        """Append lines."""
        if lines:
            self._file.write(b"".join(lines))

    def close(self) -> None:
        """Close it."""
        self._file.close()


class StereoFile:
    """A WAV file whose channels come one by one, each at its positions; what is missing is silence.

    Its header tells the length of what has been written, and never more: it follows each piece at once.

    Args:
        path: Of the file.

    Raises:
        OSError: It can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = private(path)
        self._frames = 0
        self._waiting: NDArray[np.int16] = np.zeros((4 * RATE, 2), np.int16)
        self._ends = [0, 0]  # of the channels, as positions
        self._file.write(self._header())

    @property
    def seconds(self) -> float:
        """How long it is, s."""
        return self._frames / RATE

    def put(self, channel: int, at: int, pcm: Pcm) -> int:
        """Some samples of a channel, shape (n,), and where they stand.

        Returns:
            How many came too late: silence had been written in their place.
        """
        late = min(len(pcm), max(0, self._frames - at))
        pcm, at = pcm[late:], at + late
        stop = at - self._frames + len(pcm)
        if stop > len(self._waiting):
            more = np.zeros((2 * stop - len(self._waiting), 2), np.int16)
            self._waiting = np.concatenate([self._waiting, more])
        self._waiting[at - self._frames : stop, channel] = pcm
        self._ends[channel] = max(self._ends[channel], at + len(pcm))
        return late

    def write(self, *, everything: bool = False) -> None:
        """Write what both channels have; what one has been waiting for too long is silence."""
        stop = max(self._ends) if everything else max(min(self._ends), max(self._ends) - LATE)
        count = stop - self._frames
        if count <= 0 or (self._frames + count) * 4 > MOST:
            return
        self._file.write(self._waiting[:count].astype("<i2", copy=False).tobytes())
        self._frames += count
        left = len(self._waiting) - count
        self._waiting[:left] = self._waiting[count:]
        self._waiting[left:] = 0
        self._file.seek(0)
        self._file.write(self._header())
        self._file.seek(0, os.SEEK_END)

    def _header(self) -> bytes:
        size = self._frames * 4
        shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, RATE, RATE * 4, 4, 16)
        return struct.pack("<4sI4s", b"RIFF", HEADER - 8 + size, b"WAVE") + shape + struct.pack("<4sI", b"data", size)

    def close(self) -> None:
        """Write the rest and close it."""
        try:
            self.write(everything=True)
        finally:
            self._file.close()


class FlacFile:
    """One channel after the other's end, without loss; made when there is something to be written.

    Args:
        path: Of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: soundfile.SoundFile | None = None

    def write(self, pieces: list[Pcm]) -> None:
        """Append samples.

        Raises:
            OSError: It can't be written.
        """
        if not pieces:
            return
        try:
            if self._file is None:
                private(self._path).close()
                self._file = soundfile.SoundFile(self._path, "w", RATE, 1, "PCM_16", format="FLAC")
            self._file.write(np.concatenate(pieces))
        except soundfile.LibsndfileError as error:
            full = shutil.disk_usage(self._path.parent).free < FULL  # it knows of nothing but a system error
            why = "no space is left on the disk" if full else str(error).strip().rstrip(".")
            raise OSError(f"{self._path.name}: {why}") from error

    def close(self) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()

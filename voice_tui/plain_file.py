"""A file that somebody named, read whole: what never ends or waits for a reader's keys is refused before it is read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

TEXT = 16 * 2**20
"""Bytes of a text that is read: settings, words, labels."""
BLOCK = 16 * 2**20
"""Bytes after which it is told how far one is."""
_WAITS_FOR_NOBODY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_OPEN_PIPES = {Path("/dev/fd"), Path("/proc/self/fd")}  # what shells make of <(command): somebody writes, and it ends
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
    (stat.S_ISFIFO, "it is a pipe, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
)


def content(path: Path, most: int = TEXT, told: Callable[[float], None] = lambda share: None) -> bytes:
    """Everything in a file.

    Args:
        path: The file; a pipe that a shell has opened is read too (``<(command)``).
        most: Bytes that are read.
        told: Is told how much of a large file is read, 0 to 1; of a pipe nobody knows that: 1.

    Raises:
        OSError: It can't be read, is no file, or holds more; ``strerror`` says which.
    """
    piped = path.parent in _OPEN_PIPES
    number = os.open(path, os.O_RDONLY | (0 if piped else _WAITS_FOR_NOBODY))
    about = os.fstat(number)
    mode, pieces, size = about.st_mode, list[bytes](), 0
    if not (stat.S_ISREG(mode) or (piped and stat.S_ISFIFO(mode))):
        os.close(number)
        why = next((words for is_such, words in _KINDS if is_such(mode)), "it is no file")
        raise OSError(errno.EINVAL, why, str(path))
    with os.fdopen(number, "rb") as file:
        while piece := file.read(min(BLOCK, most + 1 - size)):
            pieces.append(piece)
            size += len(piece)
            told(min(1.0, size / (about.st_size or size)))
    if size > most:
        raise OSError(errno.EFBIG, f"it holds more than {most:,} bytes", str(path))
    return b"".join(pieces)


def text(path: Path, most: int = TEXT) -> str:
    """Everything in a file, as UTF-8.

    Raises:
        OSError: See `content`.
        UnicodeDecodeError: It is something else.
    """
    return content(path, most).decode("utf-8")

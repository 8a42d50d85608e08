"""Logging: to a file, never to the terminal, and without secrets."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO, ClassVar, TextIO, cast

from voice_tui.drivers.locks import claimed
from voice_tui.plain_text import clean_text, one_line

MAX_BYTES, BACKUPS = 2_000_000, 2
SECRET_SHAPES = re.compile(
    r"(?i)(\bsk-[\w-]{4})[\w-]+|((?:authorization|api-key|apikey|api_key)\W{1,4}(?:bearer\s+)?)[^\s'\"]+|(\bbearer\s+)\S+"
)


class Redactor(logging.Formatter):
    """Formats as usual, then takes out the given secrets and whatever looks like one (tracebacks included)."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")
        self._secrets = [s for s in secrets if len(s) >= 6]

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted, and nothing in it that a terminal would obey when the file is looked at."""
        return clean_text(redact(super().format(record), self._secrets))


def redact(text: str, secrets: list[str]) -> str:
    """The text without the secrets and without anything shaped like one."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return SECRET_SHAPES.sub(lambda m: next(g for g in (*m.groups(), "") if g is not None) + "…", text)


class LogFile(RotatingFileHandler):
    """A log that one process alone writes, as long as it is open.

    It keeps its file for life: what is rotated away is copied. So the lock on it holds, and so does what else writes
    there (descriptor 2).

    Attributes:
        told_on: The descriptor on which it is said that it can't be written.
    """

    told_on: ClassVar[int] = 2

    def __init__(self, path: Path) -> None:
        self._failed = False
        super().__init__(path, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk, or one that is gone, is said once; the run does without."""
        if not self._failed:
            self._failed = True
            words = one_line(f"voice-tui: log file {self.baseFilename}: {sys.exc_info()[1]}")
            with suppress(OSError):  # not through sys.stderr: under a screen that is the terminal, 2 is this very file
                os.write(self.told_on, words.encode() + b"\n")

    def claim(self) -> bool:
        """Whether it is ours now."""
        assert self.stream is not None
        return claimed(self.stream)

    def doRollover(self) -> None:
        """Make room: backups move up by one, what stands in the file becomes the first of them."""
        for number in range(self.backupCount, 1, -1):
            older = Path(f"{self.baseFilename}.{number - 1}")
            if older.exists():
                older.replace(f"{self.baseFilename}.{number}")
        assert self.stream is not None
        shutil.copyfile(self.baseFilename, f"{self.baseFilename}.1")
        self.stream.truncate(0)


def log_to(path: Path, secrets: list[str]) -> Path:
    """Send all logging to a file; where another run is writing it, to ``-2``, ``-3``, … beside it.

    Returns:
        The file.

    Raises:
        OSError: The file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    former, root.handlers[:] = root.handlers[:], []
    for each in former:
        if isinstance(each, LogFile):
            each.close()  # it would hold its file against this run
    handler, number = LogFile(path), 1
    while not handler.claim():
        handler.close()
        number += 1
        handler = LogFile(path.with_stem(f"{path.stem}-{number}"))
    handler.setFormatter(Redactor(secrets))
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("websockets").setLevel(logging.WARNING)  # at DEBUG it would log the handshake's headers
    return Path(handler.baseFilename)


def server_log(path: Path) -> Path:
    """Where the embedded server of a run that logs to ``path`` logs: beside it."""
    return path if path.exists() and not path.is_file() else path.with_stem(f"{path.stem}-server")


def keep_native_errors_off_the_terminal(path: Path, *, painted: bool = False) -> None:
    """From now on what native libraries print goes to the log: ALSA and PortAudio print to file descriptor 2.

    One line of theirs would tear the screen that Textual paints, and says nothing to who reads what a command prints.
    What is ours to say goes on through ``sys.stderr``, which is a copy of the terminal then.

    Args:
        path: The log.
        painted: A screen is painted on the terminal: nothing else may stand there.
    """
    stream: TextIO | None = sys.stderr
    if stream is not sys.__stderr__ or stream is None:  # somebody takes it already, who need not be a descriptor
        return
    with suppress(OSError, ValueError):
        terminal = moved(stream, 2, path, painted=painted)
        sys.stderr = sys.__stderr__ = terminal  # type: ignore[misc,assignment]  # what Textual writes to
        if not painted:
            LogFile.told_on = terminal.fileno()


@contextmanager
def native_errors_hushed() -> Iterator[None]:
    """While it lasts what native libraries print is dropped: libmpg123 notes every flaw of a file on descriptor 2.

    What is ours to say goes on through ``sys.stderr``. The descriptor is the whole process's, so this is for commands
    that read a file before anything else runs; where it leads to the log already, that is left as it is.
    """
    stream, aside = sys.__stderr__, _aside()
    if aside is None:
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        sys.stderr = sys.__stderr__ = aside  # type: ignore[misc]  # both: who puts `sys.stderr` back takes the other
        yield
    finally:
        sys.stderr = sys.__stderr__ = stream  # type: ignore[misc]
        os.dup2(aside.fileno(), 2)
        with suppress(OSError):  # nobody reads it any more
            aside.close()


def _aside() -> TextIOWrapper | None:
    """Standard error on a descriptor of its own; None where it is not on its usual one."""
    stream: TextIO | None = sys.stderr
    if stream is not sys.__stderr__ or stream is None:
        return None
    try:
        stream.flush()
        own = os.dup(2) if stream.fileno() == 2 else None
    except (OSError, ValueError):
        return None
    return None if own is None else open(own, "w", buffering=1, encoding=stream.encoding, errors="replace")


def moved(stream: TextIO, number: int, path: Path, *, painted: bool = False) -> TextIO:
    """The stream on a descriptor of its own; its number leads to the file.

    Args:
        stream: Standard output or standard error.
        number: Its usual descriptor.
        path: The file.
        painted: A screen is painted through it, in UTF-8 and in pieces of which none may be written by half.

    Raises:
        OSError: The file can't be opened.
        ValueError: The stream has no descriptor.
    """
    if stream.fileno() != number:
        return stream  # it was moved before
    stream.flush()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as sink:
        own = os.dup(number)
        os.dup2(sink.fileno(), number)
    if painted:
        return open(own, "w", encoding="utf-8", closefd=True)
    if number == 2:  # errors are seen at once, and none is left to fail again at the end
        raw = cast(BinaryIO, open(own, "wb", buffering=0))  # noqa: SIM115  # until the process ends
        return TextIOWrapper(raw, encoding=stream.encoding, errors="replace", write_through=True)
    return open(own, "w", encoding=stream.encoding, errors="replace", closefd=True)

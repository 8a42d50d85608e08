"""Every wire event as a line of JSON: what ``--events`` writes."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from voice_tui.drivers.locks import claimed

HERE = "here"
"""The direction of what went over no wire: words that our own recogniser wrote, and what became of tools."""


class WireTap(Protocol):
    """Takes every wire event."""

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Take one event.

        Args:
            direction: ``client``, ``server`` or `HERE`.
            raw: The event, as it is on the wire.
            connection: Its number, counted from 1.
            dialect: What is spoken there.
        """
        ...


class Taps:
    """Gives every event to several.

    Args:
        taps: Who takes them, in order; None takes nothing.
    """

    def __init__(self, *taps: WireTap | None) -> None:
        self._taps = [tap for tap in taps if tap is not None]

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Take one event, see `WireTap`."""
        for tap in self._taps:
            tap.write(direction, raw, connection, dialect)


def log_line(t: float, direction: str, raw: bytes, connection: int, dialect: str) -> str:
    """An event as a line of a log, see `WireTap`; ``t`` in seconds. What is no JSON is kept as a string."""
    text = raw.decode("utf-8", "replace")
    if direction == "server" and not _is_json(text):
        text = json.dumps(text)
    head = f'"t":{t:.4f},"dir":"{direction}","session":{connection},"dialect":"{dialect}"'
    return f'{{{head},"event":{text}}}\n'


class WireLog:
    """Writes ``{"t", "dir", "session", "dialect", "event"}`` lines; ``t`` in seconds since the log was opened.

    Events are written as they were on the wire; keys travel in headers, never in events.

    Args:
        path: The file.
        clock: Monotonic seconds.

    Raises:
        OSError: The file can't be opened for writing, or another run writes to it.

    Attributes:
        problem: Why it ends early, one line that names the file; "" for nothing. The conversation does without it.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = path.open("a", encoding="utf-8")
        if not claimed(self._file):
            self._file.close()
            raise OSError(errno.EBUSY, "another run writes to it")
        if path.is_file():
            self._file.truncate(0)
        self._path, self.problem = path, ""
        self._clock, self._start = clock, clock()

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Log one event, see `WireTap`."""
        if self.problem:
            return
        try:
            self._file.write(log_line(self._clock() - self._start, direction, raw, connection, dialect))
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.problem = self.problem or f"{self._path}: {error.strerror or error}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True

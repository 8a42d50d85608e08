"""Every wire event as a line of JSON: what ``--events`` writes."""

from __future__ import annotations

import json
import time
from pathlib import Path


class WireLog:
    """Writes ``{"t", "dir", "dialect", "event"}`` lines; ``t`` in seconds since the log was opened.

    Events are written as they were on the wire; keys travel in headers, never in events.

    Raises:
        OSError: The file can't be opened for writing.
    """

    def __init__(self, path: Path, dialect: str = "ga") -> None:
        self._file = path.open("w", encoding="utf-8")
        self._dialect = dialect
        self._start = time.monotonic()

    def write(self, direction: str, raw: bytes) -> None:
        """Log one event; ``direction`` is ``client`` or ``server``. What is no JSON is kept as a string."""
        text = raw.decode("utf-8", "replace")
        if direction == "server" and not _is_json(text):
            text = json.dumps(text)
        t = time.monotonic() - self._start
        self._file.write(f'{{"t":{t:.4f},"dir":"{direction}","dialect":"{self._dialect}","event":{text}}}\n')

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True

"""What a server of tools wrote last to its standard error, which often says why it ended."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from functools import partial
from typing import TextIO

from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)

LINE = 1_000  # characters of a line
PATIENCE_S = 1.0  # until it is read to its end: a process that the server left behind may hold it open


class LastWords:
    """Logs each line of a server, and keeps the last one.

    Args:
        name: The server's, for the log.
    """

    def __init__(self, name: str) -> None:
        self.text = ""
        """The last line; "" before there is one."""
        self._name = name
        self._reader: threading.Thread | None = None
        self._ours: TextIO | None = None

    def file(self) -> TextIO:
        """A file for a process to write to: it has a descriptor. Ours is to be closed once the process has its own."""
        reads, writes = os.pipe()
        self._reader = threading.Thread(target=self._follow, args=(reads,), name=f"errors of {self._name}", daemon=True)
        self._reader.start()
        self._ours = os.fdopen(writes, "w", encoding="utf-8")
        return self._ours

    def close(self) -> None:
        """Leave it to the process: where that ends, so does what it wrote."""
        if self._ours is not None:
            self._ours.close()

    async def whole(self) -> str:
        """The last line, when all has been read that a process wrote that has ended."""
        self.close()
        if self._reader is not None:
            await asyncio.to_thread(self._reader.join, PATIENCE_S)
        return self.text

    def _follow(self, reads: int) -> None:
        with os.fdopen(reads, encoding="utf-8", errors="replace") as lines:
            for line in iter(partial(lines.readline, LINE), ""):  # also what never ends a line is read in pieces
                if words := one_line(line):
                    self.text = words
                    log.info("%s: %s", self._name, words)

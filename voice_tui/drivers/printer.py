"""Lines on standard output: in order, from a thread of their own, so that a slow reader holds up no voice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue


class Printer:
    """Call it with a line; it returns at once.

    Args:
        out: Writes a line; called on the thread.

    Attributes:
        failure: Why nothing is printed any more.
    """

    def __init__(self, out: Callable[[str], None]) -> None:
        self._out = out
        self.failure: Exception | None = None
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
        self._thread.start()

    def __call__(self, line: str) -> None:
        """Print it, after those before it."""
        self._lines.put(line)

    def close(self) -> None:
        """Wait until everything is printed."""
        self._lines.put(None)
        self._thread.join()

    def _print(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._out(line)
            except Exception as error:  # nobody reads any more, or the disk is full: whoever closes it is told
                self.failure = error
                return

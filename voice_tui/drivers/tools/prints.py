"""What tools print: it goes to the log, never to the screen, and never among the lines of a script's output."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from voice_tui.drivers.logs import moved
from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)

LINE = 1_000


class Prints(io.TextIOBase):
    """Takes what is printed, and logs each line; used from any thread.

    Attributes:
        instead_of: The stream whose place it takes.
    """

    def __init__(self, instead_of: TextIO | None = None) -> None:
        super().__init__()
        self.instead_of = instead_of
        self._here = _Thread()

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Log what is a whole line; of one that does not end, as much as a line may have."""
        if _logs.now:  # a handler of the tool's own writes what is being logged
            return len(text)
        here = self._here
        *lines, here.begun = (here.begun + text).split("\n")
        if len(here.begun) > LINE:
            lines, here.begun = [*lines, here.begun], ""
        _logs.now = True
        try:
            for line in lines:
                if line.strip():
                    log.info("a tool printed: %s", one_line(line, LINE))
        finally:
            _logs.now = False
        return len(text)


class _Thread(threading.local):
    """The line that a thread has begun: those of two threads are not mixed."""

    begun = ""


class _Logs(threading.local):
    """Whether this thread is logging what was printed."""

    now = False


_logs = _Logs()


def log_prints() -> None:
    """Log what is printed from now on, inside of something that puts the streams back.

    Under a screen it is Textual: it has put streams of its own in their place, which drop what is printed.
    """
    sys.stdout, sys.stderr = Prints(sys.stdout), Prints(sys.stderr)


@contextmanager
def to_the_log() -> Iterator[None]:
    """Whatever Python code prints meanwhile is logged. Only one thread may use this at a time."""
    prints = Prints()
    with redirect_stdout(prints), redirect_stderr(prints):
        yield
    prints.write("\n")


def keep_prints_off_the_output(path: Path) -> None:
    """From now on what is printed goes to the log, also by what tools start, which inherits the descriptors 1 and 2.

    What is ours to say goes on through `Prints.instead_of`, and Textual paints through ``sys.__stdout__`` and
    ``sys.__stderr__``, which are copies of the terminal then.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream, original = getattr(sys, name), getattr(sys, f"__{name}__")
        if stream is original and stream is not None:  # else somebody takes it already, who need not be a descriptor
            with suppress(OSError, ValueError):
                stream = moved(stream, number, path)
                setattr(sys, f"__{name}__", stream)
        setattr(sys, name, Prints(stream))

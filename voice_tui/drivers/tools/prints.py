"""What tools print: it goes to the log, never to the screen, and never among the lines of a script's output."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from voice_tui.drivers.logs import moved
from voice_tui.drivers.tools.workshop import BLOCKING, LOOP
from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)

LINE = 1_000
NOBODY_TYPES = "a tool can't read standard input: ask the user in the conversation, or take an argument"
PRINTED, TOOL_PRINTED = "printed", "a tool printed"


class Prints(io.TextIOBase):
    """Takes what is printed, and logs each line; used from any thread.

    Args:
        instead_of: The stream whose place it takes.
        importing: A tool's file is being imported; else tools run on threads of their own.

    Attributes:
        instead_of: The same.
    """

    def __init__(self, instead_of: TextIO | None = None, *, importing: bool = False) -> None:
        super().__init__()
        self.instead_of, self._importing = instead_of, importing
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
                    log.info("%s: %s", self._who, one_line(line, LINE))
        finally:
            _logs.now = False
        return len(text)

    @property
    def _who(self) -> str:
        """Of other threads nobody knows: the screen has some, and so have libraries; what a tool starts may be one."""
        name = threading.current_thread().name
        return TOOL_PRINTED if self._importing or name == LOOP or name.startswith(BLOCKING) else PRINTED


class _Thread(threading.local):
    """The line that a thread has begun: those of two threads are not mixed."""

    begun = ""


class NoInput(io.TextIOBase):
    """Standard input of a tool: it fails at once, where it would wait for ever and take the keys of the screen."""

    def readable(self) -> bool:
        """It is read from, in vain."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Refuse.

        Raises:
            ValueError: Always.
        """
        raise ValueError(NOBODY_TYPES)

    def readline(self, size: int = -1) -> str:  # type: ignore[override]  # typeshed has another parameter's name
        """Refuse.

        Raises:
            ValueError: Always.
        """
        raise ValueError(NOBODY_TYPES)


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
    """Whatever Python code prints meanwhile is logged, and it can't read. Only one thread may use this at a time."""
    prints, stdin = Prints(importing=True), sys.stdin
    sys.stdin = NoInput()
    try:
        with redirect_stdout(prints), redirect_stderr(prints):
            yield
    finally:
        sys.stdin = stdin
        prints.write("\n")


def keep_prints_off_the_output(path: Path) -> None:
    """From now on what is printed goes to the log, also by what tools start, which inherits the descriptors 1 and 2.

    What is ours to say goes on through `Prints.instead_of`, and Textual paints through ``sys.__stdout__`` and
    ``sys.__stderr__``, which are copies of the terminal then. Nobody types for a tool either: the keys are those of the
    screen or of a script, read through ``sys.__stdin__``.
    """
    _keep_the_input()
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream, original = getattr(sys, name), getattr(sys, f"__{name}__")
        if stream is original and stream is not None:  # else somebody takes it already, who need not be a descriptor
            with suppress(OSError, ValueError):
                stream = moved(stream, number, path)
                setattr(sys, f"__{name}__", stream)
        setattr(sys, name, Prints(stream))


def _keep_the_input() -> None:
    """What tools read is nothing, also what they start: descriptor 0 leads nowhere, ours is a copy."""
    stream, original = sys.stdin, sys.stdin is sys.__stdin__
    if stream is not None and original and os.name == "posix":  # Windows reads keys by another way
        with suppress(OSError, ValueError):
            if stream.fileno() == 0:
                own = os.dup(0)
                nothing = os.open(os.devnull, os.O_RDONLY)
                os.dup2(nothing, 0)
                os.close(nothing)
                sys.__stdin__ = open(own, encoding=stream.encoding, errors="replace")  # type: ignore[misc]  # noqa: SIM115
    sys.stdin = NoInput()

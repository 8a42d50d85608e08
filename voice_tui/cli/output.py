"""What commands write, and how they end: lines that any terminal and encoding takes, or one line about why not."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO, TextIOWrapper
from typing import Any, NoReturn, TextIO

import click

from voice_tui.plain_text import clean_text, one_line

NOBODY_READS = 141  # as a shell reports a program that a closed pipe has ended
BROKEN_OFF = 130  # ... and one that Ctrl-C has ended
CAN_T_WRITE = 1


class OutputError(Exception):
    """Standard output can't be written."""

    def __init__(self, reason: OSError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def say(line: str) -> None:
    """Write a line, or several, to standard output; what its encoding lacks is replaced.

    Raises:
        OutputError: It can't be written.
    """
    _tell(sys.stdout, line)


def say_aside(line: str) -> None:
    """The same to standard error, where standard output carries sound.

    Raises:
        OutputError: It can't be written.
    """
    _tell(sys.stderr, line)


def _tell(stream: TextIO | None, line: str) -> None:
    try:
        _write(ours(stream), line)
    except OSError as error:
        raise OutputError(error) from error


def complain(words: str) -> None:
    """Write one line to standard error; where that fails too, nobody is there who could be told."""
    with suppress(OSError):
        _write(ours(sys.stderr), one_line(words))


def ours(stream: TextIO | None) -> TextIO | None:
    """Where we write, also where what others print goes to the log (`Prints`, which is not loaded to be asked)."""
    where: TextIO | None = getattr(stream, "instead_of", stream)
    return where


def fail(*problems: str) -> NoReturn:
    """End with a line for each problem.

    Raises:
        click.ClickException: The last of them.
    """
    for problem in problems[:-1]:
        complain(f"Error: {problem}")
    raise click.ClickException(problems[-1])


class Program(click.Group):
    """A group of commands that ends with a code and at most a few lines, whatever its output does."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and end the process."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper) and stream.errors != "replace":
                stream.reconfigure(errors="replace")
        sys.exit(self._code(args, prog_name, complete_var, **extra))

    def _code(self, args: Any, prog_name: Any, complete_var: Any, **extra: Any) -> int:
        try:
            done = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            _flush()
        except click.exceptions.Abort:
            complain("Aborted!")
        except click.UsageError as error:
            error.show(shown := StringIO())
            with suppress(OSError):
                _write(sys.stderr, shown.getvalue().rstrip())
            return error.exit_code
        except click.ClickException as error:
            complain(f"Error: {error.format_message()}")
            return error.exit_code
        except OutputError as error:
            return _without_output(error.reason)
        except OSError as error:
            complain(f"voice-tui: {': '.join(str(w) for w in (error.filename, error.strerror or error) if w)}")
        else:
            return done if isinstance(done, int) else 0
        return 1


def _without_output(error: OSError) -> int:
    """Nothing more can be written: say why, unless somebody just has read enough."""
    with suppress(OSError, ValueError, AttributeError):  # what is still buffered would fail again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        return NOBODY_READS
    complain(f"voice-tui: standard output: {error.strerror or error}")
    return CAN_T_WRITE


def _flush() -> None:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    clean = clean_text(text)
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(clean.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except ValueError as error:  # it is closed
        raise OSError(errno.EBADF, str(error)) from error

"""What commands will write, on the command line: that it can be written is tried out before anything is done for it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from voice_tui.cli.given import GivenPath
from voice_tui.plain_text import quoted

SHOWN = 150  # characters of a path, so that what is allowed instead has its place


class _Target(GivenPath):
    """A path that will be written. Nothing is left behind by trying it out, and nothing is changed."""

    allowed: str

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """From what was given."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            self._try(path)
        except OSError as error:
            why = error.strerror or str(error)
            self.fail(f"{quoted(str(path), SHOWN)} can't be written ({why}), give {self.allowed}", param, ctx)
        return path

    def _try(self, path: Path) -> None:
        raise NotImplementedError


class OutputFile(_Target):
    """A file: a new one in a folder that is there, or one that is replaced.

    Args:
        endings: How its name has to end, for its end tells what is written; none: in any way.
    """

    def __init__(self, endings: Sequence[str] = (), **more: Any) -> None:
        super().__init__(dir_okay=False, **more)
        self.endings = tuple(endings)
        end = f" that ends with {' or '.join(self.endings)}" if self.endings else ""
        self.allowed = f"a file{end} in a folder that is there"

    def _try(self, path: Path) -> None:
        if self.endings and path.suffix.lower() not in self.endings:
            raise OSError(errno.EINVAL, "its end does not say as what")
        try:
            kind = path.stat().st_mode
        except FileNotFoundError:
            if path.is_symlink():  # what it points to is made
                path = path.resolve()
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            path.unlink()
            return
        # A pipe is left alone: whoever reads it would take the end of the trial for the end of it all.
        if stat.S_ISREG(kind):
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))


class OutputFolder(_Target):
    """A folder, which is made if it is not there.

    Args:
        empty: Nothing may be in it yet.
    """

    def __init__(self, *, empty: bool = False, **more: Any) -> None:
        super().__init__(file_okay=False, **more)
        self.empty = empty
        self.allowed = "a folder that is empty or not there yet" if empty else "a folder, or a name for one"

    def _try(self, path: Path) -> None:
        there = path
        while not os.path.lexists(there):
            there = there.parent
        # Where one thing can be made, so can the rest.
        os.rmdir(tempfile.mkdtemp(dir=there))
        if self.empty and there == path and any(path.iterdir()):
            raise OSError(errno.ENOTEMPTY, "there are files in it")

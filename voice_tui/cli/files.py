"""Files that commands write: the one that the user named is replaced, a name of ours never takes another's place."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import click

from voice_tui.cli.output import say
from voice_tui.plain_text import clean_text


def write_out(named: Path | None, ours: str, content: bytes) -> None:
    """Write what a command has made, and say where it is.

    Args:
        named: What the user called it; None: nothing.
        ours: What it is called then, in the folder that one is in.
        content: All of it.

    Raises:
        click.ClickException: It can't be written.
    """
    target = named or Path(ours)
    try:
        if named is None and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        write_whole(target, content)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from error
    say(clean_text(str(target)))


def write_whole(path: Path, content: bytes) -> None:
    """Put this in place of a file, whole or not at all: on a disk that is full the file stays as it was.

    What is no file of one's own (a device, a pipe, a file with other names or of somebody else) is written into.

    Raises:
        OSError: It can't be written.
    """
    target = path.resolve() if path.is_symlink() else path
    there = target.stat() if target.exists() else None
    if there is not None and not _ours_alone(there):
        target.write_bytes(content)
        return
    beside = target.with_name(f".{secrets.token_hex(6)}.new")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except PermissionError:
        if there is None:
            raise
        target.write_bytes(content)  # the folder takes no new file
        return
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        if there is not None:
            beside.chmod(stat.S_IMODE(there.st_mode))
        os.replace(beside, target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _ours_alone(there: os.stat_result) -> bool:
    """Whether a new file may take this one's place, and nobody would miss it."""
    owner = getattr(os, "geteuid", lambda: there.st_uid)()
    return stat.S_ISREG(there.st_mode) and there.st_nlink <= 1 and there.st_uid == owner

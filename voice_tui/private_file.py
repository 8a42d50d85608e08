"""Files that nobody else may read. On Windows the folders of a user are theirs alone, and modes mean nothing there."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

OWNER_ONLY, FOLDER = 0o600, 0o700


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that is made, if it is, for its owner only.

    Args:
        path: The file; its folders are made, too.
        flags: As `os.open` takes them; text is never translated.

    Raises:
        OSError: It can't be opened.
    """
    path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    return os.open(path, flags | getattr(os, "O_BINARY", 0), OWNER_ONLY)


def keep_private(path: Path) -> None:
    """Take every right from others.

    Raises:
        OSError: It is not there, or not ours.
    """
    path.chmod(OWNER_ONLY)  # on Windows only the right to write is known, and is there


def replace_private(path: Path, content: bytes) -> None:
    """Put this in place of a file, whole or not at all; a link stays one, and what it leads to is replaced.

    Raises:
        OSError: It can't be written.
    """
    target = path.resolve() if path.is_symlink() else path
    target.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")  # readable by nobody else
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        keep_private(beside)
        os.replace(beside, target)  # the same on every platform
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise

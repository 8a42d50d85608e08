"""Processes of ours: apart from the terminal (its Ctrl+C is ours to pass on, not theirs to see), and ended in order."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import IO, Any


def apart() -> dict[str, Any]:
    """The arguments of `subprocess.Popen` that make it so."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end(process: subprocess.Popen[Any], within_s: float) -> None:
    """End a process that leaves when its standard input closes; it is killed if it does not within so many seconds."""
    given: IO[Any] | None = process.stdin
    assert given is not None
    with suppress(OSError):  # what it did not read any more
        given.close()
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

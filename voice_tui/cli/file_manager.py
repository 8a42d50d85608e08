"""Showing a folder in the file manager of the system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from voice_tui.drivers.children import apart

OPENERS = {"darwin": "open", "linux": "xdg-open"}
"""The program that opens what it is given in the way of the desktop, by `sys.platform`; Windows has a call for it."""
FAILS_WITHIN_S = 3.0
"""Who cannot open a folder says so within that; who goes on is a file manager."""


def show(folder: Path) -> str:
    """Open a folder there; what that program writes is not for our terminal.

    Returns:
        Why it is not shown, "" where it is.
    """
    if sys.platform == "win32":
        try:
            os.startfile(folder)
        except OSError as error:
            return error.strerror or str(error)
        return ""
    opener = OPENERS.get(sys.platform, OPENERS["linux"])
    nothing = subprocess.DEVNULL
    try:
        process = subprocess.Popen([opener, str(folder)], stdin=nothing, stdout=nothing, stderr=nothing, **apart())
    except OSError as error:
        return f"{opener}: {error.strerror or error}"
    try:
        code = process.wait(FAILS_WITHIN_S)
    except subprocess.TimeoutExpired:
        return ""
    return f"{opener} found none that opens folders (it ended with {code})" if code else ""

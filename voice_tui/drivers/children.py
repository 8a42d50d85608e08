"""Processes of ours that stand apart from the terminal: Ctrl+C there is ours to pass on, and not theirs to see."""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def apart() -> dict[str, Any]:
    """The arguments of `subprocess.Popen` that make it so."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}

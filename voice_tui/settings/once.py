"""What is said once in all runs: names of what was said, a line each, in a file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from voice_tui.private_file import replace_private


class Once:
    """Keeps in mind what was said.

    Args:
        path: The file; None: nothing is kept, and everything counts as said.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def first(self, name: str) -> bool:
        """Whether it was never said; from now on it was. Where that can't be kept it is not said: it would nag."""
        if self._path is None:
            return False
        with suppress(OSError, UnicodeDecodeError):
            said = self._path.read_text(encoding="utf-8").split() if self._path.is_file() else []
            if name in said:
                return False
            replace_private(self._path, "\n".join([*said, name, ""]).encode())
            return True
        return False

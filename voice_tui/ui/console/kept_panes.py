"""What was done to the panes, kept for the next start. A file that is wrong or can't be written counts as none."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from voice_tui.private_file import replace_private
from voice_tui.ui.console.arrangement import Pane, Wishes

_SIZES = ("ears_cells", "ears_rows", "scope_rows")
_CAN_HIDE = (Pane.EARS, Pane.CUT, Pane.SCOPE)
_MOST = 1000  # cells or rows; more is a mistake


class KeptPanes:
    """The file.

    Args:
        path: Where it is, though it need not be there yet; None: nothing is kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._last = ""

    def read(self) -> Wishes:
        """What is hidden and how large the panes are; nothing is alone at a start, and no scope is called up."""
        wishes = Wishes()
        found: Any = None
        if self._path is not None:
            with suppress(OSError, ValueError):
                found = json.loads(self._path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            hidden = found.get("hidden")
            wishes.hidden = {pane for pane in _CAN_HIDE if isinstance(hidden, list) and pane in hidden}
            for size in _SIZES:
                wanted = found.get(size)
                if type(wanted) is int and 0 < wanted <= _MOST:
                    setattr(wishes, size, wanted)
        self._last = _written(wishes)
        return wishes

    def keep(self, wishes: Wishes) -> None:
        """Write it, where it is not as it was read."""
        text = _written(wishes)
        if self._path is None or text == self._last:
            return
        with suppress(OSError):
            replace_private(self._path, text.encode())
            self._last = text


def _written(wishes: Wishes) -> str:
    sizes = {size: getattr(wishes, size) for size in _SIZES if getattr(wishes, size) is not None}
    return json.dumps({"hidden": sorted(wishes.hidden), **sizes}, indent=1) + "\n"

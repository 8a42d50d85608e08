"""Words in both ends of an upper border: Textual has room for one title there."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from voice_tui.ui.common.wording import shorten

EDGE_CELLS = 6  # what a border needs beside its words
_LINE = "─"


def both_ends(left: str, right: str, width: int, style: str = "bold") -> Content:
    """A title with words at its right end; these go first where there is no room for both.

    Args:
        left: The title.
        right: What stands at the other end.
        width: The whole width of what has the border.
        style: Of the left words.
    """
    room = max(0, width - EDGE_CELLS)
    left = shorten(left, room)
    fill = room - cell_len(left) - cell_len(right) - 2
    if not right or fill < 1:
        return Content.styled(left, style)
    return Content.assemble((left, style), (f" {_LINE * fill} ", "$panel"), (right, "$muted"))

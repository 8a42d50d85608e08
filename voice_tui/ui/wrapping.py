"""Line breaking in terminal cells: spans instead of strings, so that styles can follow the text across lines."""

from __future__ import annotations

import re

from rich.cells import cell_len, get_character_cell_size

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_CLOSING = "、。，．！？：；」』）】〉》"  # must not begin a line
# A unit is what may not be broken: a double-width character with what clings to it, or a run of other characters.
_UNIT = re.compile(rf"[{_WIDE}](?:[\ufe0f{_CLOSING}]|\u200d[{_WIDE}])*|[^\s{_WIDE}]+|[^\S\n]+|\n")

Span = tuple[int, int]


def wrap(text: str, width: int) -> list[Span]:
    """Break a text into lines.

    Args:
        text: May hold newlines and double-width characters.
        width: Cells in a line, at least 2 (a double-width character must fit).

    Returns:
        Start and end of each line in ``text``, in order and without overlap; spaces at a break belong to
        no line. An empty text has one empty line.
    """
    width = max(2, width)
    lines: list[Span] = []
    start = end = cells = 0  # the line in the making: from start to end, so many cells including inner spaces
    for unit in _UNIT.finditer(text):
        a, b = unit.span()
        if text[a] == "\n":
            lines.append((start, end))
            start = end = b
            cells = 0
        elif text[a].isspace():
            if end > start:
                cells += b - a
            else:
                start = end = b
        else:
            size = cell_len(text[a:b])
            if cells + size > width and end > start:
                lines.append((start, end))
                start, cells = a, 0
            while size > width:
                cut = _fit(text, a, b, width)
                lines.append((a, cut))
                a = start = cut
                size = cell_len(text[a:b])
            end = b
            cells += size
    lines.append((start, end))
    return lines


def _fit(text: str, start: int, end: int, width: int) -> int:
    """Where to cut a unit that is longer than a line: after as many characters as fit, at least one."""
    cells = 0
    for i in range(start, end):
        cells += get_character_cell_size(text[i])
        if cells > width:
            return max(i, start + 1)
    return end

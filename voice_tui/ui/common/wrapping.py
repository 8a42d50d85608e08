"""Texts broken into lines: what is common costs a step a line, and what only grew is not broken again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len, get_character_cell_size

Span = tuple[int, int]

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_CLOSING = "、。，．！？：；」』）】〉》"  # must not begin a line
# A unit is what may not be broken: a double-width character with what clings to it, or a run of other characters.
_UNIT = re.compile(rf"[{_WIDE}](?:[\ufe0f{_CLOSING}]|\u200d[{_WIDE}])*|[^\s{_WIDE}]+|[^\S\n]+")
_CLINGING = re.compile(rf"[\ufe0f\u200d{_CLOSING}]")
NARROW = re.compile("[ -~\u00a1-\u00ab\u00b2-\u02af\u0370-\u0481\u048a-\u052f\u2010-\u2027]*")
"""Texts whose characters have one cell each, and whose only space is the blank."""


def wrap(text: str, width: int, start: int = 0) -> list[Span]:
    """Break a text into lines.

    Args:
        text: May hold newlines and double-width characters.
        width: Cells in a line, at least 2 (a double-width character must fit).
        start: Where its first line begins.

    Returns:
        Start and end of each line in ``text``, in order and without overlap; spaces at a break belong to
        no line. An empty text has one empty line.
    """
    width = max(2, width)
    lines: list[Span] = []
    while True:
        end = text.find("\n", start)
        stop = len(text) if end < 0 else end
        break_up = _narrow if NARROW.fullmatch(text, start, stop) else _any
        break_up(text, start, stop, width, lines)
        if end < 0:
            return lines
        start = end + 1


def rewrap(text: str, width: int, known: Sequence[Span], same: int) -> list[Span]:
    """Break a text of which the beginning was broken before.

    Args:
        text: As for `wrap`.
        width: That of ``known``, too.
        known: The lines of the other text.
        same: So many characters at the beginning are the same in both.

    Returns:
        What `wrap` gives.
    """
    # The last line that begins there may end elsewhere by now, and so may the one before it: its break came from what
    # follows it. Where a unit goes on in the next line, that line would be broken otherwise by itself.
    last = len(known) - 1
    while last > 0 and known[last][0] >= same:
        last -= 1
    last = max(0, last - 1)
    while last > 0 and not _stands_alone(text, known[last][0]):
        last -= 1
    if last <= 0:
        return wrap(text, width)
    return [*known[:last], *wrap(text, width, known[last][0])]


def _stands_alone(text: str, start: int) -> bool:
    return not (_CLINGING.match(text, start) or text[start - 1] == "\u200d")


def _narrow(text: str, start: int, stop: int, width: int, lines: list[Span]) -> None:
    """Break a paragraph whose cells are its characters: a search for a blank a line."""
    start = _behind_blanks(text, start, stop)
    if start == stop:
        lines.append((stop, stop))
    while start < stop:
        cut = stop
        if stop - start > width:
            cut = text.rfind(" ", start, start + width + 1)
            if cut < 0:
                cut = start + width
        lines.append((start, start + len(text[start:cut].rstrip(" "))))
        start = _behind_blanks(text, cut, stop)


def _behind_blanks(text: str, start: int, stop: int) -> int:
    while start < stop and text[start] == " ":
        start += 1
    return start


def _any(text: str, start: int, stop: int, width: int, lines: list[Span]) -> None:
    """Break a paragraph unit by unit."""
    end = start
    cells = 0  # of the line in the making, from start to end, including inner spaces
    for unit in _UNIT.finditer(text, start, stop):
        a, b = unit.span()
        if text[a].isspace():
            if end > start:
                cells += b - a
            else:
                start = end = b
            continue
        size = cell_len(text[a:b])
        if cells + size > width and end > start:
            lines.append((start, end))
            start, cells = a, 0
        if size > width:
            while (cut := _fit(text, a, b, width)) < b:
                lines.append((a, cut))
                a = start = cut
            size = cell_len(text[a:b])
        end = b
        cells += size
    lines.append((start, end))


def _fit(text: str, start: int, end: int, width: int) -> int:
    """Where to cut a unit that is longer than a line: after as many characters as fit, at least one."""
    cells = 0
    for i in range(start, end):
        cells += get_character_cell_size(text[i])
        if cells > width:
            return max(i, start + 1)
    return end

"""The lines of one conversation item, its words' made when they are looked at: a turn may have thousands of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, overload

from voice_tui.ui.common.wrapping import Span, rewrap

LABEL_CELLS = 11  # a name and what stands behind it
INDENT = " " * LABEL_CELLS

Piece: TypeAlias = tuple[str, str]
"""Text and the name of its style (a component class of the transcript)."""


class Line(NamedTuple):
    """A line of an item.

    Attributes:
        pieces: What stands in it, from the left edge on.
        source: The text that it is a part of, "" where there is nothing to copy.
        start, stop: Which part of that.
        lead: Characters before it: the label's, the indent's.
    """

    pieces: tuple[Piece, ...] = ()
    source: str = ""
    start: int = 0
    stop: int = 0
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an item, broken into lines.

    Attributes:
        text: What was said, heard or not.
        shown: The text with what stands behind it.
        width: Cells in a line.
        spans: Start and end of each line in ``shown``.
        parts: Where each style ends in ``shown``, in order.
    """

    text: str = ""
    shown: str = ""
    width: int = 0
    spans: tuple[Span, ...] = ()
    parts: tuple[tuple[int, str], ...] = ()

    def line(self, number: int) -> Line:
        """One of the lines."""
        a, b = self.spans[number]
        pieces = [(INDENT, "text")]
        for end, style in self.parts:
            if a < min(b, end):
                pieces.append((self.shown[a : min(b, end)], style))
                a = min(b, end)
        first, last = self.spans[number]
        length = len(self.text)
        return Line(tuple(pieces), self.text, min(first, length), min(last, length), LABEL_CELLS)


def broken(text: str, behind: str, width: int, parts: tuple[tuple[int, str], ...], before: Words) -> Words:
    """Break the words of an item; what was broken before is not broken again.

    Args:
        text: What was said.
        behind: What stands behind it.
        width: Cells in a line.
        parts: Where each style ends.
        before: How the item's words were broken.
    """
    shown = text + behind
    if before.width == width and before.shown == shown:
        spans = before.spans
    else:
        same = min(len(text), len(before.text))
        if before.width != width or text[:same] != before.text[:same]:
            same = 0
        spans = tuple(rewrap(shown, width, before.spans, same))
    return Words(text, shown, width, spans, parts)


class Lines(Sequence[Line]):
    """The lines of an item, from first to last.

    Args:
        words: Those of its words, which come first.
        first: What the first line is.
        behind: Those behind the words.
    """

    def __init__(self, words: Words, first: Line, behind: Sequence[Line]) -> None:
        self.words = words
        self._first, self._behind = first, behind
        self._said = max(1, len(words.spans))  # what is silent has a first line, too

    def __len__(self) -> int:
        return self._said + len(self._behind)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        if not at:
            return self._first
        return self.words.line(at) if at < self._said else self._behind[at - self._said]

"""Passages of the conversation: what is selected, and where words stand that are looked for. No widget in here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len
from textual.selection import Selection

from voice_tui.ui.common.needle import Needle, Span
from voice_tui.ui.console.item_lines import Line, Piece
from voice_tui.ui.console.row_layout import words_of
from voice_tui.ui.console.rows import Block, Rows


class Passage(NamedTuple):
    """A part of a text of an item.

    Attributes:
        source: The text.
        start, stop: Which part.
    """

    source: str
    start: int
    stop: int

    def within(self, line: Line) -> Span | None:
        """Where it stands in a line, in characters; None where it does not."""
        if line.source != self.source:
            return None
        a, b = max(self.start, line.start), min(self.stop, line.stop)
        return (line.lead + a - line.start, line.lead + b - line.start) if a < b else None


def chosen(block: Block, selection: Selection) -> list[Passage]:
    """What is selected of an item: whole words, without labels, indents and ends of lines."""
    found: list[Passage] = []
    for offset, line in enumerate(block.lines):
        span = selection.get_span(block.top + offset) if line.source else None
        if span is None:
            continue
        first, last = span
        a = line.start + max(0, first - line.lead)
        b = line.stop if last == -1 else min(line.stop, line.start + last - line.lead)
        if a >= b:
            continue
        if found and found[-1].source == line.source:
            found[-1] = found[-1]._replace(stop=b)
        else:
            found.append(Passage(line.source, a, b))
    return [_whole_words(passage) for passage in found]


def _whole_words(passage: Passage) -> Passage:
    source, a, b = passage
    while a > 0 and _in_word(source[a]) and _in_word(source[a - 1]):
        a -= 1
    while b < len(source) and _in_word(source[b - 1]) and _in_word(source[b]):
        b += 1
    return Passage(source, a, b)


def _in_word(character: str) -> bool:
    """Letters that are as wide as two stand for words of their own."""
    return (character.isalnum() or character in "'’_") and cell_len(character) == 1


def selected_text(rows: Rows, selection: Selection) -> str:
    """All that is selected: a line for each text."""
    passages = (passage for block in rows for passage in chosen(block, selection))
    return "\n".join(source[a:b].strip() for source, a, b in passages)


def turn_text(block: Block) -> str:
    """What was said in a turn; of a remark its words."""
    return words_of(block.row) or block.row.note


def transcript_text(rows: Rows) -> str:
    """The whole conversation, a paragraph for each item: who, when, what; unheard words stand in brackets."""
    return "\n\n".join(filter(None, (_paragraph(block) for block in rows)))


def _paragraph(block: Block) -> str:
    row, edge = block.row, block.beside.edge
    said = row.text.strip() + (f" [not heard: {row.unheard.strip()}]" if row.unheard.strip() else "")
    what = said.strip() or (row.note and f"({row.note})")
    if not what or not row.speaker:
        return what
    return f"{row.speaker}{f' ({edge})' if edge else ''}: {what}"


class Match(NamedTuple):
    """A place where the words stand that are looked for: which of an item's."""

    item_id: str
    number: int


def matches(rows: Rows, needle: Needle) -> list[Match]:
    """All places, in order."""
    return [Match(block.row.item_id, i) for block in rows for i in range(len(needle.spans(_searched(block))))]


def _searched(block: Block) -> str:
    return words_of(block.row) or block.row.note


def match_line(block: Block, needle: Needle, number: int) -> int:
    """The line of an item in which a match begins."""
    source = _searched(block)
    spans = needle.spans(source)
    start = spans[min(number, len(spans) - 1)][0] if spans else 0
    lines = ((i, line) for i, line in enumerate(block.lines) if line.source == source)
    return next((i for i, line in lines if line.start <= start < line.stop), 0)


def found_in(block: Block, line: Line, needle: Needle, current: Match | None) -> Iterator[tuple[Span, str]]:
    """The matches in a line, in characters, with their style: the one one is at is another."""
    source = line.source
    if not needle or source != _searched(block):
        return
    here = current.number if current is not None and current.item_id == block.row.item_id else -1
    spans = needle.spans(source)
    for number in range(bisect_right(spans, line.start, key=itemgetter(1)), len(spans)):
        a, b = spans[number]
        if a >= line.stop:
            return
        span = Passage(source, a, b).within(line)
        if span is not None:
            yield span, "current" if number == here else "found"


def overlaid(pieces: Iterable[Piece], spans: Iterable[tuple[Span, str]]) -> list[tuple[str, str, str]]:
    """Pieces of a line cut where something lies over them: text, its style, and the style over it ("": none)."""
    marked = sorted(spans)
    shown: list[tuple[str, str, str]] = []
    at = 0
    for text, style in pieces:
        end = at + len(text)
        edges = {at, end} | {edge for (a, b), _ in marked for edge in (a, b) if at < edge < end}
        ordered = sorted(edges)
        for a, b in pairwise(ordered):
            over = next((name for (first, last), name in marked if first <= a < last), "")
            shown.append((text[a - at : b - at], style, over))
        at = end
    return shown

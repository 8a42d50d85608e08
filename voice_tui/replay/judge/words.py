"""Two transcripts of the same sound, word by word: where they differ, and how much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Side(StrEnum):
    """What becomes of a word."""

    SAME = "same"
    THEIRS = "theirs"
    """Only the endpoint has it."""
    OURS = "ours"
    """Only our own recogniser has it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that have the same fate."""

    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How two transcripts differ.

    Attributes:
        errors: Words that have to be replaced, left out or put in, to make one of the other; the least number.
        words: Of the endpoint's.
        pieces: Both, in one line.
    """

    errors: int
    words: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """As one line: ``[what only the endpoint has]``, ``{what only our own recogniser has}``."""
        around = {Side.SAME: "{}", Side.THEIRS: "[{}]", Side.OURS: "{{{}}}"}
        return " ".join(around[piece.side].format(piece.text) for piece in self.pieces)


def spoken_words(text: str) -> list[str]:
    """The words of a text, without what one does not hear."""
    return WORD.findall(text)


def difference(theirs: str, ours: str) -> Difference:
    """Compare what the endpoint wrote down with what our own recogniser did; capitals and punctuation are no words."""
    said, heard = spoken_words(theirs), spoken_words(ours)
    steps = list(_steps([_plain(word) for word in said], [_plain(word) for word in heard]))
    errors = sum(i is None or j is None or _plain(said[i]) != _plain(heard[j]) for i, j in steps)
    sides: list[tuple[Side, str]] = []
    for i, j in steps:
        if i is not None and j is not None and _plain(said[i]) == _plain(heard[j]):
            sides.append((Side.SAME, said[i]))
            continue
        sides += [(Side.THEIRS, said[i])] if i is not None else []
        sides += [(Side.OURS, heard[j])] if j is not None else []
    return Difference(errors, len(said), tuple(_joined(sides)))


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _steps(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Pairs of places, None where a word has no partner: the fewest changes, by Levenshtein."""
    rows = [list(range(len(heard) + 1))]
    for i, word in enumerate(said, 1):
        before, row = rows[-1], [i]
        for j, other in enumerate(heard, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word != other)))
        rows.append(row)
    i, j = len(said), len(heard)
    back: list[tuple[int | None, int | None]] = []
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            back.append((i, j))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            back.append((i, None))
        else:
            j -= 1
            back.append((None, j))
    yield from reversed(back)


def _joined(sides: Sequence[tuple[Side, str]]) -> Iterator[Piece]:
    """Neighbours of one side together; between two words that are the same, the endpoint's come first."""
    at = 0
    while at < len(sides):
        end = at
        same = sides[at][0] is Side.SAME
        while end < len(sides) and (sides[end][0] is Side.SAME) == same:
            end += 1
        for side in (Side.SAME,) if same else (Side.THEIRS, Side.OURS):
            words = [word for one, word in sides[at:end] if one is side]
            if words:
                yield Piece(side, " ".join(words))
        at = end

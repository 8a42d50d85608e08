"""A transcript that grows while the user speaks: what two readings agree on is told, and stays."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from voice_tui.server.sentences import words as split_words

UNSETTLED = 2  # words at a reading's end that the next words may still change


def _plain(word: str) -> str:
    return re.sub(r"[^\w']+", "", word).lower()


def _common(first: list[str], second: list[str]) -> int:
    """How many words both begin with."""
    same = 0
    for one, other in zip(first, second, strict=False):
        if _plain(one) != _plain(other):
            break
        same += 1
    return same


class GrowingWords:
    """The words of one turn.

    A reading of a turn that is not over may be wrong anywhere, mostly at its end. What is told cannot be taken back:
    the pieces add up to the transcript.
    """

    def __init__(self) -> None:
        self._told: list[str] = []
        self._last: list[str] = []

    def read(self, words: str) -> list[str]:
        """Take a reading of the turn so far; gives the words that can be told now, each with its white space."""
        found = split_words(words)[0]
        agreed = min(_common(self._last, found), len(found) - UNSETTLED)
        self._last = found
        if agreed <= len(self._told) or _common(self._told, found) < len(self._told):
            return []
        new = found[len(self._told) : agreed]
        self._told += new
        return new

    def finish(self, words: str) -> list[str]:
        """Take the reading of the whole turn; gives the words that are left to tell."""
        found = split_words(words)[0]
        new = found[self._covered(found) :]
        if self._told and new and not new[0][0].isspace():
            new[0] = f" {new[0]}"
        self._told += new
        return new

    @property
    def text(self) -> str:
        """Everything that was told."""
        return "".join(self._told)

    def _covered(self, found: list[str]) -> int:
        """How many words of the whole turn are told, whatever they were taken for."""
        told, whole = [_plain(word) for word in self._told], [_plain(word) for word in found]
        blocks = SequenceMatcher(None, told, whole, autojunk=False).get_matching_blocks()
        same = [block for block in blocks if block.size]
        if not same:
            return min(len(told), len(whole))
        end = same[-1]
        return min(end.b + end.size + len(told) - end.a - end.size, len(whole))

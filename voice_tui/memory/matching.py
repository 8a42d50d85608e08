"""Search terms as expressions of SQLite's full-text search; whatever was typed, the expression is valid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voice_tui.memory.words import stem as stem_of
from voice_tui.memory.words import terms

PREFIX_LETTERS = 4  # a shorter stem begins too many other words: "car" is not "carpenter"


ENDINGS = ("", "s", "e", "es", "ed", "er", "ing", "y", "ies")
DOUBLING = ("ed", "er", "ing")  # swim, swimming


def term(stem: str) -> str:
    """Matches the words that a stem begins, or for a short one its forms; a phrase as it stands."""
    if " " in stem:
        return f'"{stem}"'
    if len(stem) >= PREFIX_LETTERS:
        return f'"{stem}"*'
    forms = [stem + ending for ending in ENDINGS] + [stem + stem[-1] + ending for ending in DOUBLING]
    quoted = [f'"{form}"' for form in forms]
    return f"({' OR '.join(quoted)})"


def matches(stem: str, words: Sequence[str]) -> bool:
    """Whether `term` matches a text of these words."""
    if " " in stem:
        return f" {stem} " in f" {' '.join(words)} "
    if len(stem) >= PREFIX_LETTERS:
        return any(word.startswith(stem) for word in words)
    return any(stem_of(word) == stem for word in words)


def any_of(stems: Iterable[str]) -> str:
    """Matches rows that hold one of the stems; empty when there are none."""
    return " OR ".join(map(term, stems))


def all_of(text: str) -> str:
    """Matches rows that hold every search term of a text; empty when it has none."""
    return " AND ".join(map(term, terms(text)))

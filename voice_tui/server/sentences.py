"""Cutting text into sentences while it still grows, without losing a character."""

from __future__ import annotations

import re

# A sentence ends at . ! ? … (closing quotes and brackets belong to it) before a space, or at a line's end.
END = re.compile(r"""(?:[.!?…]+["'”’)\]]*(?=\s)|\n)\s*""")
# fmt: off
ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "approx", "no", "fig", "vol", "mt",
    "inc", "ltd", "co", "corp", "gen", "col", "sgt", "capt", "rev", "hon",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
})
# fmt: on
WORDS = re.compile(r"\s*\S+")
BREATH = 240  # characters, a quarter of a minute: what is longer is said in several breaths
COMMA = re.compile(r"[,;:)–—]\s+")


class SentenceSplitter:
    """Feed it text in any pieces; it gives back sentences, which concatenate to exactly what was fed."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that this piece completes, each with the white space after it."""
        self._rest += text
        sentences: list[str] = []
        start = 0
        for match in END.finditer(self._rest):
            # At the very end more may follow: another closing quote, or the rest of the white space.
            if match.end() < len(self._rest) and _really_ends(self._rest[start : match.end()], self._rest[match.end()]):
                sentences.append(self._rest[start : match.end()])
                start = match.end()
        self._rest = self._rest[start:]
        return sentences

    def finish(self) -> list[str]:
        """What is left when no more text comes."""
        rest, self._rest = self._rest, ""
        return [rest] if rest else []


def split(text: str) -> list[str]:
    """A whole text as sentences; they concatenate to it."""
    splitter = SentenceSplitter()
    return [*splitter.feed(text), *splitter.finish()]


def breaths(sentence: str) -> list[str]:
    """A sentence in pieces that are soon spoken: cut behind a comma, else between words; they concatenate to it.

    Whoever waits for the first sound waits for one piece, and so does whoever wants to speak in between.
    """
    pieces: list[str] = []
    while len(sentence) > BREATH:
        commas = [found.end() for found in COMMA.finditer(sentence, BREATH // 3, BREATH)]
        at = commas[-1] if commas else sentence.rfind(" ", 1, BREATH) + 1 or BREATH
        pieces.append(sentence[:at])
        sentence = sentence[at:]
    return [*pieces, sentence]


def _really_ends(sentence: str, following: str) -> bool:
    """Whether this is the end, or only the dot of an abbreviation, an initial or a numbered list."""
    stripped = sentence.rstrip().rstrip("\"'”’)]")
    if not sentence.strip():
        return False  # white space alone is no sentence: it goes with the next
    if not stripped.endswith(".") or "\n" in sentence[len(sentence.rstrip()) :]:
        return True
    if following.islower():
        return False
    word = stripped[:-1].split()[-1].lstrip("(\"'“‘[") if stripped[:-1].split() else ""
    initial = len(word) == 1 and word.isalpha() and word.isupper() and word != "I"
    return not (initial or word.lower() in ABBREVIATIONS or (word.isdigit() and stripped[:-1].strip() == word))


def words(text: str) -> tuple[list[str], str]:
    """Words, each with the white space before it, and the white space that is left at the end."""
    found = WORDS.findall(text)
    return found, text[sum(map(len, found)) :]

"""Summaries without a language model: the sentences that matter most, as they were said, by whom, in their order.

A sentence counts for what it holds: what users say about themselves, decisions, names, numbers, questions that stayed
open; for how much of the talk's vocabulary it carries; and for how new it is. Same input, same summary.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from voice_tui.server.brains.demo.facts import NAME, facts_in
from voice_tui.server.brains.demo.grammar import plain
from voice_tui.server.brains.demo.lines import SpokenLine
from voice_tui.server.brains.demo.recall import COMMON, key_words
from voice_tui.server.sentences import split

Fits = Callable[[str], bool]

# fmt: off
FILLER = COMMON | frozenset({
    "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had", "in", "on", "at", "for",
    "with", "from", "by", "so", "but", "or", "not", "no", "yes", "we", "they", "he", "she", "them", "what", "which",
    "will", "would", "can", "could", "there", "here", "just", "very", "as", "if", "then", "than", "its", "it's", "i'm",
})
# fmt: on
PLEASANTRY = re.compile(
    r"^\W*(?:(?:hello|hi|hey|thanks?|thank you|you are welcome|you're welcome|okay|ok|all right|right|great|nice"
    r"|good|sure|yes|no|yeah|well|hm+|bye|goodbye|good (?:morning|evening|afternoon)|again|very much|so much"
    r"|there|please)\W*)+$",
    re.IGNORECASE,
)
# What makes a sentence worth keeping, and how much.
CUES: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"\b(?:decided?|decision|agreed?|let's|will|going to|plan(?:ned|s)?|must|need to|have to|deadline|promised?"
            r"|remember|important|booked|choose|chose)\b",
            re.IGNORECASE,
        ),
        1.5,
    ),
    (re.compile(r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:tomorrow|o'clock)\b", re.IGNORECASE), 1.0),
    (re.compile(r"(?<=\w\s)(?!I\b)[A-Z]\w+"), 0.7),  # a name: a capital that does not begin the sentence
)
OWN_FACT, OPEN_QUESTION, NOTED, BY_USER, NEWEST, FIRST = 3.0, 1.2, 1.5, 0.8, 1.0, 0.4
SAME = 0.8  # two sentences that share so much of their words say the same
LONGEST_KEPT_WORDS = 30  # of the one sentence that stands for a speaker
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the talk: where it stands, whose it is, its words, how much it matters, whether it must stay."""

    at: int
    line: SpokenLine
    text: str
    words: frozenset[str]
    score: float
    kept: bool


def summarise(lines: Iterable[SpokenLine], fits: Fits, pinned: Iterable[str] = ()) -> str:
    """The summary, "" of a talk in which nothing was said.

    Args:
        lines: The talk.
        fits: Whether a text is short enough.
        pinned: What must be in it whatever the length, as does the newest name that users give themselves.
    """
    heads = list(dict.fromkeys(plain(text) for text in pinned))
    head_words = [frozenset(key_words(text)) for text in heads]
    candidates = _candidates(list(lines))
    chosen = [one for one in candidates if one.kept and not _said(one, head_words)]
    for one in sorted(candidates, key=lambda c: (-c.score, c.at)):
        if one in chosen or one.kept or _said(one, [*head_words, *(c.words for c in chosen)]):
            continue
        if fits(_written(heads, [*chosen, one])):
            chosen.append(one)
    if not chosen and not heads and candidates:
        return _clipped(max(candidates, key=lambda c: (c.score, -c.at)), fits)
    return _written(heads, chosen)


def _candidates(lines: list[SpokenLine]) -> list[Candidate]:
    pieces = [(line, text) for line in lines for part in split(line.text) if (text := part.strip())]
    pieces = [(line, text) for line, text in pieces if not PLEASANTRY.match(text)]
    counts = Counter(word for _, text in pieces for word in key_words(text) - FILLER)
    most = max(counts.values(), default=1)
    last_question = max((i for i, (line, text) in enumerate(pieces) if _asks(line, text)), default=-1)
    answered = any(line.role == "assistant" for line, _ in pieces[last_question + 1 :])
    kept = _kept(pieces)
    found: list[Candidate] = []
    for i, (line, text) in enumerate(pieces):
        words = key_words(text) - FILLER
        score = sum(math.log1p(counts[word] / most) for word in words) / math.sqrt(len(words) or 1)
        score += sum(weight for pattern, weight in CUES if pattern.search(text))
        if line.role == "user":
            score += BY_USER
        if line.role == "system":
            score += NOTED
        if line.role != "assistant" and facts_in(text, line.name):
            score += OWN_FACT
        if _asks(line, text):
            score += OPEN_QUESTION if i == last_question and not answered else -1.0
        score += NEWEST * (i + 1) / len(pieces) + (FIRST if i == 0 else 0.0)
        found.append(Candidate(i, line, text, frozenset(key_words(text)), score, i in kept))
    return found


def _asks(line: SpokenLine, text: str) -> bool:
    return line.role == "user" and text.endswith("?")


def _kept(pieces: list[tuple[SpokenLine, str]]) -> set[int]:
    """The sentences in which users say what they are called, newest of each, else one in which a named user speaks."""
    kept: dict[str, int] = {}
    for i, (line, text) in enumerate(pieces):
        if line.role != "assistant" and any(fact.topic == NAME for fact in facts_in(text, line.name)):
            kept[line.name] = i
    for i, (line, text) in enumerate(pieces):
        if line.name and line.role == "user" and line.name not in kept and len(text.split()) <= LONGEST_KEPT_WORDS:
            kept[line.name] = i
    return set(kept.values())


def _said(one: Candidate, there: Iterable[frozenset[str]]) -> bool:
    """Whether what is already there says as much."""
    words = one.words
    return not words or any(len(words & others) / len(words | others) >= SAME for others in there)


def _written(heads: list[str], chosen: Iterable[Candidate]) -> str:
    """The pinned lines, then the sentences in the order of the talk; a speaker's label stands once for what follows."""
    out = list(heads)
    before: str | None = None
    for one in sorted(chosen, key=lambda c: c.at):
        if one.line.label == before and out:
            out[-1] += f" {one.text}"
        else:
            out.append(f"{one.line.label}: {one.text}" if one.line.label else one.text)
        before = one.line.label
    return "\n".join(out)


def _clipped(one: Candidate, fits: Fits) -> str:
    """As many words of one sentence as fit."""
    words = one.text.split()
    fitting, too_many = 0, len(words)
    while too_many - fitting > 1:
        middle = (fitting + too_many) // 2
        fitting, too_many = (middle, too_many) if fits(" ".join(words[:middle]) + ELLIPSIS) else (fitting, middle)
    return " ".join(words[:fitting]) + ELLIPSIS if fitting else ""

"""Text to search terms: words, stems, stop words, and words that people use for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

WORD = re.compile(r"\w+")
APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'"})
# "Don't" must keep its negation, and "Ben's" is Ben.
CONTRACTIONS = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        (r"\bcannot\b|\bcan't\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"(?<=\w)n't\b", " not"),
        (r"(?<=\w)'(?:s|d)\b", ""),
        (r"(?<=\w)'m\b", " am"),
        (r"(?<=\w)'re\b", " are"),
        (r"(?<=\w)'ve\b", " have"),
        (r"(?<=\w)'ll\b", " will"),
    )
)

# Words too common to find anything by. Negations are no search terms either, but they tell two facts apart.
STOP_WORDS = frozenset(
    """a about all am an and any are as at be been being but by can could did do does doing done for from get gets
    getting give go going got had has have having he her here hers him his how i if in into is it its just kind know
    let like likes me mine most much many my myself need needs of off often on one or our ours out please put remember
    say should she so some sort such tell than that the their them then there these they thing this those to too up us
    use used usually want was we were what when where which while who whom whose why will with would you your yours
    yes no""".split()  # noqa: SIM905  # a table of words is read as words
)
NEGATIONS = frozenset({"not", "no", "never", "nothing", "nobody", "without"})
# Numbers and times as words: they turn up in any sentence, and matching ones mean nothing.
NUMBERS = frozenset(
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand time times""".split()  # noqa: SIM905
)
NO_TERMS = STOP_WORDS | NEGATIONS | NUMBERS
# Words that change nothing when a fact is told a second time.
FILLERS = frozenset("a also an actually am are be but is just now really so still that the very was well".split())  # noqa: SIM905

SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "s", "y", "e")
MIN_STEM = 3  # letters that a suffix must leave


@cache
def stem(word: str) -> str:
    """A word without its ending: "allergies" and "allergy" are one term. Light, and only fit to compare with itself."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= MIN_STEM:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > MIN_STEM and word[-1] == word[-2] else word


def words(text: str) -> list[str]:
    """The words of a text in their order, in lower case, contractions written out."""
    text = text.lower().translate(APOSTROPHES)
    if "'" in text or "cannot" in text:
        for short, long in CONTRACTIONS:
            text = short.sub(long, text)
    return WORD.findall(text)


def terms(text: str) -> list[str]:
    """The stems that say what a text is about, each once, in their order."""
    return list(dict.fromkeys(stem(word) for word in words(text) if word not in NO_TERMS))


def sameness(text: str) -> str:
    """Equal for two texts that say the same in nearly the same words: punctuation, endings, fillers do not count."""
    return " ".join(stem(word) for word in words(text) if word not in FILLERS)


PREFIX_LETTERS = 4  # a shorter root begins too many other words: "car" is not "carpenter"


ENDINGS = ("", "s", "e", "es", "ed", "er", "ing", "y", "ies")
DOUBLING = ("ed", "er", "ing")  # swim, swimming


def term(root: str) -> str:
    """Matches the words that a root begins, or for a short one its forms; a phrase as it stands."""
    if " " in root:
        return f'"{root}"'
    if len(root) >= PREFIX_LETTERS:
        return f'"{root}"*'
    forms = [root + ending for ending in ENDINGS] + [root + root[-1] + ending for ending in DOUBLING]
    quoted = [f'"{form}"' for form in forms]
    return f"({' OR '.join(quoted)})"


def matches(root: str, words: Sequence[str]) -> bool:
    """Whether `term` matches a text of these words."""
    if " " in root:
        return f" {root} " in f" {' '.join(words)} "
    if len(root) >= PREFIX_LETTERS:
        return any(word.startswith(root) for word in words)
    return any(stem(word) == root for word in words)


def any_of(stems: Iterable[str]) -> str:
    """Matches rows that hold one of the stems; empty when there are none."""
    return " OR ".join(map(term, stems))


def all_of(text: str) -> str:
    """Matches rows that hold every search term of a text; empty when it has none."""
    return " AND ".join(map(term, terms(text)))

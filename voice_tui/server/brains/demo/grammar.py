"""Who is speaking: turning "I live here" into "Ada lives here" or "you live here", and back, by a few tables.

A clause is what somebody says of themselves: it begins with "I" and a verb, or with "my" and a thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

USER = "the user"

IRREGULAR = {
    "am": "is",
    "'m": "is",
    "'ve": "has",
    "'ll": "will",
    "'d": "would",
    "have": "has",
    "do": "does",
    "don't": "does not",
    "haven't": "has not",
    "go": "goes",
}
BASE = {"is": "am", "has": "have", "does": "do", "goes": "go", "lives": "live", "loves": "love"}
# These are the same for everybody.
UNCHANGED = frozenset(
    {"was", "had", "did", "will", "would", "can", "can't", "cannot", "could", "must", "should", "may", "might"}
    | {
        "won't",
        "went",
        "grew",
        "bought",
        "got",
        "met",
        "said",
        "told",
        "took",
        "made",
        "became",
        "began",
        "left",
        "agreed",
    }
    | {"gave", "quit", "sold", "broke", "hurt", "lost", "ran", "swam", "drove", "wrote", "spoke", "saw", "ate", "drank"}
)
ADVERBS = frozenset(
    {"really", "also", "still", "currently", "now", "usually", "always", "just", "mostly", "often", "never", "only"}
)
# fmt: off
TO_THIRD = {
    "my": "their", "mine": "theirs", "me": "them", "myself": "themselves", "i": "they",
    "we": "they", "us": "them", "our": "their", "ours": "theirs",
    "i'm": "they are", "i've": "they have", "i'll": "they will", "i'd": "they would", "am": "are",
}
TO_SECOND = {
    "my": "your", "mine": "yours", "me": "you", "myself": "yourself", "i": "you",
    "i'm": "you are", "i've": "you have", "i'll": "you will", "i'd": "you would", "am": "are",
}
# fmt: on
WORD = re.compile(r"(?<![\w'])[A-Za-z]+(?:'[A-Za-z]+)?(?![\w'])")
OWN = re.compile(r"my (?P<rest>\S.*)", re.IGNORECASE | re.DOTALL)


def third_verb(verb: str) -> str:
    """The verb as it stands behind a name: "live" is "lives"."""
    low = verb.lower()
    if low in IRREGULAR:
        return IRREGULAR[low]
    if low in UNCHANGED or re.search(r"[^e]ed$", low):
        return low
    if re.search(r"(?:s|x|z|ch|sh)$", low):
        return f"{low}es"
    return f"{low[:-1]}ies" if re.search(r"[^aeiou]y$", low) else f"{low}s"


def base_verb(verb: str) -> str:
    """The verb as it stands behind "I": "lives" is "live"."""
    low = verb.lower()
    if low in BASE:
        return BASE[low]
    if low in UNCHANGED or not low.endswith("s"):
        return low
    if low.endswith("ies") and len(low) > 4:
        return f"{low[:-3]}y"
    return low[:-2] if re.search(r"(?:s|x|z|ch|sh)es$", low) else low[:-1]


def plain(text: str) -> str:
    """The text with straight apostrophes and single spaces."""
    return " ".join(text.replace("’", "'").split())


def third(clause: str, who: str = USER) -> str:
    """A first-person clause told of somebody: "my name is Ada" of Ada is "Ada's name is Ada".

    A clause that is not in the first person stays as it is.
    """
    if own := OWN.fullmatch(clause):
        return f"{who}'s {_swap(own['rest'], TO_THIRD)}"
    if parts := _act(clause):
        adverbs, verb, rest = parts
        return " ".join(word for word in (who, adverbs, third_verb(verb), _swap(rest, TO_THIRD)) if word)
    return clause


def second(clause: str) -> str:
    """A first-person clause told to the one who said it: "I am old" is "you are old"."""
    if (parts := _act(clause)) and parts[1].lower() == "was":  # also behind an adverb
        clause = " ".join(word for word in ("I", parts[0], "were", parts[2]) if word)
    return _swap(clause, TO_SECOND)


def first(clause: str, who: str = USER) -> str:
    """What was told of somebody in their own words: "Ada lives here" is "I live here"; others' clauses stay."""
    told = re.fullmatch(rf"{re.escape(who)}(?P<own>'s)? (?P<rest>\S.*)", clause, re.IGNORECASE | re.DOTALL)
    if told is None:
        return clause
    rest = re.sub(r"\btheir\b", "my", told["rest"])
    if told["own"]:
        return f"my {rest}"
    words = rest.split(" ")
    at = next((i for i, word in enumerate(words) if word.lower() not in ADVERBS), len(words))
    if at == len(words):
        return clause
    words[at] = base_verb(words[at])
    if words[at : at + 2] == ["do", "not"] and at + 2 < len(words):
        words[at : at + 2] = ["don't"]
    return " ".join(["I", *words])


def ended(text: str) -> str:
    """The text with a stop behind, in the place of a comma."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text.rstrip(',;: ')}."


def sentence(text: str) -> str:
    """The text with a capital in front and a stop behind."""
    whole = ended(text)
    return whole[:1].upper() + whole[1:]


def _act(clause: str) -> tuple[str, str, str] | None:
    """Adverbs, verb and rest of a clause that begins with "I"; None of any other."""
    words = clause.split(" ")
    head = words[0].lower()
    if head.startswith("i'") and head[1:] in IRREGULAR:
        return "", head[1:], " ".join(words[1:])
    if head != "i":
        return None
    at = next((i for i, word in enumerate(words) if i and word.lower() not in ADVERBS), 0)
    return (" ".join(words[1:at]), words[at], " ".join(words[at + 1 :])) if at else None


def _swap(text: str, table: Mapping[str, str]) -> str:
    text = re.sub(r"\bI was\b", "I were", text)
    return WORD.sub(lambda match: table.get(match[0].lower(), match[0]), text)

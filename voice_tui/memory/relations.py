"""Which facts can hold only one thing at a time: where somebody lives, how old they are, what their name is.

A newer fact of that kind takes the place of the older one about the same person or thing. What may well be true twice
(somebody likes, has, knows or is allergic to something) is no such fact.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from voice_tui.memory.words import words

SELF = frozenset({"i", "my", "me", "user", "the user", "you", "your"})
ONE_AT_A_TIME = (
    "name", "first name", "last name", "surname", "nickname", "age", "birthday", "date of birth", "job", "profession",
    "occupation", "employer", "address", "home address", "home town", "hometown", "phone number", "number", "email",
    "email address", "nationality", "time zone", "timezone", "height", "weight", "shoe size", "mother tongue",
    "favourite [a-z]+", "favorite [a-z]+",
)  # fmt: skip
"""Attributes of which somebody has one."""

_WHO = r"(?P<who>.+?)"
_STILL = r"(?: (?:now|currently|still))?"
_ATTRIBUTE = "|".join(ONE_AT_A_TIME)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("lives", re.compile(rf"^{_WHO}{_STILL} (?:lives?|resides?|(?:am|is|are) living)(?: now)? (?:in|at|on|near)\b")),
    ("lives", re.compile(rf"^{_WHO} (?:have |has )?(?:just )?moved to\b")),
    ("age", re.compile(rf"^{_WHO} (?:am|is|are){_STILL} \d+(?: years? old)?$")),
    ("works as", re.compile(rf"^{_WHO}{_STILL} (?:work|works) as\b")),
    ("works for", re.compile(rf"^{_WHO}{_STILL} (?:work|works) (?:for|at)\b")),
    ("name", re.compile(rf"^{_WHO} (?:am|is|are) (?:called|named)\b")),
    ("", re.compile(rf"^(?:{_WHO} s |(?P<mine>my|your|the) )?(?P<what>{_ATTRIBUTE}) (?:is|are)\b")),
)  # fmt: skip
_NOT = frozenset({"not", "no", "never", "used"})


class Relation(NamedTuple):
    """What a fact says of whom."""

    who: str
    what: str


def relation(text: str, subject: str = "", name: str = "") -> Relation | None:
    """What the fact is about, if it can hold only one thing at a time; None for any other.

    Args:
        text: One sentence.
        subject: Whom or what the fact is filed under.
        name: The user's, where it is known: a fact about "the user" and about that name is one.
    """
    said = words(text.replace("’", "'").replace("'s ", " s "))
    if _NOT & set(said):
        return None
    plain = " ".join(said)
    for what, pattern in _PATTERNS:
        found = pattern.match(plain)
        if found is not None:
            groups = found.groupdict()
            who = groups.get("who") or ("" if groups.get("mine") in (None, "the") else groups["mine"]) or subject
            attribute = (what or groups["what"]).replace("favorite", "favourite")
            return Relation(_whom(who, name), attribute)
    return None


def _whom(who: str, name: str) -> str:
    plain = " ".join(words(who)).removeprefix("the ")
    return "user" if plain in SELF or plain == name.lower() else plain.removeprefix("my ").removeprefix("user s ")

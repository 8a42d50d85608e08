"""Which of the found facts are new: the same fact told of "the user" or of their name is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from voice_tui.memory.records import Fact
from voice_tui.memory.words import sameness

NAMED = re.compile(
    r"\b(?:(?:the )?user|my|your|their)(?:'s)? (?:first |full )?name is (?P<a>[\w'-]+)"
    r"|\bthe user is (?:called|named) (?P<b>[\w'-]+)|^name(?: is|:) (?P<c>[\w'-]+)",
    re.IGNORECASE,
)
USER = re.compile(r"\b(?:the )?user(?:'s)?\b", re.IGNORECASE)


class Said(Protocol):
    """A fact, found or stored."""

    @property
    def text(self) -> str:
        """One sentence."""


S = TypeVar("S", bound=Said)


def name_in(text: str) -> str:
    """The user's name, if the text says it; else ""."""
    found = NAMED.search(text.replace("’", "'"))
    return next(filter(None, found.groups()), "") if found else ""


def user_name(facts: Iterable[Fact]) -> str:
    """The name told last; "" where none was told."""
    named = [(fact.updated, name) for fact in facts if (name := name_in(fact.text))]
    return max(named)[1] if named else ""


def identity(text: str, name: str = "") -> str:
    """Equal for two texts that tell the same of the user, be it by name or not."""
    plain = text.replace("’", "'")
    if name and not name_in(plain):
        plain = re.sub(rf"\b{re.escape(name)}(?:'s)?\b", "user", plain, flags=re.IGNORECASE)
    return sameness(USER.sub("user", plain))


def new_ones(found: Iterable[S], known: Iterable[Said], name: str = "") -> list[S]:
    """The found facts that are not known, each once."""
    seen = {identity(one.text, name) for one in known}
    fresh = []
    for one in found:
        key = identity(one.text, name)
        if key and key not in seen:
            seen.add(key)
            fresh.append(one)
    return fresh

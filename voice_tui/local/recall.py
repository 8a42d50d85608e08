"""What the user said earlier in the session, found again by plain words."""

from __future__ import annotations

import re

from voice_tui.local.conversation import Conversation

# "My name is Ada", "my favourite colour is teal": the thing, and what it is.
FACT = re.compile(r"\bmy ([a-z][a-z' ]{0,40}?) (?:is|are|was) (?:called )?([^.?!]+)", re.IGNORECASE)
NAME = re.compile(r"\b(?:call me|i am called|i'm called|they call me) ([A-Za-z][\w'-]*)", re.IGNORECASE)
QUESTION = re.compile(
    r"^(?:what|who|where|when|why|how|which|do|did|does|can|could|is|are|tell me|count)\b", re.IGNORECASE
)
SAME_WORD = {"colour": "color", "favourite": "favorite"}
# Words too common to find anything by.
COMMON = frozenset({"the", "a", "an", "my", "your", "about", "that", "this", "of", "to", "and", "i", "you", "me", "it"})


def _plain(word: str) -> str:
    word = word.lower().removesuffix("'s")
    return SAME_WORD.get(word, word)


def key_words(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    return {_plain(word) for word in re.findall(r"[A-Za-z0-9']+", text)} - COMMON


def said_before(conversation: Conversation) -> list[str]:
    """What the user said before the newest turn, oldest first."""
    said = [turn.text.strip() for turn in conversation.turns if turn.role == "user" and turn.text.strip()]
    return said[:-1]


def fact(conversation: Conversation, thing: str) -> str | None:
    """What the user's ``thing`` is, as told last; None where it was never told."""
    wanted = key_words(thing)
    for text in reversed(said_before(conversation)):
        if text.rstrip().endswith("?"):
            continue
        if "name" in wanted and (called := NAME.search(text)):
            return called.group(1)
        for told in FACT.finditer(text):
            if key_words(told.group(1)) == wanted:
                return told.group(2).strip()
    return None


def told_about(conversation: Conversation, subject: str) -> str | None:
    """The newest thing the user said (not asked) that shares the most words with a subject."""
    wanted = key_words(subject)
    statements = [text for text in said_before(conversation) if not QUESTION.match(text)]
    scored = [(len(wanted & key_words(text)), i, text) for i, text in enumerate(statements)]
    best = max(scored, default=(0, 0, ""))
    return best[2] if best[0] else None

"""Going on with an answer that was lost on its way: the same answer once more, from where it was heard to."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from voice_tui.server.brains.dialogue import Dialogue, DialogueTurn

_WANTED = re.compile(r"\bgo on (?:exactly )?where (?:it|you) stopped\b", re.IGNORECASE)


def unfinished(conversation: Dialogue) -> tuple[Dialogue, str] | None:
    """The answer that this one is told to go on with.

    Returns:
        The conversation as it was before that answer, and what was heard of it; None where nothing of that is asked.
    """
    newest = conversation.events[-1] if conversation.events else None
    if not isinstance(newest, DialogueTurn) or newest.role != "assistant":
        return None
    if not _WANTED.search(conversation.response_instructions):
        return None
    return replace(conversation, events=conversation.events[:-1], response_instructions=""), newest.text


def rest(said: str, heard: str) -> str:
    """What of an answer comes behind the words that were heard."""
    words = said.split()
    known = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, heard.split(), strict=False)))
    return " ".join(words[known:])

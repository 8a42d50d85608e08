"""Work for a program: what a response beside the conversation is asked for, by a few recognised intents.

``Summarise …`` gives an extractive summary, ``Extract the facts as JSON …`` a list of facts. Anything else is answered
as in a conversation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from voice_tui.messages.tokens import estimate
from voice_tui.server.brains.demo.facts import facts_of
from voice_tui.server.brains.demo.lines import BULLET, transcript
from voice_tui.server.brains.demo.summary import Fits, summarise
from voice_tui.server.brains.dialogue import Dialogue

DEFAULT_WORDS = 120
SUMMARY = re.compile(r"\b(?:summar(?:y|ies|i[sz]e[ds]?|i[sz]ing)|sum up)\b", re.IGNORECASE)
FACTS = re.compile(r"\bextract\b.*\bfacts?\b|\bfacts?\b.*\bjson\b|\bjson\b.*\bfacts?\b", re.IGNORECASE | re.DOTALL)
BUDGET = re.compile(
    r"\b(?:at most|no more than|not more than|under|fewer than|less than|up to|within|maximum(?: of)?|max\.?"
    r"|in|about|around|to)\s+(?P<n>\d[\d,]*)\s+(?P<unit>words?|tokens?|characters?|sentences?)\b",
    re.IGNORECASE,
)
# A heading that says what must not be dropped; behind it or below it stand the things.
PINNED = re.compile(
    r"^\W*(?:pinned|preserve|always keep|keep (?:these|the following)|never (?:drop|forget|lose))\b[^:\n]*:"
    r"\s*(?P<first>.*)$",
    re.IGNORECASE,
)

MEASURES: dict[str, Callable[[str], int]] = {
    "word": lambda text: len(text.split()),
    "token": estimate,
    "character": len,
    "sentence": lambda text: len(re.findall(r"[.!?…]+(?=\s|$)", text)) or 1,
}


def worked(conversation: Dialogue) -> str | None:
    """What was asked for, None where it is none of the intents; the one that is named first counts."""
    told = conversation.response_instructions
    named = [(found.start(), work) for pattern, work in INTENTS if (found := pattern.search(told))]
    return min(named, key=lambda one: one[0])[1](conversation) if named else None


def summary(conversation: Dialogue) -> str:
    """What was said, shortened as the instructions want it."""
    told = conversation.response_instructions
    pinned = pinned_in(told)
    for turn in conversation.turns:
        pinned += (text for text in pinned_in(turn.text) if text not in pinned)
    lines = [line for line in transcript(conversation.turns) if line.text not in pinned]
    return summarise((line for line in lines if not PINNED.match(line.text)), budget(told), pinned)


def facts_json(conversation: Dialogue) -> str:
    """``{"facts": [{"subject", "text", "speaker"}]}`` of what users say about themselves."""
    facts = facts_of(transcript(conversation.turns))
    rows = [{"subject": one.subject, "text": one.text, "speaker": one.speaker or "user"} for one in facts]
    return json.dumps({"facts": rows}, ensure_ascii=False)


def budget(instructions: str) -> Fits:
    """How long a summary may be, `DEFAULT_WORDS` words unless the instructions say; of several limits all hold."""
    limits = [
        (MEASURES[found["unit"].lower().rstrip("s")], int(found["n"].replace(",", "")))
        for found in BUDGET.finditer(instructions)
    ] or [(MEASURES["word"], DEFAULT_WORDS)]
    return lambda text: all(measure(text) <= most for measure, most in limits)


def pinned_in(text: str) -> list[str]:
    """What a text says must be kept: behind "Pinned:" or "Never drop these facts:", or as a list below."""
    found: list[str] = []
    listing = False
    for line in text.splitlines():
        if heading := PINNED.match(line):
            found += (part.strip() for part in heading["first"].split(";"))
            listing = True
        elif listing and BULLET.match(line):
            found.append(BULLET.sub("", line).strip())
        else:
            listing = False
    return [text for text in found if text]


INTENTS: tuple[tuple[re.Pattern[str], Callable[[Dialogue], str]], ...] = ((FACTS, facts_json), (SUMMARY, summary))

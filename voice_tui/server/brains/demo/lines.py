"""Transcripts as text: "User (Ada): I live here." and who said which line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from voice_tui.server.brains.dialogue import DialogueTurn

LABEL = re.compile(
    r"^\W*(?P<label>(?P<role>user|assistant|agent|system|speaker)(?: \d+)?(?: \((?P<name>[^()\n]{1,40})\))?):"
    r"\s*(?P<text>.*)$",
    re.IGNORECASE,
)
BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
ROLES = {"user": "user", "speaker": "user", "assistant": "assistant", "agent": "assistant", "system": "system"}


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line of a transcript.

    Attributes:
        role: ``user``, ``assistant`` or ``system`` (notes, and text that nobody is named for).
        label: Who said it, as it was written before the colon; "" where nothing was.
        name: The name in the label, "" where there is none.
        text: What was said.
    """

    role: str
    label: str
    name: str
    text: str


def lines_of(text: str, role: str, label: str = "") -> list[SpokenLine]:
    """The lines of a text; a line without a label is its author's.

    Args:
        text: One or more lines, with labels or without.
        role: Whose text it is.
        label: What to call them.
    """
    found: list[SpokenLine] = []
    for raw in text.splitlines():
        line = " ".join(BULLET.sub("", raw).split())
        if not line:
            continue
        if match := LABEL.match(line):
            name = (match["name"] or "").strip()
            found.append(SpokenLine(ROLES[match["role"].lower()], match["label"].strip(), name, match["text"]))
        else:
            found.append(SpokenLine(role, label, "", line))
    return [line for line in found if line.text]


def transcript(turns: Iterable[DialogueTurn]) -> list[SpokenLine]:
    """What was said in a conversation, line by line; a turn may itself hold a labelled transcript."""
    labels = {"user": "User", "assistant": "Assistant", "system": ""}
    return [line for turn in turns for line in lines_of(turn.text, turn.role, labels[turn.role])]

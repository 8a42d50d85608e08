"""What a voice should not read aloud: the markup that language models sprinkle over their text."""

from __future__ import annotations

import re

# Each rule takes one kind of markup away and leaves its words.
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # [words](link)
    (re.compile(r"https?://(?:www\.)?([^\s/)]+)\S*"), r"\1"),  # a bare link: its host is enough
    (re.compile(r"^\s*(?:#{1,6}|[-*•>]|\d+[.)])\s+", re.MULTILINE), ""),  # headings, bullets, numbers, quotes
    (re.compile(r"[*_`~#|]+"), ""),  # emphasis, code, tables
    (re.compile(r"[\U0001F000-\U0001FAFF☀-➿\uFE0F\u200D]"), ""),  # emoji and their joiners
    (re.compile(r"\s+"), " "),
)


def speakable(text: str) -> str:
    """The text as one would read it aloud."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text.strip()

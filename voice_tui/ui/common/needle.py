"""What is looked for in a text: the same words in any case, on every screen."""

from __future__ import annotations

import re

Span = tuple[int, int]


class Needle:
    """Some words that are looked for.

    Args:
        words: As they were typed; "" is found nowhere.
    """

    def __init__(self, words: str = "") -> None:
        self.words = words
        self._pattern = re.compile(re.escape(words), re.IGNORECASE)
        self._text, self._spans = "", list[Span]()  # line by line one looks for it in the same text

    def __bool__(self) -> bool:
        return bool(self.words)

    def spans(self, text: str) -> list[Span]:
        """Where it stands, each place as its start and its end."""
        if not self.words:
            return []
        if text is not self._text:
            self._text, self._spans = text, [match.span() for match in self._pattern.finditer(text)]
        return self._spans

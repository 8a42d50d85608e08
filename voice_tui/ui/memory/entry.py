"""The line over a fact in which its words are edited."""

from __future__ import annotations

from textual.widgets import Input

from voice_tui.messages.memory import KnownFact


class InPlace(Input):
    """Lies over a fact's words while they are edited."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(compact=True, select_on_focus=False, id=id)
        self.fact: KnownFact | None = None

    def edit(self, fact: KnownFact, x: int, y: int, width: int) -> None:
        """Begin, at a place of the screen."""
        self.fact, self.value = fact, fact.text
        self.styles.offset = (x, y)
        self.styles.width = width
        self.display = True
        self.focus()

    def done(self) -> KnownFact | None:
        """It is over: the fact that was edited."""
        fact, self.fact = self.fact, None
        self.display = False
        return fact

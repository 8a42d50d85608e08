"""The two lines of the memory's screen that one types in: a question at the bottom, and one over a fact."""

from __future__ import annotations

from textual.widgets import Input

from voice_tui.messages.memory import KnownFact


class QuestionInput(Input):
    """Asks for one thing at a time; hidden while it asks for nothing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(compact=True, id=id)
        self.about = ""

    def ask(self, about: str, title: str, value: str) -> None:
        """Ask, with an answer to begin with."""
        self.about, self.border_title, self.value = about, title, value
        self.display = True
        self.focus()

    def answered(self) -> str:
        """It is answered, or was left: what it was about, and it asks no more."""
        about, self.about = self.about, ""
        self.display = False
        return about


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

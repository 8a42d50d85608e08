"""A line that asks for one thing at a time."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Input


class QuestionInput(Input):
    """Hidden while it asks for nothing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(compact=True, id=id)
        self.about = ""
        self.display = False

    def ask(self, about: str, title: str, value: str) -> None:
        """Ask, with an answer to begin with."""
        self.about, self.value = about, value
        self.border_title = Content(title)  # no markup: it names what others have written
        self.display = True
        self.focus()

    def answered(self) -> str:
        """It is answered, or was left: what it was about, and it asks no more."""
        about, self.about = self.about, ""
        self.display = False
        return about

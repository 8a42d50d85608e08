"""What the knobs are answers to, with who decides; and which of them have no room."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.messages.knobs import Question
from voice_tui.messages.talk import SettingsChanged
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.console.deciders import decider
from voice_tui.ui.console.room import PANEL


class QuestionLine(Static):
    """A question, and behind it who decides.

    Args:
        question: Which.
    """

    def __init__(self, question: Question) -> None:
        super().__init__(classes="question", id=question.name.lower().replace("_", "-"))
        self._question = question
        self._told: tuple[str, str] = ("", "")

    def show(self, notice: SettingsChanged) -> None:
        """Take over who decides."""
        told = decider(self._question, notice)
        if told != self._told:
            self._told = told
            self.refresh()

    def say(self, words: str) -> None:
        """Put other words behind it."""
        self._told = (words, "$muted")
        self.refresh()

    def render(self) -> Content:
        """The question on the left, who decides on the right."""
        words, colour = self._told
        title = self._question.value.upper()
        gap = max(1, self.size.width - len(title) - len(words) - 1)
        return Content.assemble((title, "bold"), " " * gap, (shorten(words, self.size.width - len(title) - 1), colour))


class MoreLine(Widget):
    """What is folded; a click unfolds it."""

    auto_links = False

    def __init__(self) -> None:
        super().__init__(id="more")
        self._folded: tuple[str, ...] = ()

    def show(self, folded: tuple[str, ...], *, unfolded: bool) -> None:
        """Take over the names of the knobs; where they are unfolded the line folds them."""
        self._folded = folded
        self.display = bool(folded) or unfolded
        self.refresh()

    def render(self) -> Content:
        """How many, and which come first."""
        names = ", ".join(PANEL[name].label for name in self._folded)
        words = f"{len(self._folded)} more at rest: {names}" if self._folded else "fewer: those that have room"
        words = shorten(words, self.size.width - 4)
        return Content.from_markup("  [@click=screen.knobs('more')]$words m[/]", words=words)

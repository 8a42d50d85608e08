"""A sentence in a place of its own: as much of it as there is room for."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.ui.common.wording import beginning


class Sentence(Widget):
    """Lines of a size that the style sheet gives; what is said changes no layout.

    Args:
        id: Of the widget.
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._text = ""

    def show(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.refresh()

    @property
    def seen(self) -> str:
        """So much of it has room, in one line."""
        return " ".join(self._lines.split("\n"))

    @property
    def _lines(self) -> str:
        return beginning(self._text, max(1, self.size.width), max(1, self.size.height))

    def render(self) -> Content:
        """Whole words in as many lines as there is room for."""
        return Content(self._lines)

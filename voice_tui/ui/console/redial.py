"""One line that says why nobody is on the line any more, and which key calls again."""

from __future__ import annotations

from textual.content import Content

from voice_tui.ui.common.offer import QuietLine
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import shorten

CHOICES = ("call-again",)


class RedialLine(QuietLine):
    """Why it was hung up.

    Args:
        state: Knows whether it was.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state, id="redial")

    @property
    def open(self) -> bool:
        """Whether nobody is on the line."""
        return self._state.hung_up is not None

    def render(self) -> Content:
        """Why, then the key that calls again."""
        ended = self._state.hung_up
        if ended is None:
            return Content()
        keys = self.keys(CHOICES)
        words = shorten(f"Hung up: {ended.why}", self.size.width - keys.cell_length - 4)
        return Content.assemble(" ", (words, "bold $warning"), "  ", keys)

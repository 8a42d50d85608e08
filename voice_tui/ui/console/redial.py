"""One line that says why nobody is on the line any more, and which key calls again."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from voice_tui.ui.common.offer import answers
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import shorten

CHOICES = ("call-again",)


class RedialLine(Widget):
    """Hidden while there is a call.

    Args:
        state: Knows whether it was hung up.
    """

    def __init__(self, state: State) -> None:
        super().__init__(id="redial")
        self._state = state

    def on_mount(self) -> None:
        """The key that works depends on who has the focus."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)
        self.show(None)

    def _focus_moved(self) -> None:
        self.refresh()

    def show(self, notice: object) -> None:
        """The state has taken this over."""
        self.display = self._state.hung_up is not None
        self.refresh()

    def render(self) -> Content:
        """Why, then the key that works now; it can be clicked."""
        ended = self._state.hung_up
        if ended is None:
            return Content()
        keys = answers(self._state.commands, CHOICES, typing=isinstance(self.screen.focused, Input))
        words = shorten(f"Hung up: {ended.why}", self.size.width - keys.cell_length - 4)
        return Content.assemble(" ", (words, "bold $warning"), "  ", keys)

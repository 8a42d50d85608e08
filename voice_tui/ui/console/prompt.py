"""The input line of the console."""

from __future__ import annotations

from textual import events
from textual.actions import SkipAction
from textual.widgets import Input

TYPE_HERE = "say something, or just talk"


class Prompt(Input):
    """While it is empty, Home and End belong to the transcript.

    Args:
        elsewhere: What stands in it while letters are commands.
    """

    def __init__(self, elsewhere: str) -> None:
        # Coming back to a half-typed line must not select it: the next letter would replace it.
        super().__init__(placeholder=TYPE_HERE, compact=True, select_on_focus=False, id="prompt")
        self._elsewhere = elsewhere

    def on_key(self, event: events.Key) -> None:
        """A letter with Alt is a command, though terminals send the letter along."""
        if event.key.startswith("alt+"):
            event.prevent_default()

    def on_focus(self) -> None:
        """Invite to type."""
        self.placeholder = TYPE_HERE

    def on_blur(self) -> None:
        """Say what letters do now."""
        self.placeholder = self._elsewhere

    def action_home(self, select: bool = False) -> None:
        """To the start of the line, or let the transcript have the key."""
        if not self.value and not select:
            raise SkipAction
        super().action_home(select)

    def action_end(self, select: bool = False) -> None:
        """To the end of the line, or let the transcript have the key."""
        if not self.value and not select:
            raise SkipAction
        super().action_end(select)

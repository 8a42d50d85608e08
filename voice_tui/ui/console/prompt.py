"""The input line of the console."""

from __future__ import annotations

from textual import events
from textual.actions import SkipAction
from textual.widgets import Input

from voice_tui.ui.common.state import State

TYPE_HERE = "say something, or just talk"
CALL_HERE = "what you type calls again"


class Prompt(Input):
    """While it is empty, Home and End belong to the transcript.

    Args:
        state: Knows whether anybody is on the line.
        elsewhere: What stands in it while letters are commands.
    """

    def __init__(self, state: State, elsewhere: str) -> None:
        # Coming back to a half-typed line must not select it: the next letter would replace it.
        super().__init__(placeholder=TYPE_HERE, compact=True, select_on_focus=False, id="prompt")
        self._state, self._elsewhere = state, elsewhere

    def show(self, notice: object) -> None:
        """The state has taken this over."""
        self._invite(self.has_focus)

    def _invite(self, here: bool) -> None:
        """Say what typing does now, or what letters do."""
        self.placeholder = self._elsewhere if not here else CALL_HERE if self._state.hung_up else TYPE_HERE

    def on_key(self, event: events.Key) -> None:
        """A letter with Alt is a command, though terminals send the letter along."""
        if event.key.startswith("alt+"):
            event.prevent_default()

    def on_focus(self) -> None:
        """Invite to type."""
        self._invite(True)

    def on_blur(self) -> None:
        """Say what letters do now."""
        self._invite(False)

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

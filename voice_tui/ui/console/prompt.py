"""The input line of the console."""

from __future__ import annotations

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding
from textual.widgets import Input

from voice_tui.ui.common.state import State

TYPE_HERE = "say something, or just talk"
CALL_HERE = "what you type calls again"
REMEMBERED = 100  # turns that were typed


class Prompt(Input):
    """While it is empty, Home and End belong to the transcript. Up and Down bring back what was typed before.

    Args:
        state: Knows whether anybody is on the line.
        elsewhere: What stands in it while letters are commands.
    """

    BINDINGS = [
        Binding("up", "earlier", "Typed before", show=False),
        Binding("down", "later", "Typed after", show=False),
    ]

    def __init__(self, state: State, elsewhere: str) -> None:
        # Coming back to a half-typed line must not select it: the next letter would replace it.
        super().__init__(placeholder=TYPE_HERE, compact=True, select_on_focus=False, id="prompt")
        self._state, self._elsewhere = state, elsewhere
        self._typed: list[str] = []
        self._back = 0  # how far back in it the line is; 0: it is a new one
        self._new = ""  # what stood in the line before Up was pressed

    def keep(self, text: str) -> None:
        """This was sent: Up brings it back."""
        if text and self._typed[-1:] != [text]:
            self._typed = [*self._typed, text][-REMEMBERED:]
        self._back = 0

    def action_earlier(self) -> None:
        """What was typed before."""
        self._recall(self._back + 1)

    def action_later(self) -> None:
        """What was typed after that, and at last the line that was begun."""
        self._recall(self._back - 1)

    def _recall(self, back: int) -> None:
        if not 0 <= back <= len(self._typed) or back == self._back:
            return
        if not self._back:
            self._new = self.value
        self._back = back
        self.value = self._typed[-back] if back else self._new
        self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        """All lines of it, joined: a turn is one line."""
        text = " ".join(event.text.split())
        if text:
            self.replace(text, *self.selection)
        event.stop()
        event.prevent_default()

    @property
    def explained(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A section of help: what is typed here."""
        return "The input line", (
            ("Enter", "Sends what you typed; it interrupts the AI where that speaks. Not connected: it waits."),
            ("Enter, empty", "Tries to connect at once, where the next try is waited for."),
            ("Up, Down", "What you typed before."),
            ("Esc", "Leaves the line: letters are commands then."),
        )

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

"""The tour: a card above the input line that says one thing at a time, and goes on when that was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from voice_tui.ui.common.state import State
from voice_tui.ui.tour.hints import HINTS, words_of

LOOK_S = 0.5
LEAST_ROWS = 20  # a smaller screen has no room for it
KEYS = "Enter on the empty line: next · Esc: no tour"
LAST_KEYS = "Enter on the empty line: done"


class TourCard(Static):
    """One hint. It never has the focus: what is typed is typed, and every key does what it always does.

    Args:
        state: What is known.
    """

    DEFAULT_CSS = """
    TourCard {
        height: auto;
        max-height: 6;
        border: round $accent;
        border-title-color: $accent;
        border-title-style: bold;
        border-subtitle-color: $muted;
        padding: 0 1;
        background: $background;
    }
    """

    def __init__(self, state: State) -> None:
        super().__init__(id="tour", markup=False)
        self._state = state
        self._at = 0
        self._trace: object = None

    def on_mount(self) -> None:
        """The first hint."""
        self._show()
        self.set_interval(LOOK_S, self.look)
        self.watch(self.screen, "focused", self._focused, init=False)

    def _show(self) -> None:
        hint = HINTS[self._at]
        self._trace = hint.trace(self._state)
        self.border_title = Content(f"Tour {self._at + 1} of {len(HINTS)}: {hint.title}")
        self.border_subtitle = Content(KEYS if self._at + 1 < len(HINTS) else LAST_KEYS)
        self.update(words_of(hint, self._state))

    def restart(self) -> None:
        """The first hint again."""
        self._at = 0
        self._show()

    def look(self) -> None:
        """Go on where the user did what the hint says."""
        hint = HINTS[self._at]
        if hint.trace(self._state) != self._trace:
            self.next()
        else:
            self.update(words_of(hint, self._state))

    def next(self) -> None:
        """The next hint; after the last one it is over."""
        self._at += 1
        if self._at < len(HINTS):
            self._show()
        else:
            self.remove()

    def on_click(self) -> None:
        """A click is as good as Enter."""
        self.next()

    def _focused(self) -> None:
        """Esc has left the input line: no tour, and one types on."""
        if self.screen.focused is None and self.is_attached and self.app.screen is self.screen:
            self.remove()
            self.screen.query_one("#prompt").focus()


@dataclass(frozen=True, slots=True)
class Tour:
    """For the whole run.

    Attributes:
        first: It begins by itself.
        seen: Keeps in mind that it was seen.
    """

    first: bool = False
    seen: Callable[[], None] = lambda: None

    def begin(self, console: Screen[Any], state: State) -> None:
        """Show the first hint on the console, from anew where one is there."""
        self.seen()
        if console.app.size.height >= LEAST_ROWS:
            for card in console.query(TourCard):
                card.restart()
            if not console.query(TourCard):
                console.mount(TourCard(state), before="#entry")

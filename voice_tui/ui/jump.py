"""Jump mode: a letter on everything that can have the focus; pressing it goes there."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.ui.common.closing import ClosedOnce


class Jump(ClosedOnce[Widget | None], ModalScreen[Widget | None]):
    """Letters over the screen beneath; any other key leads back.

    Args:
        targets: What can have the focus; those that can be seen get a letter, from above to below.
    """

    BINDINGS = [Binding("escape", "leave", "Back", show=False)]
    DEFAULT_CSS = """
    Jump { background: transparent; }
    Jump > .jump--letter {
        position: absolute; width: 3; height: 1; content-align: center middle;
        background: $accent; color: $background; text-style: bold;
    }
    """

    def __init__(self, targets: Iterable[Widget]) -> None:
        super().__init__()
        seen = [widget for widget in targets if widget.region.area and widget.visible]
        seen.sort(key=lambda widget: (widget.region.y, widget.region.x))
        self.letters = dict(zip(ascii_lowercase, seen, strict=False))

    def compose(self) -> ComposeResult:
        """Each letter where what it leads to begins."""
        for letter, widget in self.letters.items():
            label = Static(letter, classes="jump--letter")
            label.styles.offset = widget.region.x, widget.region.y
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go there, or back."""
        if event.key != "escape":
            event.stop()
            self.dismiss(self.letters.get(event.key.lower()))

    def action_leave(self) -> None:
        """Back, to where the focus was."""
        self.dismiss(None)

"""A screen of figures: lines that are written anew when something is told, when there is other room, and on a key."""

from __future__ import annotations

from abc import abstractmethod

from textual.app import ComposeResult

from voice_tui.messages.notices import Notice
from voice_tui.ui.common.lines import LinesPane, Piece
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State


class FiguresScreen(Shell[None]):
    """Live while one talks; Esc goes back. Who makes one says what is written.

    Args:
        state: What is known of the voice side.
        name: Of the lines in the style sheet.
        more: Whether details are written at first.

    Attributes:
        lines: What is read.
        more: Details are written as well.
    """

    def __init__(self, state: State, name: str, *, more: bool = False) -> None:
        super().__init__(state)
        self.lines = LinesPane(id=name)
        self.lines.write = self.write
        self.more = more

    @abstractmethod
    def written(self, cells: int) -> list[list[Piece]]:
        """Everything, in lines of so many cells."""

    def inside(self) -> ComposeResult:
        """Only lines."""
        yield self.lines

    def on_mount(self) -> None:
        """Write anew where the scroll bar takes of the width."""
        self.watch(self.lines, "show_vertical_scrollbar", self._draw_later, init=False)

    def _draw_later(self) -> None:
        self.call_after_refresh(self.write)

    def write(self, notice: Notice | None = None) -> None:
        """Write anew."""
        self.lines.show(self.written(self.lines.scrollable_content_region.width), top=False)

    def action_more(self) -> None:
        """Write details, or no longer."""
        self.more = not self.more
        self.write()

    def action_copy_figures(self) -> None:
        """Copy everything as text."""
        lines = self.written(self.lines.scrollable_content_region.width)
        self.app.copy_to_clipboard("\n".join("".join(piece for piece, _ in line).rstrip() for line in lines))
        self.notify("Copied.", timeout=2)

"""Latency: a waterfall for each turn, what is usual over the talk, and whether it grows."""

from __future__ import annotations

from textual.app import ComposeResult

from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place
from voice_tui.ui.latency.wording import LEGEND, latency_lines


class LatencyScreen(Shell[None]):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.LATENCY
    LEGEND = LEGEND
    AUTO_FOCUS = "#latency-lines"

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.lines = LinesPane(id="latency-lines")
        self.takes = {TurnTimed: (self._draw,), InterruptionTimed: (self._draw,)}
        self._parts = False  # are said in words
        self.entitle("Latency", "from the end of your turn to the first sound that can be heard")

    def inside(self) -> ComposeResult:
        """Only lines."""
        yield self.lines

    def on_mount(self) -> None:
        """Show what is known."""
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._draw)

    def action_more(self) -> None:
        """Say the parts of each turn, or no longer."""
        self._parts = not self._parts
        self._draw()

    def action_copy_figures(self) -> None:
        """Copy everything as text."""
        text = "\n".join("".join(piece for piece, _ in line).rstrip() for line in self._written())
        self.app.copy_to_clipboard(text)
        self.notify("Copied.", timeout=2)

    def _written(self) -> list[list[tuple[str, str]]]:
        words = {item.item_id: item.text for item in self.state.context.state.items}
        cells = self.lines.scrollable_content_region.width
        return latency_lines(self.state.timed, list(self.state.cuts.values()), words, cells, parts=self._parts)

    def _draw(self, notice: Notice | None = None) -> None:
        self.lines.show(self._written(), top=False)

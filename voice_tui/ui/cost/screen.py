"""Usage and cost: what was used of each kind, by which answer, and what it costs."""

from __future__ import annotations

from textual.app import ComposeResult

from voice_tui.messages.notices import Notice
from voice_tui.messages.usage import BillingChanged, UsageCounted
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.cost.wording import LEGEND, cost_lines, fitted
from voice_tui.ui.keys import Place


class CostScreen(Shell[None]):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.COST
    LEGEND = LEGEND
    AUTO_FOCUS = "#cost-lines"

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.lines = LinesPane(id="cost-lines")
        self.takes = {UsageCounted: (self._draw,), BillingChanged: (self._draw,)}
        self._second = -1
        self.entitle("Usage and cost")

    def inside(self) -> ComposeResult:
        """Only lines."""
        yield self.lines

    def on_mount(self) -> None:
        """Show what is known."""
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._draw)

    def rest(self) -> None:
        """A minute costs less while nobody speaks."""
        super().rest()
        if (second := int(self.state.elapsed)) != self._second:
            self._second = second
            self._draw()

    def _draw(self, notice: Notice | None = None) -> None:
        state = self.state
        words = {item.item_id: item.text for item in state.context.state.items}
        lines = cost_lines(state.bill, state.last(BillingChanged), state.elapsed, state.used, words)
        self.lines.show(fitted(lines, self.lines.scrollable_content_region.width), top=False)

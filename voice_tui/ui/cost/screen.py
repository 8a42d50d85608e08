"""Usage and cost: what was used of each kind, by which answer, and what it costs."""

from __future__ import annotations

from voice_tui.messages.usage import BillingChanged, UsageCounted
from voice_tui.ui.common.figures import FiguresScreen
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.state import State
from voice_tui.ui.cost.wording import LEGEND, cost_lines, fitted
from voice_tui.ui.keys import Place


class CostScreen(FiguresScreen):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.COST
    LEGEND = LEGEND
    AUTO_FOCUS = "#cost-lines"

    def __init__(self, state: State) -> None:
        super().__init__(state, "cost-lines")
        self.takes = {UsageCounted: (self.write,), BillingChanged: (self.write,)}
        self._second = -1
        self.entitle("Usage and cost")

    def rest(self) -> None:
        """A minute costs less while nobody speaks."""
        super().rest()
        if (second := int(self.state.elapsed)) != self._second:
            self._second = second
            self.write()

    def written(self, cells: int) -> list[list[Piece]]:
        """What was used, and what it costs."""
        state = self.state
        words = {item.item_id: item.text for item in state.context.state.items}
        lines = cost_lines(state.bill, state.last(BillingChanged), state.followed_s, state.used, words)
        return fitted(lines, cells)

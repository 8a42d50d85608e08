"""Judge: how well turns were taken so far, by published measures, while one talks or watches a replay."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.messages.measures import TurnTimed, UserSpoke
from voice_tui.messages.notices import Notice
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.replay.judge.judgement import judged
from voice_tui.replay.judge.timeline import Timeline
from voice_tui.ui.common.figures import FiguresScreen
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.state import State
from voice_tui.ui.judge.wording import LEGEND, judge_lines
from voice_tui.ui.keys import Place

AGAIN_S = 1.0  # figures change as often as one can read them


class JudgeScreen(FiguresScreen):
    """Esc goes back.

    Args:
        state: What is known of the voice side.
        timeline: Gives who spoke when, up to now.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.JUDGE
    LEGEND = LEGEND
    AUTO_FOCUS = "#judge-lines"

    def __init__(self, state: State, timeline: Callable[[], Timeline]) -> None:
        super().__init__(state, "judge-lines", more=True)
        self._timeline = timeline
        self.takes = dict.fromkeys((UserSpoke, TurnTimed, InterruptionTimed), (self.write,))
        self._drawn_at = state.clock()
        self.entitle("Judge", "how well turns were taken so far")

    def rest(self) -> None:
        """Silence and speech go on."""
        super().rest()
        if self.state.clock() - self._drawn_at >= AGAIN_S:
            self.write()

    def write(self, notice: Notice | None = None) -> None:
        """Write anew."""
        self._drawn_at = self.state.clock()
        super().write(notice)

    def written(self, cells: int) -> list[list[Piece]]:
        """Every measure, and what it means if more is wanted."""
        timeline = self._timeline()
        return judge_lines(judged("", timeline), timeline, cells, meanings=self.more)

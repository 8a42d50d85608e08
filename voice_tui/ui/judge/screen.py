"""Judge: how well turns were taken so far, by published measures, while one talks or watches a replay."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult

from voice_tui.messages.measures import TurnTimed, UserSpoke
from voice_tui.messages.notices import Notice
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.replay.judge.judgement import judged
from voice_tui.replay.judge.timeline import Timeline
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.judge.wording import LEGEND, judge_lines
from voice_tui.ui.keys import Place

AGAIN_S = 1.0  # figures change as often as one can read them


class JudgeScreen(Shell[None]):
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
        super().__init__(state)
        self._timeline = timeline
        self.lines = LinesPane(id="judge-lines")
        self.takes = dict.fromkeys((UserSpoke, TurnTimed, InterruptionTimed), (self._draw,))
        self._meanings = True
        self._drawn_at = state.clock()
        self.entitle("Judge", "how well turns were taken so far")

    def inside(self) -> ComposeResult:
        """The figures."""
        yield self.lines

    def on_mount(self) -> None:
        """Show what is known."""
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._draw)

    def rest(self) -> None:
        """Silence and speech go on."""
        super().rest()
        if self.state.clock() - self._drawn_at >= AGAIN_S:
            self._draw()

    def action_more(self) -> None:
        """Say what each measure means, or no longer."""
        self._meanings = not self._meanings
        self._draw()

    def action_copy_figures(self) -> None:
        """Copy everything as text."""
        text = "\n".join("".join(piece for piece, _ in line).rstrip() for line in self._written())
        self.app.copy_to_clipboard(text)
        self.notify("Copied.", timeout=2)

    def _written(self) -> list[list[tuple[str, str]]]:
        timeline = self._timeline()
        cells = self.lines.scrollable_content_region.width
        return judge_lines(judged("", timeline), timeline, cells, meanings=self._meanings)

    def _draw(self, notice: Notice | None = None) -> None:
        self._drawn_at = self.state.clock()
        self.lines.show(self._written(), top=False)

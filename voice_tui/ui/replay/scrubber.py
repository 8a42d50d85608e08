"""One line: where the replay is, how fast it goes, what happened where. A click goes there."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from voice_tui.ui.common.wording import clock, shorten
from voice_tui.ui.replay.player import Mark, Player

PLAYED, TO_COME, HERE = "━", "─", "●"
HUES = {"✂": "$interruption", "▸": "$success", "◷": "$warning", "✗": "$error"}
WORDS_CELLS = 34


class Scrubber(Widget):
    """The line.

    Args:
        player: What it shows.
    """

    class Sought(Message):
        """The user wants to be at ``t``, s."""

        def __init__(self, t: float) -> None:
            super().__init__()
            self.t = t

    def __init__(self, player: Player) -> None:
        super().__init__(id="scrubber")
        self._player = player
        self._bar = (0, 1)  # its first cell, and how many it has

    def render(self) -> Content:
        """State, time and speed, the bar with its marks, and what is near."""
        player = self._player
        sign = "▶" if player.playing else "‖"
        head = f" {sign} {clock(player.position)} / {clock(player.length)}  {player.speed:g}×  "
        words_cells = WORDS_CELLS if self.size.width >= 100 else 0
        cells = max(10, self.size.width - len(head) - words_cells - 3)
        self._bar = (len(head), cells)
        mark = player.nearby
        words = f"{mark.sign} {mark.words}" if mark is not None else ""
        hue = HUES[mark.sign] if mark is not None else "$muted"
        return Content.assemble(
            (head, "bold"),
            *self._cells(cells),
            "  ",
            (shorten(words, words_cells) if words_cells else "", f"bold {hue}"),
        )

    def _cells(self, cells: int) -> list[tuple[str, str]]:
        player = self._player
        here = self._cell(player.position, cells)
        marked: dict[int, Mark] = {self._cell(mark.t, cells): mark for mark in player.marks}
        out: list[tuple[str, str]] = []
        for cell in range(cells):
            if cell == here:
                out.append((HERE, "bold $foreground"))
            elif cell in marked:
                out.append((marked[cell].sign, f"bold {HUES[marked[cell].sign]}"))
            else:
                out.append((PLAYED, "$you") if cell < here else (TO_COME, "$muted"))
        return out

    def _cell(self, t: float, cells: int) -> int:
        return min(cells - 1, int(t / self._player.length * cells)) if self._player.length else 0

    def on_click(self, event: events.Click) -> None:
        """Go there."""
        start, cells = self._bar
        if start <= event.x < start + cells:
            self.post_message(self.Sought((event.x - start + 0.5) / cells * self._player.length))

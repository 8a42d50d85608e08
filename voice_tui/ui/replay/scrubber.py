"""Two lines: where the replay is, a click goes there; below it what happened there, and what somebody said of it."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from voice_tui.ui.common.wording import clock, shorten
from voice_tui.ui.replay.desk import Desk
from voice_tui.ui.replay.marks import HUES, Mark
from voice_tui.ui.replay.player import Player

PLAYED, TO_COME, HERE = "━", "─", "●"
NOTHING = "No cut and no voice here."


class Scrubber(Widget):
    """The lines.

    Args:
        player: What they show.
        desk: What is said of it.
        keys: That say a verdict and a kind, as a reader knows them.
    """

    class Sought(Message):
        """The user wants to be at ``t``, s."""

        def __init__(self, t: float) -> None:
            super().__init__()
            self.t = t

    def __init__(self, player: Player, desk: Desk, keys: tuple[str, str]) -> None:
        super().__init__(id="scrubber")
        self._player, self._desk, self._keys = player, desk, keys
        self._bar = (0, 1)  # its first cell, and how many it has

    def render(self) -> Content:
        """State, time and speed, the bar with its marks; below it what is near, and its labels."""
        player = self._player
        sign = "▶" if player.playing else "‖"
        head = f" {sign} {clock(player.position)} / {clock(player.length)}  {player.speed:g}×  "
        cells = max(10, self.size.width - len(head) - 1)
        self._bar = (len(head), cells)
        return Content.assemble((head, "bold"), *self._cells(cells), "\n", *self._here())

    def _here(self) -> list[tuple[str, str]]:
        """What is near: the cut and the voice that the keys of labels mean, else the mark."""
        said = self._desk.words(self._desk.here(self._player.looked_at), *self._keys)
        mark = self._player.nearby
        if not said or (mark is not None and mark.cut is None and mark.sign not in said[0]):
            said = [*([f"{mark.sign} {mark.words}"] if mark is not None else []), *said]
        hue = HUES.get(mark.sign, "$you") if mark is not None else "$muted"
        line = shorten("   ·   ".join(said) or NOTHING, max(10, self.size.width - 2))
        return [(f" {line}", hue if said else "$muted")]

    def _cells(self, cells: int) -> list[tuple[str, str]]:
        player = self._player
        here = self._cell(player.position, cells)
        marked: dict[int, Mark] = {self._cell(mark.t, cells): mark for mark in player.marks}
        out: list[tuple[str, str]] = []
        for cell in range(cells):
            if cell == here:
                out.append((HERE, "bold $foreground"))
            elif cell in marked:
                out.append((marked[cell].sign, f"bold {HUES.get(marked[cell].sign, '$you')}"))
            else:
                out.append((PLAYED, "$you") if cell < here else (TO_COME, "$muted"))
        return out

    def _cell(self, t: float, cells: int) -> int:
        return min(cells - 1, int(t / self._player.length * cells)) if self._player.length else 0

    def on_click(self, event: events.Click) -> None:
        """Go there."""
        start, cells = self._bar
        if start <= event.x < start + cells and event.y == 0:
            self.post_message(self.Sought((event.x - start + 0.5) / cells * self._player.length))

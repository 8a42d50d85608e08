"""Draws what was touched, and nothing beside it: a cell at each end of the screen is two widgets, not all of them.

What is done here Textual has no public hook for; `tests/screens/test_beat.py` compares the pictures with its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from textual import events
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region, Size
from textual.screen import ScreenResultType
from textual.strip import Strip

from voice_tui.ui.common.closing import ClosedOnce

FIRST_TURNS = 50  # of the loop at most, in which widgets hear of their sizes


class NarrowCompositor(Compositor):
    """Textual's, which draws every widget in the box around all that was touched, without those that were not."""

    def __init__(self) -> None:
        super().__init__()
        self._touched: list[Region] = []  # while a part of the screen is drawn

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what was touched since the last time."""
        self._touched = list(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._touched = []

    def line(self, y: int) -> Strip:
        """One line of the screen; a blank one where it has not heard yet that there are more of them."""
        if y >= self.size.height:
            return Strip.blank(self.size.width)
        place = Region(0, y, self.size.width, 1)
        return Strip.join(self._render_chops(place, place.line_range.__contains__)[y].values())

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The lines of the widgets that are seen in a touched place, the front most first.

        Where everything is drawn each line is such a place: what covers it whole hides what lies behind it.
        """
        whole = self.size.region if crop is None else crop
        touched = self._touched or [Region(whole.x, y, whole.width, 1) for y in whole.line_range]
        for widget, (region, clip) in self.visible_widgets.items():
            if not touched:
                return
            seen = region.intersection(clip)
            for top, bottom in _runs(part for each in touched if (part := each.intersection(seen))):
                window = Region(seen.x, top, seen.width, bottom - top)
                yield region, window, widget.render_lines(window.translate(-region.offset))
            touched = [each for each in touched if not seen.contains_region(each)]  # nothing is seen behind it


def _runs(parts: Iterable[Region]) -> Iterator[tuple[int, int]]:
    """First line and the one behind the last of what stands together."""
    top = bottom = -1
    for part in sorted(parts, key=lambda part: part.y):
        if part.y > bottom:
            if bottom >= 0:
                yield top, bottom
            top = part.y
        bottom = max(bottom, part.bottom)
    if bottom >= 0:
        yield top, bottom


class LeanScreen(ClosedOnce[ScreenResultType]):
    """A screen that is drawn so, and that is laid out once when it is opened. It begins with `draw_narrowly`."""

    def draw_narrowly(self) -> None:
        """Draw so, from the beginning."""
        self._compositor = NarrowCompositor()

    _holds = False
    _resumed = False

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """What has just been opened has its styles, and is drawn as soon as its widgets know their sizes.

        Only what was covered may have missed a change of styles; and Textual's timer would begin by waiting.
        """
        if not self._resumed:
            self._resumed = True
            event.refresh_styles = False
            asyncio.get_running_loop().call_soon(self._draw_first, FIRST_TURNS)

    def _draw_first(self, turns: int) -> None:
        """Draw once nothing that was told to a widget waits: by turns, for how long they take is the machine's."""
        if turns and any(each.message_queue_size for each in self.walk_children(with_self=True)):
            asyncio.get_running_loop().call_soon(self._draw_first, turns - 1)
        elif self.is_attached:
            self._on_timer_update()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Lay out; where all is to be drawn anyway it is drawn once, after that."""
        self._holds = self._repaint_required
        try:
            super()._refresh_layout(size, scroll)
        finally:
            self._holds = False

    def _compositor_refresh(self) -> None:
        if not self._holds:
            super()._compositor_refresh()

    def _screen_resized(self, size: Size) -> None:
        """Textual lays a screen out when it is opened, and once more when it hears of the size that it has by then.

        Each other size is told to the screen itself, too: two of them that wait behind one another would take turns for
        ever. So it goes by what the terminal is now.
        """
        size = self.app.size
        if size != self._compositor.size:
            super()._screen_resized(size)

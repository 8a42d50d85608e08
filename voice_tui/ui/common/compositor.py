"""Draws what was touched, and nothing beside it: a cell at each end of the screen is two widgets, not all of them.

What is done here Textual has no public hook for; `tests/screens/test_beat.py` compares the pictures with its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region, Size
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip


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

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        return self._narrow() if self._touched else super()._get_renders(crop)

    def _narrow(self) -> Iterator[tuple[Region, Region, list[Strip]]]:
        """The touched lines of the widgets that are seen in a touched place, the front most first."""
        touched = self._touched
        for widget, (region, clip) in self.visible_widgets.items():
            if not touched:
                return
            seen = region.intersection(clip)
            rows = [part for each in touched if (part := each.intersection(seen))]
            if rows:
                top, bottom = min(part.y for part in rows), max(part.bottom for part in rows)
                window = Region(seen.x, top, seen.width, bottom - top)
                yield region, window, widget.render_lines(window.translate(-region.offset))
                touched = [each for each in touched if not seen.contains_region(each)]  # nothing is seen behind it


class LeanScreen(Screen[ScreenResultType]):
    """A screen that is drawn so, and that is laid out once when it is opened. It begins with `draw_narrowly`."""

    def draw_narrowly(self) -> None:
        """Draw so, from the beginning."""
        self._compositor = NarrowCompositor()

    _holds = False

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
        """Textual lays a screen out when it is opened, and once more when it hears of the size that it has by then."""
        if size != self._compositor.size:
            super()._screen_resized(size)

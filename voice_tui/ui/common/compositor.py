"""Draws what was touched, and nothing beside it: a cell at each end of the screen is two widgets, not all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
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

"""The lines of the palette: only those that one sees are drawn, and what one of them means stands below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voice_tui.ui.common.wording import beginning, shorten
from voice_tui.ui.palette.entries import Found

GROUP_CELLS, TITLE_CELLS, KEYS_CELLS = 19, 28, 13
MEANING_CELLS = 40  # with less room beside it, what an entry means is said below the list alone
NOTHING = "Nothing is called so."
_ON, _OFF = "● ", "  "

Piece = tuple[str, str]
"""Text and the name of its style."""


class EntryList(ScrollView, can_focus=False):
    """One line for each entry that was found, with a cursor."""

    COMPONENT_CLASSES = {
        "entries--group",
        "entries--on",
        "entries--title",
        "entries--letter",
        "entries--keys",
        "entries--meaning",
        "entries--current",
    }

    class Moved(Message):
        """The cursor is on another entry, or there are others."""

    class Chosen(Message):
        """An entry was clicked."""

    def __init__(self) -> None:
        super().__init__(id="entries")
        self._found: Sequence[Found] = ()
        self._at = 0
        self._styles: dict[str, Style] = {}

    @property
    def current(self) -> Found | None:
        """What the cursor is on; None where nothing was found."""
        return self._found[self._at] if self._found else None

    def show(self, found: Sequence[Found]) -> None:
        """Show others, the cursor on the first."""
        self._found = found
        self._resize()
        self.go_to(0)
        self.refresh()

    def on_resize(self) -> None:
        """Another size: the cursor stays in view."""
        self._resize()
        self.go_to(self._at)

    def _resize(self) -> None:
        size = Size(self.scrollable_content_region.width, len(self._found))
        if size != self.virtual_size:
            self.virtual_size = size

    def go_to(self, at: int) -> None:
        """Put the cursor on an entry, at most on the last one."""
        before, self._at = self._at, max(0, min(at, len(self._found) - 1))
        top, height = round(self.scroll_offset.y), max(1, self.scrollable_content_region.height)
        seen = min(self._at, max(top, self._at - height + 1))
        if seen != top:
            self.scroll_to(y=seen, animate=False, force=True, immediate=True)
        for line in {before, self._at}:
            self.refresh_lines(line)
        self.post_message(self.Moved())

    def move(self, by: int) -> None:
        """The entry below or above; behind the last one comes the first."""
        self.go_to((self._at + by) % max(1, len(self._found)))

    def page(self, by: int) -> None:
        """A page down or up."""
        self.go_to(self._at + by * max(1, self.scrollable_content_region.height - 1))

    def leap(self, to: int) -> None:
        """The first entry (0), or the last one (-1)."""
        self.go_to(to if to >= 0 else len(self._found) - 1)

    def on_click(self, click: events.Click) -> None:
        """Choose what is there."""
        at = click.get_content_offset(self)
        if at is not None and (line := round(self.scroll_offset.y) + at.y) < len(self._found):
            self.go_to(line)
            self.post_message(self.Chosen())

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"entries--{name}", partial=True)
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """One entry."""
        width, at, base = self.scrollable_content_region.width, round(self.scroll_offset.y) + y, self.rich_style
        pieces = list(line(self._found[at], width)) if at < len(self._found) else []
        if not self._found and y == 0:
            pieces = [(f" {NOTHING}", "group")]
        elif at == self._at:
            base += self._style("current")
            pieces = [(text, "letter" if style == "letter" else "current") for text, style in pieces]
        segments = [Segment(text, base + self._style(style)) for text, style in pieces]
        return Strip(segments).adjust_cell_length(width, base)


def line(found: Found, width: int) -> Iterator[Piece]:
    """An entry in one line: the group, a sign, the title as it was found, keys, and what it means if there is room."""
    entry = found.entry
    yield f" {entry.group:<{GROUP_CELLS}}", "group"
    yield (_ON if entry.on else _OFF), "on"
    room = width - GROUP_CELLS - len(_ON) - KEYS_CELLS - 3  # a margin at each side, a space behind the title
    beside = room - TITLE_CELLS >= MEANING_CELLS
    title = shorten(entry.title, room - (MEANING_CELLS if beside else 0))
    for marked, part in groupby(range(len(title)), found.letters.__contains__):
        yield "".join(title[at] for at in part), "letter" if marked else "title"
    yield " " * max(1, TITLE_CELLS - cell_len(title)), "title"
    yield f"{entry.keys:<{KEYS_CELLS}}", "keys"
    if beside:
        yield beginning(entry.explanation, room - max(TITLE_CELLS - 1, cell_len(title))), "meaning"

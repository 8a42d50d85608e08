"""Lines that are scrolled: only what one sees is drawn, and nothing is laid out anew when others are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voice_tui.ui.common.needle import Needle
from voice_tui.ui.common.wrapping import wrap

Piece: TypeAlias = tuple[str, str]
"""Text and the name of its style."""
HANGING = "    "  # before what goes on in the next line


class LinesPane(ScrollView, can_focus=True):
    """Lines of pieces, wrapped; its keys scroll it while it has the focus."""

    COMPONENT_CLASSES = {
        "lines--text",
        "lines--head",
        "lines--linked",
        "lines--muted",
        "lines--wave",
        "lines--turn-taking",
        "lines--endpoint",
        "lines--here",
        "lines--answer",
        "lines--found",
    }
    BINDINGS = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Top", show=False),
        Binding("end", "scroll_end", "End", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.write: Callable[[], None] | None = None
        """Shows the lines of another width, before any of that width are seen; None: they are only wrapped."""
        self._lines: list[list[Piece]] = []
        self._needle = Needle()
        self._wrapped: list[list[Piece]] = []

    def show(self, lines: list[list[Piece]], needle: str = "", *, top: bool = True) -> None:
        """Show other lines.

        Args:
            lines: Pieces with their style, a component class without ``lines--``.
            needle: What is found in them, "" for nothing.
            top: From the first on.
        """
        self._lines, self._needle = lines, Needle(needle)
        self._wrap()
        if top and self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def find(self, words: str, by: int) -> bool:
        """Scroll to a line that has these words.

        Args:
            words: What; case makes no difference.
            by: 1 for the next one below the first line that is seen, -1 for the one before, 0 for the first from there.

        Returns:
            Whether one was found.
        """
        top, count = round(self.scroll_offset.y), len(self._wrapped)
        texts = ["".join(text for text, _ in pieces).lower() for pieces in self._wrapped]
        step = by or 1
        for tried in range(count):
            at = (top + by + step * tried) % count
            if words.lower() in texts[at]:
                self.scroll_to(y=at, animate=False, force=True, immediate=True)
                return True
        return False

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width
        self._wrapped = [part for pieces in self._lines for part in _wrapped(pieces, max(20, width))]
        size = Size(width, len(self._wrapped))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def on_resize(self) -> None:
        """Another width, other lines."""
        (self.write or self._wrap)()

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, base, at = self.scrollable_content_region.width, self.rich_style, round(self.scroll_offset.y) + y
        pieces = self._wrapped[at] if at < len(self._wrapped) else []
        segments = [
            Segment(text, base + self.get_component_rich_style(f"lines--{style}", partial=True))
            for piece in pieces
            for text, style in _marked(piece, self._needle)
        ]
        return Strip(segments).adjust_cell_length(width, base)


def _wrapped(pieces: list[Piece], width: int) -> Iterator[list[Piece]]:
    """A line in lines of so many cells; only a line of one piece is ever longer."""
    if len(pieces) != 1:
        yield pieces
        return
    [(text, style)] = pieces
    if cell_len(text) <= width:
        yield pieces
        return
    indent = text[: len(text) - len(text.lstrip())]
    for number, (start, end) in enumerate(wrap(text[len(indent) :], max(8, width - len(indent) - len(HANGING)))):
        lead = indent if number == 0 else indent + HANGING
        yield [(lead + text[len(indent) + start : len(indent) + end], style)]


def _marked(piece: Piece, needle: Needle) -> Iterator[Piece]:
    """A piece with what was found in it."""
    text, style = piece
    at = 0
    for a, b in needle.spans(text):
        if a > at:
            yield text[at:a], style
        yield text[a:b], "found"
        at = b
    if at < len(text) or not text:
        yield text[at:], style

"""Items of the conversation in a scroll view that draws only the lines one sees: 10,000 of them cost what ten do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from voice_tui.ui.common.needle import Needle, Span
from voice_tui.ui.console.item_lines import Line, Piece
from voice_tui.ui.console.passage import Match, Passage, chosen, found_in, overlaid, selected_text
from voice_tui.ui.console.rows import Block, Rows

_ROOMY_LINES = 18  # from this height on items are set apart by an empty line
_PAGE_OVERLAP = 2  # lines one has read already when turning the page
STRIPS = 1_000  # drawn lines that are kept


class RowsView(ScrollView, can_focus=False):
    """One block of lines per conversation item, in conversation order.

    It follows what is said only while its end is on the screen; else it stays where the reader is and
    counts what is new in its lower border. It takes no focus: the page keys reach it from everywhere, and
    Tab goes from the input line to the sliders.

    Attributes:
        cursor: The turn that commands are about; None: there is no cursor.
        needle: The words that are looked for.
        match: Which of their places one is at.
    """

    ALLOW_SELECT = True
    COMPONENT_CLASSES = {
        "transcript--text",
        "transcript--user",
        "transcript--voice-1",
        "transcript--voice-2",
        "transcript--voice-3",
        "transcript--voice-4",
        "transcript--assistant",
        "transcript--unheard",
        "transcript--cut",
        "transcript--rejected",
        "transcript--waiting",
        "transcript--note",
        "transcript--edge",
        "transcript--why",
        "transcript--chosen",
        "transcript--found",
        "transcript--current",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows = Rows()
        self.following = True
        self.cursor: str | None = None
        self.needle = Needle()
        self.match: Match | None = None
        self._unread: set[str] = set()
        self._chosen_of: tuple[Hashable, ...] = ()  # what these are of: a selection and an item's lines
        self._passages: list[Passage] = []
        self._strips: dict[tuple[Hashable, ...], Strip] = {}  # by what stands in a line, and over it

    def read(self, how: str) -> None:
        """Scroll as a reader: ``page_up``, ``page_down``, ``home`` or ``end``."""
        page = max(1, self.scrollable_content_region.height - _PAGE_OVERLAP)
        top = self.scroll_offset.y
        target = {"page_up": top - page, "page_down": top + page, "home": 0, "end": self.max_scroll_y}[how]
        self.scroll_to(y=target, animate=False, force=True)

    def keep_place(self, change: Callable[[], object], item_id: str) -> None:
        """Carry out a change without moving the text under the reader; draw only what it touched."""
        anchor = None if self.following else self.rows.at(self.scroll_offset.y)
        before = self._place(item_id)
        lines = before[0].lines if before is not None else ()
        change()
        if before is not None and before == self._place(item_id):
            changed, top, _height = before
            first = max(0, self.scroll_offset.y - top)
            last = min(len(lines), self.scroll_offset.y + self.scrollable_content_region.height - top)
            for offset in range(first, last):
                if lines[offset].pieces != changed.lines[offset].pieces:
                    self.refresh_lines(top + offset)
        else:
            self._settle(anchor[0].row.item_id if anchor else "", anchor[1] if anchor else 0)
        if not self.following:
            block = self.rows.block(item_id) if item_id in self.rows else None
            bottom = self.scroll_offset.y + self.scrollable_content_region.height
            if block is not None and block.top + len(block.lines) - self.rows.gap > bottom:
                self._unread.add(item_id)
            else:
                self._unread.discard(item_id)
            self._say_unread()

    def _place(self, item_id: str) -> tuple[Block, int, int] | None:
        """An item, where it begins, and how high everything is; None when there is no such item."""
        if item_id not in self.rows:
            return None
        block = self.rows.block(item_id)
        return block, block.top, self.rows.height

    def _settle(self, anchor: str, offset: int) -> None:
        """Take over the new height and put the view back: to the end, or to the reader's line."""
        size = Size(self.rows.width, max(0, self.rows.height - self.rows.gap))
        following = self.following
        if size != self.virtual_size:
            self._grow(size)
        if following:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)
            self.following = True
        elif anchor in self.rows:
            top = self.rows.block(anchor).top + offset
            if top != self.scroll_offset.y:
                self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()

    def _grow(self, size: Size) -> None:
        """Take over another height; where there is a scroll bar before and after, no widget has another place."""
        room = self.container_size.height
        if self.show_vertical_scrollbar and self.virtual_size.width == size.width and size.height > room:
            self.set_reactive(RowsView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """At the end one follows, above it one reads."""
        super().watch_scroll_y(old_value, new_value)
        self.following = round(new_value) >= self.max_scroll_y
        if self.following and self._unread:
            self._unread.clear()
            self._say_unread()

    def _say_unread(self) -> None:
        n = len(self._unread)
        words = f"↓ {n} new · End" if n else ("" if self.following else "↓ End follows")
        if words != self.border_subtitle:
            self.border_subtitle = words

    def redraw(self) -> None:
        """Draw everything again."""
        self._strips.clear()
        self.refresh()

    def reveal(self, item_id: str, offset: int) -> None:
        """Scroll no further than needed to see a line of an item."""
        line, top = self.rows.block(item_id).top + offset, round(self.scroll_offset.y)
        height = self.scrollable_content_region.height
        if not top <= line < top + height:
            wanted = line - height // 2
            self.scroll_to(y=max(0, wanted), animate=False, force=True, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if not len(self.rows):
            return self.empty_line(y, width)
        found = self.rows.at(number)
        if found is None:
            return Strip.blank(width, self.rich_style)
        block, offset = found
        selection = self.text_selection
        selected = selection is not None and selection.get_span(number) is not None
        line = block.lines[offset]
        over = self._over(block, offset, line, selection if selected else None)
        key = (line.pieces, *over)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self.draw(line.pieces, width, over)
        return strip.apply_offsets(0, number)

    def _over(self, block: Block, offset: int, line: Line, selection: Selection | None) -> list[tuple[Span, str]]:
        """What lies over a line: what is selected, else what was found, and the cursor."""
        if selection is not None:
            passages = self._chosen(block, selection)
            return [(at, "chosen") for passage in passages if (at := passage.within(line))]
        over = list(found_in(block, line, self.needle, self.match))
        if not offset and block.row.item_id == self.cursor:
            over.append(((0, len(line.pieces[0][0].rstrip())), "chosen"))
        return over

    def _chosen(self, block: Block, selection: Selection) -> list[Passage]:
        """What is selected of an item: it is the same for all its lines."""
        of = (selection, block.top, block.lines)
        if of != self._chosen_of:
            self._chosen_of, self._passages = of, chosen(block, selection)
        return self._passages

    def draw(self, pieces: Iterable[Piece], width: int, over: Iterable[tuple[Span, str]] = ()) -> Strip:
        """Pieces as a line, with what lies over them."""
        base = self.rich_style
        segments = []
        for text, style, above in overlaid(pieces, over):
            look = base + self.get_component_rich_style(f"transcript--{style}")
            if above:
                look += self.get_component_rich_style(f"transcript--{above}", partial=True)
            segments.append(Segment(text, look))
        return Strip(segments).adjust_cell_length(width, base)

    def empty_line(self, y: int, width: int) -> Strip:
        """What stands there while there is no item."""
        return Strip.blank(width, self.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out again; the reader's line stays the first."""
        region = self.scrollable_content_region
        gap = 1 if region.height >= _ROOMY_LINES else 0
        if region.width and (region.width, gap) != (self.rows.width, self.rows.gap):
            at = None if self.following else self.rows.at(self.scroll_offset.y)
            self.rows.reflow(region.width, gap)
            self._strips.clear()
            self._settle(at[0].row.item_id if at else "", 0)
        elif self.following:
            self._settle("", 0)

    def notify_style_update(self) -> None:
        """Another theme: no drawn line is right any more."""
        super().notify_style_update()
        self._strips.clear()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for the clipboard."""
        return selected_text(self.rows, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

"""The list of everything in the context: it changes while one reads, and stays where the reader is."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voice_tui.messages.context import ContextChanged, ContextItem
from voice_tui.ui.common.context_wording import things
from voice_tui.ui.common.empty import missing
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.context.rows import Columns, columns, header, line, marked
from voice_tui.ui.keys import shown_key

EMPTY = (
    "Nothing has been said yet.",
    "",
    "What you say, what it says, calls of tools and summaries will stand here, one line an item, with its tokens. When "
    "the next turn would read more than the budget, older turns can be replaced by a summary ({summarise}); what is "
    "pinned ({pin}) always stays.",
)


class ContextTable(ScrollView, can_focus=True):
    """One line an item, in conversation order.

    It follows what is new only while its cursor is on the last item; else the reader's line stays where it is.

    Args:
        state: Its clock is that of ``ContextItem.at``.

    Attributes:
        items: What is in the list: what every answer reads, what was said, what is to come.
        title: What is in the list, in words.
    """

    COMPONENT_CLASSES = {
        "context--header",
        "context--cursor",
        "context--current",
        "context--text",
        "context--user",
        "context--assistant",
        "context--summary",
        "context--muted",
        "context--absent",
        "context--pinned",
        "context--cut",
    }
    BINDINGS = [
        Binding("up", "move(-1)", "Up", id="context.up", show=False),
        Binding("down", "move(1)", "Down", id="context.down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="context.page-up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="context.page-down", show=False),
        Binding("home", "leap(0)", "First", id="context.first", show=False),
        Binding("end", "leap(-1)", "Last", id="context.last", show=False),
        Binding("enter", "choose", "Whole text", id="context.choose", show=False),
    ]

    class Moved(Message):
        """The cursor is on another item."""

        def __init__(self, table: ContextTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> ContextTable:
            """The table it comes from."""
            return self.table

    class Chosen(Moved):
        """The whole text of the current item is wanted."""

    def __init__(self, state: State, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = state.clock
        keys = {name: shown_key(state.commands, f"context.{name}") for name in ("summarise", "pin")}
        self._empty = missing(state, "\n".join(EMPTY).format(**keys), "Nothing is said").split("\n")
        self.items: tuple[ContextItem, ...] = ()
        self.cursor = -1
        self._before = 0  # lines that stand before what was said
        self._said = 0
        self.title = "Context"

    @property
    def current(self) -> ContextItem | None:
        """The item under the cursor."""
        return self.items[self.cursor] if 0 <= self.cursor < len(self.items) else None

    @property
    def number(self) -> int:
        """The place of the current item among those that were said, from 1."""
        return self.cursor - self._before + 1

    @property
    def following(self) -> bool:
        """What is new will be shown: the cursor is on what was said last, or behind it."""
        return self.cursor >= self._last_said

    @property
    def _last_said(self) -> int:
        return self._before + self._said - 1

    # ---- what is shown

    def show(self, state: ContextChanged) -> None:
        """Take over the items; the cursor stays on its item, and the view where it is."""
        following, before = self.following, self.items
        top = round(self.scroll_offset.y)
        current, first = before[max(0, self.cursor) :], before[top:]
        self.items = (*state.fixed, *state.items, *([state.coming] if state.coming is not None else []))
        self._before, self._said = len(state.fixed), len(state.items)
        counts = (
            (sum(i.pinned for i in state.items), "pinned"),
            (sum(not i.in_server for i in state.items), "not in server"),
        )
        more = "".join(f", {n} {what}" for n, what in counts if n)
        self.title = f"Context · {things(len(state.items), 'item')}{more}"
        places = {item.item_id: i for i, item in enumerate(self.items)}
        last = self._last_said
        self.cursor = last if following else next((places[i.item_id] for i in current if i.item_id in places), last)
        self._settle()
        if following:
            self._reveal()
        else:
            self._scroll(next((places[i.item_id] for i in first if i.item_id in places), top))

    def _settle(self) -> None:
        size = Size(self.scrollable_content_region.width, len(self.items) + 1)
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _reveal(self) -> None:
        """Bring the cursor into view."""
        room = max(1, self.scrollable_content_region.height - 1)  # the header
        top = round(self.scroll_offset.y)
        if self.cursor < top:
            self._scroll(self.cursor)
        elif self.cursor >= top + room:
            self._scroll(self.cursor - room + 1)

    def on_resize(self) -> None:
        """Another width, other columns."""
        self._settle()
        self._reveal()

    # ---- moving

    def action_move(self, by: int) -> None:
        """The item above or below."""
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self._go(self.cursor + by * max(1, self.scrollable_content_region.height - 2))

    def action_leap(self, to: int) -> None:
        """The first item (0) or the last (-1)."""
        self._go(to if to >= 0 else len(self.items) - 1)

    def action_choose(self) -> None:
        """Show the whole text."""
        if self.current is not None:
            self.post_message(self.Chosen(self))

    def _go(self, to: int) -> None:
        if self.items:
            self.cursor = min(len(self.items) - 1, max(0, to))
            self._reveal()
            self.refresh()
            self.post_message(self.Moved(self))

    def on_click(self, event: events.Click) -> None:
        """The first click moves the cursor, another one shows the text."""
        offset = event.get_content_offset(self)
        place = round(self.scroll_offset.y) + offset.y - 1 if offset is not None and offset.y >= 1 else -1
        if not 0 <= place < len(self.items):
            return
        if place == self.cursor:
            self.action_choose()
        else:
            self._go(place)

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """The header, or one item."""
        width = self.scrollable_content_region.width
        if not self.items:
            return self._empty_line(y, width)
        found = columns(width, marked(self.items, width))
        if y == 0:
            return self._strip([(header(found), "header")], width)
        return self._item_line(round(self.scroll_offset.y) + y - 1, found, width)

    def _item_line(self, place: int, found: Columns, width: int) -> Strip:
        if place >= len(self.items):
            beyond = place - len(self.items) - 1
            return self._empty_line(beyond, width) if beyond >= 0 and not self._said else self._strip([], width)
        turn = max(item.turn for item in self.items)
        current = place == self.cursor
        pieces = line(self.items[place], place - self._before + 1, turn, self._clock(), found, current=current)
        return self._strip(pieces, width, ground="current" if current else "")

    def _strip(self, pieces: list[tuple[str, str]], width: int, ground: str = "") -> Strip:
        base = self.rich_style
        under = base + self.get_component_rich_style(f"context--{ground}", partial=True) if ground else base
        segments = [
            Segment(text, under + self.get_component_rich_style(f"context--{style}", partial=True))
            for text, style in pieces
        ]
        return Strip(segments).adjust_cell_length(width, under)

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = [text[a:b] for text in self._empty for a, b in wrap(text, max(10, min(76, width - 2)))]
        text = lines[y] if y < len(lines) else ""
        return self._strip([("  " + text, "text" if y == 0 else "muted")], width)

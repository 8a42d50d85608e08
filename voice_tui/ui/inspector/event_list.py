"""The list of events: only the lines that one sees are drawn, and it stays where the reader is."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from voice_tui.drivers.wirestore import WireEvent
from voice_tui.ui.inspector.log import EventLog
from voice_tui.ui.inspector.wording import EMPTY, line

STRIPS = 1_000  # drawn lines that are kept: several screens of them


class EventList(ScrollView, can_focus=True):
    """One line an event. It follows what is new while its cursor is on the last one.

    Args:
        log: What is listed.

    Attributes:
        zero: The store's clock when the conversation was first live, s.
        current: The event under the cursor.
    """

    COMPONENT_CLASSES = {
        "events--text",
        "events--muted",
        "events--trouble",
        "events--linked",
        "events--current",
    }
    BINDINGS = [
        Binding("up", "move(-1)", "Up", id="events.up", show=False),
        Binding("down", "move(1)", "Down", id="events.down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="events.page-up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="events.page-down", show=False),
        Binding("home", "leap(0)", "First", id="events.first", show=False),
        Binding("end", "leap(-1)", "Last, and follow", id="events.last", show=False),
    ]

    class Moved(Message):
        """The cursor is on another event."""

        def __init__(self, list_: EventList) -> None:
            super().__init__()
            self.list = list_

        @property
        def control(self) -> EventList:
            """The list it comes from."""
            return self.list

    def __init__(self, log: EventLog, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._log = log
        self.zero = 0.0
        self.following = True
        self._seen = 0  # the newest event of the list when it followed last
        self.current: WireEvent | None = None
        self._moves = False  # it scrolls by itself
        self._top = 0  # number of the first event that is seen, while it does not follow
        self._linked: frozenset[int] = frozenset()
        self._several = False
        self._drawn: tuple[object, ...] = ()  # what it was drawn from
        self._strips: dict[tuple[object, ...], Strip] = {}

    # ---- what is listed

    def sync(self) -> None:
        """The log has read on, or lists other events."""
        count = self._log.count
        size = Size(self.scrollable_content_region.width, count)
        if size != self.virtual_size:
            self.virtual_size = size
        self._several |= self._log.store.last > 0 and self._connections > 1
        if self.following and not self._log.paused:
            last = self._log.at(count - 1)
            self._seen = last.number if last is not None else 0
            if last is not self.current:
                self._take(last)
            self._scroll(max(0, count - self._height))
        elif self._top:
            self._scroll(max(0, self._log.place(self._top)))
        drawn = (count, self._log.at(0), self._log.filter, self._several, self.zero)
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()

    @property
    def new(self) -> int:
        """Events that came while it did not follow."""
        return 0 if self.following else self._log.after(self._seen)

    @property
    def _connections(self) -> int:
        last = self._log.store.event(self._log.store.last)
        return last.connection if last is not None else 0

    @property
    def _height(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def _scroll(self, top: int) -> None:
        if top != round(self.scroll_offset.y):
            self._moves = True
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
            self._moves = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember which event is the first that is seen; who scrolls back does not follow."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moves and round(new_value) < self.max_scroll_y:
            self.following = False
        top = self._log.at(round(new_value))
        self._top = top.number if top is not None else 0

    def on_resize(self) -> None:
        """Another size: the cursor stays in view."""
        self.sync()
        self._reveal()

    # ---- the cursor

    def go_to(self, number: int) -> None:
        """Put the cursor on an event, or on the next one that is listed."""
        place = self._log.place(number)
        if place < 0:
            return
        self.following = place == self._log.count - 1
        before = self.current
        self._take(self._log.at(place))
        self._reveal()
        self._redraw(before, self.current)

    def _take(self, event: WireEvent | None) -> None:
        self.current = event
        self.look()
        self.post_message(self.Moved(self))

    def look(self) -> None:
        """See what goes with the event under the cursor."""
        found = self._log.linked(self.current.number) if self.current is not None else []
        linked = frozenset(other.number for other in found)
        if linked != self._linked:
            changed, self._linked = linked ^ self._linked, linked
            self._redraw(*(self._log.store.event(number) for number in changed))

    def _redraw(self, *events_: WireEvent | None) -> None:
        """Draw these lines again, those that are seen."""
        for event in events_:
            if event is not None and self._log.listed(event.number):
                self.refresh_lines(self._log.place(event.number))

    def _reveal(self) -> None:
        if self.current is None:
            return
        place, top = self._log.place(self.current.number), round(self.scroll_offset.y)
        if place < top:
            self._scroll(place)
        elif place >= top + self._height:
            self._scroll(place - self._height + 1)

    def action_move(self, by: int) -> None:
        """The event above or below."""
        place = self._log.place(self.current.number) if self.current is not None else self._log.count - 1
        self._go(place + by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.action_move(by * max(1, self._height - 1))

    def action_leap(self, to: int) -> None:
        """The first event (0), or the last (-1)."""
        self._go(to if to >= 0 else self._log.count - 1)

    def _go(self, place: int) -> None:
        event = self._log.at(min(self._log.count - 1, max(0, place)))
        if event is not None:
            self.go_to(event.number)

    def on_click(self, click: events.Click) -> None:
        """Put the cursor there."""
        at = click.get_content_offset(self)
        if at is not None:
            self._go(round(self.scroll_offset.y) + at.y)

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """One event."""
        width = self.scrollable_content_region.width
        event = self._log.at(round(self.scroll_offset.y) + y)
        if event is None:
            words = f"  {EMPTY}" if y == 0 and not self._log.count and not self._log.store.last else ""
            return self._strip([(words, "muted")], width)
        linked, current = event.number in self._linked, event is self.current
        key = (event.number, linked, current, width, self._several, self.zero)
        if (strip := self._strips.get(key)) is None:
            if len(self._strips) > STRIPS:
                self._strips.clear()
            glance = self._log.store.glance(event)
            encoding = self._log.encoding(event) if glance.audio else ""
            pieces = line(event, glance, event.t - self.zero, encoding, width, linked=linked, several=self._several)
            strip = self._strips[key] = self._strip(pieces, width, current=current)
        return strip

    def notify_style_update(self) -> None:
        """Another theme: no drawn line is right any more."""
        super().notify_style_update()
        self._strips.clear()

    def _strip(self, pieces: list[tuple[str, str]], width: int, *, current: bool = False) -> Strip:
        base = self.rich_style
        under = base + self.get_component_rich_style("events--current", partial=True) if current else base
        segments = [
            Segment(text, under + self.get_component_rich_style(f"events--{style}", partial=True))
            for text, style in pieces
        ]
        return Strip(segments).adjust_cell_length(width, under)

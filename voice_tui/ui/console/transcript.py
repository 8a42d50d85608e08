"""The conversation: a scroll view that draws only the lines one sees, so that 10,000 items cost what ten do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from voice_tui.messages.link import CallEnded, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Phase, PhaseChanged, Row, RowChanged, RowRemoved
from voice_tui.messages.tools import DeadAir, ToolBegan, ToolCalled
from voice_tui.ui.common.context_wording import remark
from voice_tui.ui.common.wording import LINK_LOOK, NOT_CONNECTED, PHASE_LOOK, PHASE_WORDS, wrap
from voice_tui.ui.console.calls import Calls
from voice_tui.ui.console.rows import LABEL_CELLS, REMARK, Block, Line, Rows
from voice_tui.ui.messages import ScreenWanted

_ROOMY_LINES = 18  # from this height on items are set apart by an empty line
_PAGE_OVERLAP = 2  # lines one has read already when turning the page
CUT_STYLES = ("cut", "rejected", "waiting")  # of the line that says where an answer was cut
INVITATION = "Say something, or type below and press Enter."


class TranscriptPane(ScrollView, can_focus=False):
    """One block of lines per conversation item, in conversation order.

    It follows what is said only while its end is on the screen; else it stays where the reader is and
    counts what is new in its lower border. It takes no focus: the page keys reach it from everywhere, and
    Tab goes from the input line to the sliders.

    Args:
        clock: Seconds, monotonic.
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
    }
    BORDER_TITLE = "Conversation"

    class Unread(Message):
        """The number of items changed below the reader's view is another."""

        def __init__(self, transcript: TranscriptPane, items: int) -> None:
            super().__init__()
            self.transcript = transcript
            self.items = items

        @property
        def control(self) -> TranscriptPane:
            """The transcript it comes from."""
            return self.transcript

    def __init__(self, clock: Callable[[], float] = lambda: 0.0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._floor = ""  # who has it, with its sign
        self._phase, self._link = Phase.LISTENING, Link.CONNECTING
        self.calls = Calls()
        self.rows = Rows()
        self.invitation = INVITATION
        self.following = True
        self._unread: set[str] = set()
        self._remarks = 0
        self._strips: dict[tuple[int, int], Strip] = {}  # by identity of the block and line in it

    def show(self, notice: Notice) -> None:
        """Take a row in, out or along; the border says who speaks."""
        match notice:
            case RowChanged(row=row, after=after):
                self._keep_place(lambda: self.rows.put(row, after), row.item_id)
            case RowRemoved(item_id=item_id):
                self._keep_place(lambda: self.rows.remove(item_id), item_id)
            case PhaseChanged(phase=phase):
                for each in Phase:
                    self.set_class(each is phase, f"-{each.value.replace(' ', '-')}")
                self._phase, self._floor = phase, f"{PHASE_LOOK[phase][0]} {PHASE_WORDS[phase]}"
                self._tell_floor()
            case CallEnded():
                self._entitle(f"{LINK_LOOK[Link.CLOSED][0]} hung up")
            case LinkChanged(link=link):
                self._link = link
                if link is not Link.CLOSED:
                    self._tell_floor()
            case ToolBegan() | ToolCalled() | DeadAir():
                self._show_calls(self.calls.show(notice, self._clock()))
            case _:
                if words := remark(notice):
                    self._remarks += 1
                    item_id = f"{REMARK}{self._remarks}"
                    row = Row(item_id, "system", "", note=words)
                    self._keep_place(lambda: self.rows.put(row, self.rows.last), item_id)

    def _tell_floor(self) -> None:
        """Who has it; while nobody is on the line nobody listens."""
        away = self._phase is Phase.LISTENING and self._link is not Link.LIVE
        self._entitle(f"{LINK_LOOK[self._link][0]} {NOT_CONNECTED}" if away else self._floor)

    def _entitle(self, floor: str) -> None:
        self.border_title = " · ".join(filter(None, (self.BORDER_TITLE, floor)))

    def rest(self) -> None:
        """Say how long the calls that are not over have taken by now."""
        self._show_calls(self.calls.lines(self._clock()))

    def _show_calls(self, lines: dict[str, str]) -> None:
        for call_id, words in lines.items():
            item_id = f"{REMARK}{call_id}"
            row = Row(item_id, "system", "tool", note=words)
            if item_id not in self.rows or self.rows.block(item_id).row != row:
                after = item_id if item_id in self.rows else self.rows.last
                self._keep_place(partial(self.rows.put, row, after), item_id)

    def invite(self, text: str) -> None:
        """What stands there while nothing has been said."""
        self.invitation = text
        self.refresh()

    def read(self, how: str) -> None:
        """Scroll as a reader: ``page_up``, ``page_down``, ``home`` or ``end``."""
        page = max(1, self.scrollable_content_region.height - _PAGE_OVERLAP)
        top = self.scroll_offset.y
        target = {"page_up": top - page, "page_down": top + page, "home": 0, "end": self.max_scroll_y}[how]
        self.scroll_to(y=target, animate=False, force=True)

    def _keep_place(self, change: Callable[[], object], item_id: str) -> None:
        """Carry out a change without moving the text under the reader; draw only what it touched."""
        anchor = None if self.following else self.rows.at(self.scroll_offset.y)
        before = self._place(item_id)
        change()
        if before is not None and before == self._place(item_id):
            changed, top, _height = before
            for offset in range(len(changed.lines)):
                self._strips.pop((id(changed), offset), None)
            self.refresh_lines(top, len(changed.lines))
        else:
            self._strips.clear()
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
            self.virtual_size = size
        if following:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True, immediate=True)
            self.following = True
        elif anchor in self.rows:
            top = self.rows.block(anchor).top + offset
            if top != self.scroll_offset.y:
                self.scroll_to(y=top, animate=False, force=True, immediate=True)
        self.refresh()

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
            self.post_message(self.Unread(self, n))

    def on_click(self, event: events.Click) -> None:
        """Who was that? What happened there?"""
        at = event.get_content_offset(self)
        found = None if at is None else self.rows.at(self.scroll_offset.y + at.y)
        if at is None or found is None:
            return
        block, offset = found
        if at.x < LABEL_CELLS and not offset and block.row.role == "user":
            self.post_message(ScreenWanted("speakers", block.row.voice))
        elif block.row.cut is not None and any(style in CUT_STYLES for _, style in block.lines[offset]):
            self.post_message(ScreenWanted("inspector", block.row.item_id))

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

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if not len(self.rows):
            return self._invitation_line(y, width)
        found = self.rows.at(number)
        if found is None:
            return Strip.blank(width, self.rich_style)
        block, offset = found
        span = self.text_selection.get_span(number) if self.text_selection is not None else None
        key = (id(block), offset)
        strip = self._strips.get(key) if span is None else None
        if strip is None:
            strip = self._draw(block.lines[offset], width, span)
            if span is None:
                self._strips[key] = strip
        return strip.apply_offsets(0, number)

    def _draw(self, line: Line, width: int, span: tuple[int, int] | None) -> Strip:
        base = self.rich_style
        styled = ((text, self.get_component_rich_style(f"transcript--{style}")) for text, style in line)
        if span is None:
            segments = [Segment(text, base + style) for text, style in styled]
        else:
            chosen = self.screen.get_component_rich_style("screen--selection")
            start, end = span
            segments, at = [], 0
            for text, style in styled:
                first = min(len(text), max(0, start - at))
                last = len(text) if end == -1 else min(len(text), max(first, end - at))
                parts = ((text[:first], style), (text[first:last], style + chosen), (text[last:], style))
                segments += [Segment(part, base + look) for part, look in parts if part]
                at += len(text)
        return Strip(segments).adjust_cell_length(width, base)

    def _invitation_line(self, y: int, width: int) -> Strip:
        words = self.invitation
        spans = wrap(words, max(10, width - LABEL_CELLS))
        if y >= len(spans):
            return Strip.blank(width, self.rich_style)
        a, b = spans[y]
        return self._draw(((" " * 2, "text"), (words[a:b], "waiting")), width, None)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, for the clipboard."""
        return selection.extract(self.rows.text()), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

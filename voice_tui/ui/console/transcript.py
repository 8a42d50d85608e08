"""The conversation pane: it follows the notices, is pointed at, searched and clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.cells import cell_len
from textual import events
from textual.color import Color
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Phase, PhaseChanged, Row, RowChanged, RowRemoved, SpeechStarted
from voice_tui.messages.tools import DeadAir, ToolBegan, ToolCalled
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.context_wording import remark
from voice_tui.ui.common.needle import Needle
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.console.calls import Calls
from voice_tui.ui.console.item_lines import LABEL_CELLS, Line
from voice_tui.ui.console.margin import Margin
from voice_tui.ui.console.passage import match_line, matches
from voice_tui.ui.console.row_layout import REMARK
from voice_tui.ui.console.rows import Block
from voice_tui.ui.console.rows_view import RowsView
from voice_tui.ui.console.unsent import Unsent
from voice_tui.ui.messages import ScreenWanted

FLOOR_HUES = {
    Phase.USER_SPEAKING: "you", Phase.ASSISTANT_SPEAKING: "assistant", Phase.INTERRUPTED: "interruption",
}  # fmt: skip
CUT_STYLES = ("cut", "rejected", "waiting")  # of the line that says where an answer was cut


class TranscriptPane(RowsView):
    """The conversation: what was said, what was not heard, what happened between.

    Args:
        clock: Seconds, monotonic.
        margin: What stands beside the turns.
    """

    BORDER_TITLE = "Conversation"

    def __init__(
        self, clock: Callable[[], float] = lambda: 0.0, margin: Margin | None = None, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._margin = margin or Margin(clock, lambda ms: ms / 1000)
        self._phase = Phase.LISTENING
        self.calls = Calls()
        self.invitation = ""
        self._remarks = 0
        self._unsent = Unsent()
        self._pointed: Block | None = None  # where the mouse was pressed last

    def show(self, notice: Notice) -> None:
        """Take a row in, out or along; the border has the colour of whoever speaks."""
        for item_id in self._margin.show(notice):
            if item_id in self.rows:
                self.keep_place(partial(self.rows.tell, item_id, self._margin.of(item_id)), item_id)
        match notice:
            case RowChanged(row=row, after=after):
                if row.item_id not in self.rows and (waited := self._unsent.taken(row)) is not None:
                    self.keep_place(lambda: self.rows.remove(waited), waited)
                beside = None if row.item_id in self.rows else self._margin.of(row.item_id)
                self.keep_place(lambda: self.rows.put(row, after, beside), row.item_id)
            case RowRemoved(item_id=item_id):
                self.keep_place(lambda: self.rows.remove(item_id), item_id)
            case PhaseChanged(phase=phase):
                before, self._phase = self._phase, phase
                if phase is not before:
                    self._frame()
            case SpeechStarted() | TurnTimed() | InterruptionTimed():
                pass  # the margin has them
            case ToolBegan() | ToolCalled() | DeadAir():
                self._show_calls(self.calls.show(notice, self._clock()))
            case _:
                if words := remark(notice):
                    self._remarks += 1
                    item_id = f"{REMARK}{self._remarks}"
                    row = Row(item_id, "system", "", note=words)
                    self.keep_place(lambda: self.rows.put(row, self.rows.last), item_id)

    def show_unsent(self, text: str) -> None:
        """Show a turn that was typed and that nobody takes yet."""
        row = self._unsent.typed(text)
        self.keep_place(lambda: self.rows.put(row, self.rows.last), row.item_id)

    def _frame(self) -> None:
        """The frame has the colour of who has the floor. No class says so: every style of the lines would be anew."""
        hue = FLOOR_HUES.get(self._phase)
        colour = None if hue is None else Color.parse(self.app.theme_variables[hue])
        self.styles.border = None if colour is None else ("round", colour)
        self.styles.border_title_color = colour

    def notify_style_update(self) -> None:
        """Another theme, another colour."""
        super().notify_style_update()
        if self._phase in FLOOR_HUES:
            self._frame()

    def rest(self) -> None:
        """Say how long the calls that are not over have taken by now."""
        self._show_calls(self.calls.lines(self._clock()))

    def _show_calls(self, lines: dict[str, str]) -> None:
        for call_id, words in lines.items():
            item_id = f"{REMARK}{call_id}"
            row = Row(item_id, "system", "tool", note=words)
            if item_id not in self.rows or self.rows.block(item_id).row != row:
                after = item_id if item_id in self.rows else self.rows.last
                self.keep_place(partial(self.rows.put, row, after), item_id)

    def invite(self, text: str) -> None:
        """What stands there while nothing has been said."""
        self.invitation = text
        self.refresh()

    def empty_line(self, y: int, width: int) -> Strip:
        """The invitation."""
        spans = wrap(self.invitation, max(10, width - LABEL_CELLS))
        if y >= len(spans):
            return super().empty_line(y, width)
        a, b = spans[y]
        return self.draw(((" " * 2, "text"), (self.invitation[a:b], "waiting")), width)

    # ---- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where: a double click selects the turn there."""
        at = event.get_content_offset(self)
        found = None if at is None else self.rows.at(self.scroll_offset.y + at.y)
        self._pointed = found[0] if found else None

    def on_click(self, event: events.Click) -> None:
        """Who was that? What happened there?"""
        at = event.get_content_offset(self)
        found = None if at is None else self.rows.at(self.scroll_offset.y + at.y)
        if at is None or found is None:
            return
        block, offset = found
        if at.x < LABEL_CELLS and not offset and block.row.role == "user":
            self.post_message(ScreenWanted("speakers", block.row.voice))
            return
        if block.row.cut is not None:
            style = _style_at(block.lines[offset], at.x)
            if style == "why":
                self.post_message(ScreenWanted("why", self._margin.number(block.row.item_id)))
            elif style in CUT_STYLES:
                self.post_message(ScreenWanted("inspector", block.row.item_id))

    def text_select_all(self) -> None:
        """A double click selects the turn under the mouse."""
        block = self._pointed
        if block is not None:
            last = block.top + len(block.lines) - 1
            end = sum(len(text) for text, _ in block.lines[-1].pieces)
            self.screen.selections = {self: Selection(Offset(0, block.top), Offset(end, last))}

    # ---- the cursor, and what is looked for

    def move_cursor(self, by: int) -> None:
        """To another turn; from nowhere to the last one."""
        item_id = self.rows.turn(self.cursor, by)
        if item_id is not None:
            self.cursor = item_id
            self.redraw()
            self.reveal(item_id, 0)

    def drop_cursor(self) -> bool:
        """No turn is pointed at any more; False when none was."""
        had, self.cursor = self.cursor is not None, None
        if had:
            self.redraw()
        return had

    def search(self, words: str) -> tuple[int, int]:
        """Look for words, from the end backwards.

        Returns:
            Which match one is at, counted from 1, and how many there are; (0, 0) for none.
        """
        self.needle, self.match = Needle(words), None
        self.redraw()
        return self.next_match(-1)

    def next_match(self, by: int) -> tuple[int, int]:
        """To the next place (1) or the one before (-1), around the ends; gives what `search` gives."""
        found = matches(self.rows, self.needle)
        if not found:
            self.match = None
            return 0, 0
        outside = len(found) if by < 0 else -1
        at = ((found.index(self.match) if self.match in found else outside) + by) % len(found)
        self.match = found[at]
        self.redraw()
        block = self.rows.block(self.match.item_id)
        self.reveal(self.match.item_id, match_line(block, self.needle, self.match.number))
        return at + 1, len(found)


def _style_at(line: Line, x: int) -> str:
    """The style of the piece in this column."""
    at = 0
    for text, style in line.pieces:
        at += cell_len(text)
        if x < at:
            return style
    return ""

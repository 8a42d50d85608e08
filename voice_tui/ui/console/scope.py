"""The scope: the last minutes of levels, detectors and cuts over an axis of time, at any zoom."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import (
    Ack,
    Interrupted,
    LevelMeasured,
    SpeechStarted,
    SpeechStopped,
    Truncated,
    VoiceNoticed,
)
from voice_tui.messages.turns import Stage, StageReached
from voice_tui.ui.common.border import EDGE_CELLS, both_ends
from voice_tui.ui.console.scope_lanes import (
    View,
    axis,
    bars,
    legend,
    length_words,
    marks,
    marks_in,
    speech,
    time_words,
)
from voice_tui.ui.console.scope_model import NOTHING, PLAIN, SIGNS, Columns, Lane, Trace, dbfs_of
from voice_tui.ui.console.scope_position import Position

LABEL_CELLS = 8
DRAW_S = 0.12  # eight times a second: as fast as one can see
MOVED_MS = 500  # the two clocks are apart by another time now: it was hung up meanwhile
PAGE = 10  # columns
_DETECTORS = {"here": "local", "server": "server"}
_FIXED = 3  # rows that are no bars: the axis and the two detectors


class Drawn(NamedTuple):
    """What is seen, as it was when it was drawn."""

    view: View
    columns: Columns
    known: int  # columns up to the newest

    def differs(self, before: Drawn) -> int | None:
        """The first column that looks otherwise than before; None where all look the same."""
        other = np.zeros(self.view.cells, bool)
        for now, then in zip(self.columns, before.columns, strict=True):
            other |= now != then
        other[max(0, min(self.known, before.known) - 1) : max(self.known, before.known)] |= self.known != before.known
        found = np.flatnonzero(other)
        return int(found[0]) if len(found) else None


class Scope(Widget, can_focus=True):
    """An axis of time, you, our ears, the server's, the AI; and what the signs mean in the border.

    Args:
        clock: Seconds; how often it draws.
        when: Seconds of the conversation at a moment of the talk's clock, ms.
        replayed: A recording is shown.
    """

    COMPONENT_CLASSES = {
        "scope--label",
        "scope--axis",
        "scope--you",
        "scope--here",
        "scope--server",
        "scope--ai",
        "scope--ducked",
        "scope--mark",
        "scope--resume",
        "scope--grid",
        "scope--cursor",
    }
    BINDINGS = [
        Binding("left", "move('back')", "Before", show=False),
        Binding("right", "move('on')", "Next", show=False),
        Binding("shift+left", f"move('back', {PAGE})", "Further back", show=False),
        Binding("shift+right", f"move('on', {PAGE})", "Further on", show=False),
        Binding("end", "follow", "Follow", show=False),
    ]

    def __init__(
        self,
        clock: Callable[[], float],
        when: Callable[[int], float] = lambda ms: ms / 1000,
        *,
        replayed: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._clock, self._when, self._replayed = clock, when, replayed
        self._drawn_at = -math.inf
        self._dirty = False
        self._drawn: Drawn | None = None
        self._offset_ms = 0  # from the talk's clock to the conversation's
        self._styles: dict[str, Style] = {}
        self.trace = Trace()
        self.position = Position(self.trace)

    @property
    def cells(self) -> int:
        """Columns there is room for."""
        return max(1, self.size.width - LABEL_CELLS)

    @property
    def view(self) -> View:
        """What is seen."""
        return self.position.view(self.cells)

    # ---- what is told

    def show(self, notice: Notice) -> None:
        """Take over a level, or what a detector or the engine did."""
        trace = self.trace
        match notice:
            case LevelMeasured():
                self.level(notice)
                self.draw_if_due()
                return
            case SpeechStarted(source=source, at_ms=at):
                trace.speech(source, at, speaking=True)
            case SpeechStopped(source=source, at_ms=at):
                trace.speech(source, at, speaking=False)
            case StageReached(stage=stage, at_ms=at, by=by):
                trace.mark(stage, at, by)
            case VoiceNoticed(at_ms=at):
                trace.mark(Stage.ONSET, at)
            case Interrupted():
                trace.mark(Stage.CUT)
            case Truncated(ack=Ack.PENDING):
                trace.mark(Stage.TRUNCATED)
            case LinkChanged(link=link) if link is not Link.LIVE:
                trace.silence("server")
            case _:
                return
        self._drawn = None
        self._dirty = True
        self.draw_if_due()

    def level(self, notice: LevelMeasured) -> None:
        """Take a level over without drawing it: one that waited behind others."""
        n = notice
        if self.trace.level(n.t, n.mic_dbfs, n.assistant_dbfs, n.gain, heard=n.heard):
            self._dirty = True

    # ---- drawing

    def draw_if_due(self) -> None:
        """Draw what is new, unless it was drawn a moment ago; what waits is drawn with the next level or rest."""
        if self._clock() - self._drawn_at >= DRAW_S:
            self.draw()

    def draw(self) -> None:
        """Draw what is new, if it is seen."""
        if not self._dirty or not self.display or not self.is_attached or self.app.screen is not self.screen:
            return
        self._dirty, self._drawn_at = False, self._clock()
        before, now = self._drawn, self._look()
        if before is None or before.view != now.view:
            self._say()
            self.refresh()
        elif (first := now.differs(before)) is not None:  # nothing has scrolled: only the newest columns are others
            x = LABEL_CELLS + first
            self.refresh(Region(x, 0, self.size.width - x, self.size.height))

    def _look(self) -> Drawn:
        """Take what is seen out of the trace."""
        view, trace = self.view, self.trace
        offset = round(self._when(trace.now_ms) * 1000) - trace.now_ms
        if abs(offset - self._offset_ms) > MOVED_MS:
            self._offset_ms = offset
        columns = trace.columns(view.start_ms, view.cells, view.column_ms)
        known = 0 if trace.empty else min(view.cells, max(0, view.cell(trace.last_ms) + 1))
        self._drawn = Drawn(view, columns, known)
        return self._drawn

    def _moved(self) -> None:
        """Something else is seen."""
        self._drawn = None
        self._say()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer columns have room."""
        self._moved()

    def _say(self) -> None:
        """Put the length and the legend above, the keys or what is under the cursor below."""
        width, position = self.outer_size.width, self.position
        name = f"Scope {length_words(self.view)}" + (" · stands still" if position.frozen else "")
        self.border_title = both_ends(name, legend(max(0, width - EDGE_CELLS - len(name) - 3)), width)
        if position.cursor_ms is not None:
            self.border_subtitle = Content(self.under_cursor())
        else:
            deeds = ["[@click=zoom('in')]+[/] [@click=zoom('out')]-[/] zoom"]
            if not self._replayed:  # there these keys move through the recording
                still = "follow" if position.frozen else "freeze"
                deeds.append("[@click=move('back')]←[/] [@click=move('on')]→[/] scroll")
                deeds.append(f"[@click=freeze]Space {still}[/]")
            self.border_subtitle = Content.from_markup(" · ".join(deeds))

    def under_cursor(self) -> str:
        """The values of the column under the cursor."""
        at, ms, trace = self.position.cursor_ms, self.position.column_ms, self.trace
        if at is None:
            return ""
        (you,), (ai,), _ = trace.columns(at, 1, ms)
        said = [time_words(at + self._offset_ms, ms < 1000)]
        for name, code in (("you", int(you)), ("AI", int(ai))):
            dbfs = dbfs_of(code)
            silent = "silent" if code == NOTHING and name == "AI" else "–"
            said.append(f"{name} {silent if dbfs is None else f'{dbfs:.0f} dBFS'}")
        for name, source in _DETECTORS.items():
            if any(span.covers(at, at + ms, trace.last_ms) for span in trace.spans.get(source, ())):
                said.append(f"{name} hears you")
        said += [f"{SIGNS[stage].text} {SIGNS[stage].name}" for stage in marks_in(trace, at, at + ms)]
        return " · ".join(said)

    def notify_style_update(self) -> None:
        """Another theme: no style is right any more."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.rich_style + self.get_component_rich_style(
                f"scope--{name}", partial=name == "cursor"
            )
        return style

    def rows(self) -> list[str]:
        """What stands in each row: bars share what the other rows leave over, yours first."""
        left = max(2, self.size.height - _FIXED)
        return ["axis", *["you"] * (left - left // 2), "here", "server", *["AI"] * (left // 2)]

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        rows = self.rows()
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        drawn, row = self._drawn or self._look(), rows[y]
        text, styles = self._row(drawn, row, y - rows.index(row), rows.count(row))
        lowest = y + 1 == len(rows) or rows[y + 1] != row
        if row in tuple(Lane) and lowest:
            shown = list(text)
            for cell, stage in marks(self.trace, Lane(row), drawn.view).items():
                shown[cell], styles[cell] = SIGNS[stage].text, "resume" if stage is Stage.RESUME else "mark"
            text = "".join(shown)
        label = "" if row == "axis" or not lowest else row
        segments = [Segment(label.ljust(LABEL_CELLS), self._style("label")), *self._segments(drawn, text, styles)]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _row(self, drawn: Drawn, row: str, number: int, count: int) -> tuple[str, list[str]]:
        """The characters of a row and the style of each."""
        view, cells, known = drawn.view, drawn.view.cells, drawn.known
        if row == "axis":
            return axis(view, self._offset_ms, known), ["axis"] * cells
        if row in _DETECTORS:
            return speech(self.trace, _DETECTORS[row], view), [row] * cells
        codes: Sequence[int] = (drawn.columns.you if row == "you" else drawn.columns.ai)[:known].tolist()
        text = bars(codes, count, silence=" " if row == "AI" else "╌")[number].ljust(cells)
        played = drawn.columns.played.tolist()
        plain = "ai" if row == "AI" else "you"
        levels = [
            "grid" if code <= NOTHING else "ducked" if row == "AI" and how != PLAIN else plain
            for code, how in zip(codes, played, strict=False)
        ]
        return text, levels + ["grid"] * (cells - known)

    def _segments(self, drawn: Drawn, text: str, styles: list[str]) -> list[Segment]:
        """Runs of one style; the column under the cursor stands out."""
        cursor = -1 if self.position.cursor_ms is None else drawn.view.cell(self.position.cursor_ms)
        segments, start, cells = [], 0, len(styles)
        for end in range(1, cells + 1):
            if end == cells or styles[end] != styles[start] or cursor in (end, end - 1):
                style = self._style(styles[start])
                segments.append(Segment(text[start:end], style + self._style("cursor") if start == cursor else style))
                start = end
        return segments

    # ---- what the user wants

    def action_move(self, way: str, columns: int = 1) -> None:
        """Move the cursor back, or on; the first press puts it at the newest column."""
        self.position.move(columns if way == "on" else -columns, self.cells)
        self._moved()

    def action_zoom(self, way: str) -> None:
        """In: shorter columns. Out: longer ones."""
        self.position.change_zoom(1 if way == "in" else -1, self.cells)
        self._moved()

    def action_freeze(self) -> None:
        """Stand still, or follow again."""
        self.position.freeze()
        self._moved()

    def action_follow(self) -> bool:
        """Follow what is new; False when it did."""
        was = self.position.follow()
        if was:
            self._moved()
        return was

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there."""
        at = event.get_content_offset(self)
        if at is not None and at.x >= LABEL_CELLS and not self.trace.empty:
            view = self.view
            wanted = view.start_ms + (at.x - LABEL_CELLS) * view.column_ms
            self.position.point(min(self.trace.last_ms, wanted), self.cells)
            self._moved()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel goes back in time; with Ctrl it makes columns shorter."""
        event.stop()
        self._wheel(event.ctrl, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel goes on in time; with Ctrl it makes columns longer."""
        event.stop()
        self._wheel(event.ctrl, 1)

    def _wheel(self, ctrl: bool, by: int) -> None:
        if ctrl:
            self.action_zoom("in" if by < 0 else "out")
        else:
            self.position.scroll(by * PAGE, self.cells)
            self._moved()

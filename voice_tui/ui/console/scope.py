"""The scope: the last seconds of levels, detectors and cuts, one column for each quarter of a second."""

from __future__ import annotations

import math
from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual import events
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
from voice_tui.messages.turns import InterruptionTimed, Stage, StageReached
from voice_tui.ui.console.scope_model import SIGNS, SLICE_MS, Lane, Trace, grid_row, legend, mic_row, voice_row
from voice_tui.ui.console.turn_wording import waterfall

LABEL_CELLS = 7
ROWS = ("mic", "local", "server", "voice", "turn")
DRAW_S = 0.12  # eight times a second: a column lasts twice as long
_EDGE_CELLS = 6  # what a border line needs beside its words


class Scope(Widget):
    """Five rows: microphone, local and server detector, assistant, and what came of a voice over it.

    The border above tells how long the last interruption took, the one below what the signs mean.

    Args:
        clock: Seconds; how often it draws.
    """

    COMPONENT_CLASSES = {
        "scope--label",
        "scope--mic",
        "scope--local",
        "scope--server",
        "scope--voice",
        "scope--ducked",
        "scope--mark",
        "scope--resume",
        "scope--grid",
    }

    def __init__(self, clock: Callable[[], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._drawn_at = -math.inf
        self._dirty: int | None = None  # the first column that looks different
        self._drawn_first: int | None = None  # the column at the left edge when it was drawn last; None: draw all
        self._timed: InterruptionTimed | None = None
        self._styles: dict[str, Style] = {}
        self.trace = Trace()

    @property
    def cells(self) -> int:
        """Columns there is room for."""
        return max(1, self.size.width - LABEL_CELLS)

    def show(self, notice: Notice) -> None:
        """Take over a level, or what a detector or the engine did."""
        trace = self.trace
        match notice:
            case LevelMeasured(t=t, mic_dbfs=mic, assistant_dbfs=voice, gain=gain, heard=heard):
                changed = trace.level(t, mic, voice, gain, heard=heard)
                if changed is not None:
                    self._dirty = changed if self._dirty is None else min(self._dirty, changed)
                self.draw_if_due()
                return
            case SpeechStarted(source=source, at_ms=at):
                trace.speech(source, at, speaking=True)
            case SpeechStopped(source=source, at_ms=at):
                trace.speech(source, at, speaking=False)
            case StageReached(stage=stage, at_ms=at):
                trace.mark(stage, at)
            case VoiceNoticed(at_ms=at):
                trace.mark(Stage.ONSET, at)
            case Interrupted():
                trace.mark(Stage.CUT)
            case Truncated(ack=Ack.PENDING):
                trace.mark(Stage.TRUNCATED)
            case LinkChanged(link=link) if link is not Link.LIVE:
                trace.silence("server")
            case InterruptionTimed():
                self._timed = notice
                self._say()
                return
            case _:
                return
        self._drawn_first = None
        self._dirty = 0
        self.draw_if_due()

    def draw_if_due(self) -> None:
        """Draw what is new, unless it was drawn a moment ago; what waits is drawn with the next level or rest."""
        if self._clock() - self._drawn_at >= DRAW_S:
            self.draw()

    def draw(self) -> None:
        """Draw what is new."""
        if self._dirty is None:
            return
        first = self.trace.first(self.cells)
        if first == self._drawn_first:  # nothing has scrolled: only the newest columns are others
            x = LABEL_CELLS + max(0, self._dirty - first - 1)
            self.refresh(Region(x, 0, self.size.width - x, len(ROWS)))
        else:
            self.refresh()
        self._drawn_at = self._clock()
        self._drawn_first = first
        self._dirty = None

    def on_resize(self, event: events.Resize) -> None:
        """More or fewer seconds have room."""
        self._drawn_first = None
        self._say()

    def _say(self) -> None:
        """Put the length and the last waterfall above, the legend below."""
        room = self.outer_size.width - _EDGE_CELLS
        title = Content.styled(f"Scope {self.cells * SLICE_MS // 1000} s", "bold")
        if self._timed is not None:
            words = waterfall(self._timed, room - len(title) - 3)
            hue = "$foreground" if self._timed.resumed else "$interruption"
            title = Content.assemble(title, (" ─ ", "$panel"), (words, hue))
        self.border_title = title
        self.border_subtitle = legend(room)

    def notify_style_update(self) -> None:
        """Another theme: no style is right any more."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.rich_style + self.get_component_rich_style(f"scope--{name}")
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        if y >= len(ROWS):
            return Strip.blank(self.size.width, self.rich_style)
        row, cells = ROWS[y], self.cells
        first = self.trace.first(cells)
        match row:
            case "mic":
                levels = list(self.trace.levels(first, cells))
                text = mic_row(levels).ljust(cells)
                styles = ["mic" if lv and lv.mic >= 0 else "grid" for lv in levels]
            case "voice":
                levels = list(self.trace.levels(first, cells))
                text = voice_row(levels).ljust(cells)
                styles = ["grid" if lv is None else "ducked" if lv.ducked else "voice" for lv in levels]
            case "turn":
                text, styles = grid_row(first, cells), ["grid"] * cells
            case _:
                text, styles = self.trace.spans(row, first, cells), [row] * cells
        styles += ["grid"] * (cells - len(styles))
        if row in ("voice", "turn"):
            shown = list(text)
            for cell, stage in self.trace.marks(Lane(row), first, cells).items():
                shown[cell], styles[cell] = SIGNS[stage].text, "resume" if stage is Stage.RESUME else "mark"
            text = "".join(shown)
        segments = [Segment(row.ljust(LABEL_CELLS), self._style("label"))]
        start = 0
        for end in range(1, cells + 1):
            if end == cells or styles[end] != styles[start]:
                segments.append(Segment(text[start:end], self._style(styles[start])))
                start = end
        return Strip(segments, LABEL_CELLS + cells).adjust_cell_length(self.size.width, self.rich_style)

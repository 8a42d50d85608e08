"""The level meter: who is how loud, with the thresholds standing where they act."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from voice_tui.audio.stream.pcm import to_dbfs
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged, SwitchesChanged
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins, level_at
from voice_tui.ui.common.state import STALE_S
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.messages import Wanted

LEVEL_KNOBS = {"local_threshold": "△", "interrupt_threshold": "▲"}
"""The knobs that are levels, with their signs; the server's threshold is a probability and stays off the dB axis."""
LABEL_CELLS = 5
VALUE_CELLS = 8  # " -31 dB" and a space
PEAK_HOLD_S = 1.0
PEAK_FALL_DB_S = 20.0
NUMBER_S = 0.25  # digits that change faster cannot be read
_BLOCKS = " ▏▎▍▌▋▊▉█"
_TICKS = (-60, -40, -20, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """All that is drawn, quantised: an equal look is not drawn again."""

    mic: int = 0
    mic_peak: int = -1
    mic_db: int | None = None
    voice: int = 0
    voice_peak: int = -1
    voice_db: int | None = None


class LevelMeter(Widget):
    """Three lines: microphone, scale, assistant. Thresholds are marks on the first two and are dragged there.

    The microphone's bar is the mean of ``|x|``, the very number the local thresholds are compared with,
    so a bar that crosses a mark is a detector that fires.

    Args:
        clock: Seconds; for holding peaks.
    """

    COMPONENT_CLASSES = {
        "meter--label",
        "meter--mic",
        "meter--assistant",
        "meter--track",
        "meter--peak",
        "meter--over",
        "meter--crossed",
        "meter--mark",
        "meter--problem",
    }
    look: reactive[Look] = reactive(Look, init=False, repaint=False)

    def __init__(self, clock: Callable[[], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._levels = (FLOOR_DBFS, FLOOR_DBFS)
        self._peaks = [(FLOOR_DBFS, -math.inf), (FLOOR_DBFS, -math.inf)]  # dBFS and when it was reached
        self._measured_at = -math.inf
        self._numbers_at = -math.inf
        self._loudest = [FLOOR_DBFS, FLOOR_DBFS]  # since the digits last changed
        self._mic_problem = ""
        self._called = False  # the demo caller speaks in place of a microphone
        self._grabbed = ""
        self._styles: dict[str, Style] = {}
        self.marks: dict[str, float] = {}
        """The thresholds that act in this preset: knob name → dBFS."""

    @property
    def bins(self) -> Bins:
        """The scale: one cell per column of the bar."""
        return Bins(FLOOR_DBFS, TOP_DBFS, max(1, self.size.width - LABEL_CELLS - VALUE_CELLS))

    def show(self, notice: Notice) -> None:
        """Take over levels, thresholds, the want of a microphone, and who speaks in its place."""
        match notice:
            case LevelMeasured():
                self._measured_at = self._clock()
                self._take(to_dbfs(notice.mic_mean), notice.assistant_dbfs)
            case SettingsChanged(settings=settings, active=active):
                marks = {name: to_dbfs(getattr(settings, name)) for name in LEVEL_KNOBS if name in active}
                if marks != self.marks and not self._grabbed:
                    self.marks = marks
                    self.refresh()
            case DevicesChanged(mic_problem=problem):
                self._mic_problem = problem
                self.refresh()
            case SwitchesChanged(demo=called) if called != self._called:
                self._called = called
                self.refresh()
            case _:
                pass

    def rest(self) -> None:
        """Let peaks fall and a stalled microphone fall silent; called a few times a second."""
        if self._clock() - self._measured_at > STALE_S:
            self._take(FLOOR_DBFS, FLOOR_DBFS)

    def _take(self, mic: float, assistant: float) -> None:
        now, bins = self._clock(), self.bins
        self._levels = (mic, assistant)
        peaks: list[int] = []
        for i, level in enumerate(self._levels):
            held, since = self._peaks[i]
            fallen = held - max(0.0, now - since - PEAK_HOLD_S) * PEAK_FALL_DB_S if since > -math.inf else FLOOR_DBFS
            if level >= fallen:
                self._peaks[i], fallen = (level, now), level
            peaks.append(bins.column(fallen) if fallen > FLOOR_DBFS else -1)
            self._loudest[i] = max(self._loudest[i], level)
        look = replace(
            self.look,
            mic=bins.eighths(mic),
            mic_peak=peaks[0],
            voice=bins.eighths(assistant),
            voice_peak=peaks[1],
        )
        silent = look.mic_db is None and look.voice_db is None  # the first sound is told at once
        if silent or now - self._numbers_at >= NUMBER_S:
            self._numbers_at = now
            mic_db, voice_db = (round(x) if x > FLOOR_DBFS else None for x in self._loudest)
            look = replace(look, mic_db=mic_db, voice_db=voice_db)
            self._loudest = [FLOOR_DBFS, FLOOR_DBFS]
        self.look = look

    def render_line(self, y: int) -> Strip:
        """Draw the microphone, the assistant or the scale."""
        look = self.look
        match y:
            case 0:
                if self._mic_problem and not self._called and look.mic == 0:
                    return self._problem_line()
                return self._bar_line("mic", "mic", look.mic, look.mic_peak, look.mic_db, marks=True)
            case 2:
                return self._bar_line("them", "assistant", look.voice, look.voice_peak, look.voice_db, marks=False)
            case 1:
                return self._scale_line()
        return Strip.blank(self.size.width, self.rich_style)

    def watch_look(self, old: Look, new: Look) -> None:
        """Draw only the line that is another."""
        if (old.mic, old.mic_peak, old.mic_db) != (new.mic, new.mic_peak, new.mic_db):
            self.refresh(Region(0, 0, self.size.width, 1))
        if (old.voice, old.voice_peak, old.voice_db) != (new.voice, new.voice_peak, new.voice_db):
            self.refresh(Region(0, 2, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Another theme: no style is right any more."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self.rich_style + self.get_component_rich_style(f"meter--{name}")
        return style

    def _problem_line(self) -> Strip:
        words = shorten("no microphone · F7 demo", self.size.width - LABEL_CELLS)
        segments = [Segment("mic".ljust(LABEL_CELLS), self._style("label")), Segment(words, self._style("problem"))]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _bar_line(self, label: str, hue: str, eighths: int, peak: int, db: int | None, *, marks: bool) -> Strip:
        bins = self.bins
        columns = sorted(bins.column(level) for level in self.marks.values()) if marks else []
        peak = min(peak, bins.cells - 1)  # measured on a wider meter, just before a resize
        whole, part = divmod(min(eighths, 8 * bins.cells), 8)
        cells = ["█"] * whole + ["·"] * (bins.cells - whole)
        styles = [hue] * whole + ["track"] * (bins.cells - whole)
        if part:
            cells[whole], styles[whole] = _BLOCKS[part], hue
        bar_end = whole + bool(part)
        if peak >= bar_end:
            cells[peak], styles[peak] = "▏", "peak"
        for column in range(columns[0] + 1 if columns else bins.cells, bar_end):
            styles[column] = "over"
        for column in columns:
            cells[column], styles[column] = ("┃", "crossed") if column < bar_end else ("╎", "mark")
        segments = [Segment(label.ljust(LABEL_CELLS), self._style("label"))]
        start = 0
        for column in range(1, bins.cells + 1):
            if column == bins.cells or styles[column] != styles[start]:
                segments.append(Segment("".join(cells[start:column]), self._style(styles[start])))
                start = column
        value = f"{db:4d} dB" if db is not None else "   – dB"
        segments.append(Segment(value.rjust(VALUE_CELLS), self._style("label")))
        return Strip(segments, self.size.width)

    def _scale_line(self) -> Strip:
        bins = self.bins
        cells = [" "] * bins.cells
        for tick in _TICKS:
            text = str(tick)
            at = min(bins.cells - len(text), max(0, bins.column(tick) - len(text) + 1))
            cells[at : at + len(text)] = text
        segments = [Segment(" " * LABEL_CELLS, self._style("track")), Segment("".join(cells), self._style("track"))]
        for name, db in self.marks.items():
            segments = _overlay(segments, LABEL_CELLS + bins.column(db), LEVEL_KNOBS[name])
        signs = tuple(LEVEL_KNOBS.values())
        styled = [Segment(s.text, self._style("mark") if s.text in signs else s.style) for s in segments]
        return Strip(styled).adjust_cell_length(self.size.width, self.rich_style)

    def _nearest(self, column: int) -> str:
        bins = self.bins
        return min(self.marks, key=lambda name: abs(bins.column(self.marks[name]) - column), default="")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Grab the nearest threshold."""
        self._grabbed = self._nearest(event.x - LABEL_CELLS)
        if self._grabbed:
            event.stop()
            self.capture_mouse()
            self._drag_to(event.x - LABEL_CELLS)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag it along."""
        if self._grabbed:
            event.stop()
            self._drag_to(event.x - LABEL_CELLS)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let it go."""
        if self._grabbed:
            self._grabbed = ""
            self.release_mouse()
            self.refresh()

    def _drag_to(self, column: int) -> None:
        value = level_at(KNOBS[self._grabbed], self.bins, column)
        if to_dbfs(value) != self.marks[self._grabbed]:
            self.marks[self._grabbed] = to_dbfs(value)
            self.post_message(Wanted(ChangeSetting(self._grabbed, value)))
        self.refresh()


def _overlay(segments: list[Segment], column: int, character: str) -> list[Segment]:
    """Put one character over a line of single-width segments."""
    out: list[Segment] = []
    at = 0
    for segment in segments:
        inside = column - at
        if 0 <= inside < len(segment.text):
            text, style = segment.text, segment.style
            out += [Segment(text[:inside], style), Segment(character, style), Segment(text[inside + 1 :], style)]
        else:
            out.append(segment)
        at += len(segment.text)
    return [segment for segment in out if segment.text]

"""The level meter: who is how loud, with the thresholds standing where they act."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip

from voice_tui.audio.decibels import to_dbfs
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged, SwitchesChanged
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins
from voice_tui.ui.common.state import STALE_S
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.console.gauge import DRAW_S, LABEL_CELLS, Gauge, bar

LEVEL_KNOBS = {"local_threshold": "△", "interrupt_threshold": "▲"}
"""The knobs that are levels, with their signs; the server's threshold is a probability and stays off the dB axis."""
VALUE_CELLS = 10  # " -31 dBFS" and a space
PEAK_HOLD_S = 1.0
PEAK_FALL_DB_S = 20.0
NUMBER_S = 0.25  # digits that change faster cannot be read
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


class LevelMeter(Gauge):
    """Three lines: you, AI, scale. Thresholds are marks on the first and are dragged there.

    The microphone's bar is the mean of ``|x|``, the very number the local thresholds are compared with,
    so a bar that crosses a mark is a detector that fires. The number is the peak that the thin mark holds.

    Args:
        clock: Seconds; for holding peaks.
        demo: The key of the demo caller, who may speak in place of a microphone.
    """

    THRESHOLDS = LEVEL_KNOBS
    look: reactive[Look] = reactive(Look, init=False, repaint=False)

    def __init__(self, clock: Callable[[], float], demo: str, *, id: str | None = None, fixed: bool = False) -> None:
        super().__init__(id=id, fixed=fixed)
        self._clock = clock
        self._no_mic = "no microphone" if fixed else f"no microphone · {demo} demo"
        self._levels = (FLOOR_DBFS, FLOOR_DBFS)
        self._peaks = [(FLOOR_DBFS, -math.inf), (FLOOR_DBFS, -math.inf)]  # dBFS and when it was reached
        self._measured_at = self._drawn_at = -math.inf
        self._loudest = [FLOOR_DBFS, FLOOR_DBFS]  # since the bars were drawn
        self._numbers_at = -math.inf
        self._mic_problem = ""
        self._called = False  # the demo caller speaks in place of a microphone

    @property
    def bins(self) -> Bins:
        """The scale, dBFS."""
        return Bins(FLOOR_DBFS, TOP_DBFS, max(1, self.size.width - LABEL_CELLS - VALUE_CELLS))

    def show(self, notice: Notice) -> None:
        """Take over levels, thresholds, the want of a microphone, and who speaks in its place."""
        match notice:
            case LevelMeasured():
                self._measured_at = self._clock()
                self._take(to_dbfs(notice.mic_mean), notice.assistant_dbfs)
            case SettingsChanged():
                self.take_marks(notice)
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
        if self.look != Look() and self._clock() - self._measured_at > STALE_S:
            self._take(FLOOR_DBFS, FLOOR_DBFS)

    def _take(self, mic: float, assistant: float) -> None:
        now, bins = self._clock(), self.bins
        self._levels = (mic, assistant)
        held: list[float] = []
        for i, level in enumerate(self._levels):
            peak, since = self._peaks[i]
            fallen = peak - max(0.0, now - since - PEAK_HOLD_S) * PEAK_FALL_DB_S if since > -math.inf else FLOOR_DBFS
            if level >= fallen:
                self._peaks[i], fallen = (level, now), level
            held.append(fallen)
        self._loudest = [max(pair) for pair in zip(self._loudest, self._levels, strict=True)]
        if now - self._drawn_at < DRAW_S:
            return
        self._drawn_at = now
        (mic, assistant), self._loudest = self._loudest, [FLOOR_DBFS, FLOOR_DBFS]
        peaks = [bins.column(level) if level > FLOOR_DBFS else -1 for level in held]
        look = replace(
            self.look,
            mic=bins.eighths(mic),
            mic_peak=peaks[0],
            voice=bins.eighths(assistant),
            voice_peak=peaks[1],
        )
        numbers = (look.mic_db, look.voice_db)
        first = any(db is None and level > FLOOR_DBFS for db, level in zip(numbers, held, strict=True))
        if first or now - self._numbers_at >= NUMBER_S:
            self._numbers_at = now
            mic_db, voice_db = (round(level) if level > FLOOR_DBFS else None for level in held)
            look = replace(look, mic_db=mic_db, voice_db=voice_db)
        self.look = look

    def render_line(self, y: int) -> Strip:
        """Draw you, the assistant or the scale."""
        look = self.look
        match y:
            case 0:
                if self._mic_problem and not self._called and look.mic == 0:
                    return self._problem_line()
                return self._bar_line("you", "mic", look.mic, look.mic_peak, look.mic_db)
            case 1:
                return self._bar_line("AI", "assistant", look.voice, look.voice_peak, look.voice_db)
            case 2:
                return self._scale_line()
        return Strip.blank(self.size.width, self.rich_style)

    def watch_look(self, old: Look, new: Look) -> None:
        """Draw only the line that is another."""
        if (old.mic, old.mic_peak, old.mic_db) != (new.mic, new.mic_peak, new.mic_db):
            self.refresh(Region(0, 0, self.size.width, 1))
        if (old.voice, old.voice_peak, old.voice_db) != (new.voice, new.voice_peak, new.voice_db):
            self.refresh(Region(0, 1, self.size.width, 1))

    def _problem_line(self) -> Strip:
        words = shorten(self._no_mic, self.size.width - LABEL_CELLS)
        segments = self.styled(("you".ljust(LABEL_CELLS), "label"), (words, "problem"))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _bar_line(self, label: str, hue: str, eighths: int, peak: int, db: int | None) -> Strip:
        marks = self.columns.values() if hue == "mic" else ()
        value = f"{db if db is not None else '–':>4} dBFS"
        runs = bar(self.bins, eighths, hue, peak=peak, marks=marks)
        line = self.styled((label.ljust(LABEL_CELLS), "label"), *runs, (value.rjust(VALUE_CELLS), "label"))
        return Strip(line, self.size.width)

    def _scale_line(self) -> Strip:
        bins = self.bins
        cells = [" "] * bins.cells
        for tick in _TICKS:
            text = str(tick)
            at = min(bins.cells - len(text), max(0, bins.column(tick) - len(text) + 1))
            cells[at : at + len(text)] = text
        for name, column in self.columns.items():
            cells[column] = LEVEL_KNOBS[name]
        signs = LEVEL_KNOBS.values()
        marked = [Segment(cell, self.style_of("mark" if cell in signs else "track")) for cell in cells]
        strip = Strip([*self.styled((" " * LABEL_CELLS, "track")), *marked])
        return strip.simplify().adjust_cell_length(self.size.width, self.rich_style)

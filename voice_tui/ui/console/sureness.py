"""How sure our ears are that a voice over the assistant is the user's, with the threshold for a cut on the bar."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from textual.reactive import reactive
from textual.strip import Strip

from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged
from voice_tui.ui.common.geometry import Bins
from voice_tui.ui.common.state import STALE_S
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.console.gauge import DRAW_S, LABEL_CELLS, Gauge, bar

HOLD_S = 1.5  # what was reached stays to be read: a cut takes a tenth of a second
NUMBER_S = 0.1
VALUE_CELLS = 19  # " 12.0 of 12.0 to cut"
KNOB = KNOBS["sureness"]


class Sure(NamedTuple):
    """All that is drawn, quantised."""

    now: int = 0
    """In eighths of a cell."""
    peak: float = 0.0
    """The most lately, nats, to a tenth."""


class SurenessBar(Gauge):
    """One line; there is one where our ears decide. The number is the peak that the thin mark holds.

    Args:
        clock: Seconds; for holding the peak.
    """

    THRESHOLDS = ("sureness",)
    look: reactive[Sure] = reactive(Sure, init=False)

    def __init__(self, clock: Callable[[], float], *, id: str | None = None, fixed: bool = False) -> None:
        super().__init__(id=id, fixed=fixed)
        self._clock = clock
        self._reached_at = self._number_at = self._measured_at = self._drawn_at = -math.inf
        self._sure = self._peak = 0.0

    @property
    def bins(self) -> Bins:
        """The scale, nats: up to the highest threshold there can be."""
        room = self.size.width - LABEL_CELLS
        return Bins(0, KNOB.high, max(1, room - self._value_cells))

    @property
    def _value_cells(self) -> int:
        return VALUE_CELLS if self.size.width >= 40 else VALUE_CELLS - 6

    def show(self, notice: Notice) -> None:
        """Take over what adds up, and the threshold."""
        match notice:
            case LevelMeasured(sure=sure):
                self._measured_at = self._clock()
                self._take(sure)
            case SettingsChanged():
                self.take_marks(notice)
            case _:
                pass

    def rest(self) -> None:
        """Let go of a peak that was long ago, and show one that waits."""
        if self._peak or self.look.peak:
            self._take(0.0 if self._clock() - self._measured_at > STALE_S else self._sure)

    def _take(self, sure: float) -> None:
        now, self._sure = self._clock(), sure
        if now - self._reached_at > HOLD_S:
            self._peak = 0.0
        if sure and sure >= self._peak:
            self._peak, self._reached_at = sure, now
        if now - self._drawn_at < DRAW_S:
            return
        self._drawn_at = now
        peak = round(self._peak, 1)
        if peak != self.look.peak and now - self._number_at >= NUMBER_S:
            self._number_at = now
        else:
            peak = self.look.peak  # a number that runs cannot be read; the bar says it meanwhile
        self.look = Sure(self.bins.eighths(sure), peak)

    def render_line(self, y: int) -> Strip:
        """The bar, what was reached, and what is asked for."""
        if y or not self.marks:
            return Strip.blank(self.size.width, self.rich_style)
        bins, asked = self.bins, self.marks["sureness"]
        peak = self.look.peak
        words = f"{peak:.1f} of {asked:.1f} to cut" if self.size.width >= 40 else f"{peak:.1f} of {asked:.1f}"
        column = bins.column(peak) if peak else -1
        runs = bar(bins, self.look.now, "mic", peak=column, marks=self.columns.values())
        value = shorten(words, self._value_cells).rjust(self._value_cells)
        line = self.styled(("sure".ljust(LABEL_CELLS), "label"), *runs, (value, "label"))
        return Strip(line).adjust_cell_length(self.size.width, self.rich_style)

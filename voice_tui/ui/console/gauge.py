"""What the bars of the ears have in common: how one is drawn, and that its thresholds are dragged on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.widget import Widget

from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.ui.common.geometry import Bins
from voice_tui.ui.messages import Wanted

LABEL_CELLS = 5
DRAW_S = 0.1  # a bar that moves faster looks no smoother in a terminal, and costs as much more
_BLOCKS = " ▏▎▍▌▋▊▉█"


def bar(
    bins: Bins, eighths: int, hue: str, *, peak: int = -1, marks: Collection[int] = (), over: bool = True
) -> list[tuple[str, str]]:
    """A bar as texts with the names of their styles.

    Args:
        bins: Its scale.
        eighths: How far it goes, in eighths of a cell.
        hue: Its style.
        peak: The cell of the highest value lately; -1: none.
        marks: The cells of its thresholds.
        over: What goes beyond the first threshold looks so.
    """
    peak = min(peak, bins.cells - 1)  # measured on a wider one, just before a resize
    whole, part = divmod(min(eighths, 8 * bins.cells), 8)
    cells = ["█"] * whole + ["·"] * (bins.cells - whole)
    styles = [hue] * whole + ["track"] * (bins.cells - whole)
    if part:
        cells[whole], styles[whole] = _BLOCKS[part], hue
    end = whole + bool(part)
    if peak >= end:
        cells[peak], styles[peak] = "▏", "peak"
    if over:
        for column in range(min(marks, default=bins.cells) + 1, end):
            styles[column] = "over"
    for column in marks:
        cells[column], styles[column] = ("┃", "crossed") if column < end else ("╎", "mark")
    runs: list[tuple[str, str]] = []
    start = 0
    for column in range(1, bins.cells + 1):
        if column == bins.cells or styles[column] != styles[start]:
            runs.append(("".join(cells[start:column]), styles[start]))
            start = column
    return runs


class Gauge(Widget):
    """Bars on one scale, with the thresholds that act on it. Dragging one there is moving its slider.

    Attributes:
        marks: Knob → place of the threshold on the scale, of those that act in this preset.
    """

    COMPONENT_CLASSES = {
        "gauge--label",
        "gauge--mic",
        "gauge--assistant",
        "gauge--track",
        "gauge--peak",
        "gauge--over",
        "gauge--crossed",
        "gauge--mark",
        "gauge--problem",
    }
    THRESHOLDS: Collection[str] = ()
    """Knobs that are marks on it."""

    def __init__(self, *, id: str | None = None, fixed: bool = False) -> None:
        super().__init__(id=id)
        self._fixed = fixed  # nobody would move a threshold
        self.marks: dict[str, float] = {}
        self._grabbed = ""
        self._styles: dict[str, Style] = {}

    @property
    def bins(self) -> Bins:
        """The scale: one cell per column of the bar."""
        raise NotImplementedError

    @property
    def columns(self) -> Mapping[str, int]:
        """Knob → cell of its mark."""
        bins = self.bins
        return {name: bins.column(place) for name, place in self.marks.items()}

    def take_marks(self, notice: SettingsChanged) -> None:
        """Take over where the thresholds stand; a hand on one goes first."""
        acting = [name for name in self.THRESHOLDS if name in notice.active and name not in notice.lacking]
        marks = {name: KNOBS[name].place(getattr(notice.settings, name)) for name in acting}
        if marks != self.marks and not self._grabbed:
            self.marks = marks
            self.refresh()

    def notify_style_update(self) -> None:
        """Another theme: no style is right any more."""
        super().notify_style_update()
        self._styles.clear()

    def style_of(self, part: str) -> Style:
        """Of a component class, on the background of this gauge."""
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.rich_style + self.get_component_rich_style(f"gauge--{part}")
        return style

    def styled(self, *runs: tuple[str, str]) -> list[Segment]:
        """Texts with the names of their styles, to be drawn."""
        return [Segment(text, self.style_of(part)) for text, part in runs]

    # ---- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Grab the nearest threshold."""
        if self._fixed:
            return
        at, columns = event.x - LABEL_CELLS, self.columns
        self._grabbed = min(columns, key=lambda name: abs(columns[name] - at), default="")
        if self._grabbed:
            event.stop()
            self.capture_mouse()
            self._drag_to(at)

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
        knob = KNOBS[self._grabbed]
        value = knob.at(self.bins.value(column))
        if knob.place(value) != self.marks[self._grabbed]:
            self.marks[self._grabbed] = knob.place(value)
            self.post_message(Wanted(ChangeSetting(self._grabbed, value)))
        self.refresh()

"""A slider for one knob, on one line: keys, mouse, and a value that keeps its place."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from voice_tui.messages.intents import Request
from voice_tui.messages.knobs import KNOBS, Knob
from voice_tui.ui.common.geometry import Points, coarse_step, settle
from voice_tui.ui.messages import Wanted

MARK_CELLS = 2  # "▸ " tells the focus without colour
LABEL_CELLS = max(len(knob.label) for knob in KNOBS.values()) + 1
STYLES = {f"slider--{part}" for part in ("label", "filled", "track", "handle", "value", "mark", "sign", "unseen")}
"""Component classes of the screen: twenty sliders that had them each would take a third of its start."""
SIGN_CELLS = 3  # of what the server made of it
VALUE_CELLS = max(len(knob.format(knob.high)) for knob in KNOBS.values()) + 1


class Slider(Widget, can_focus=True):
    """One knob. Moving it posts what is `Wanted` at once; being told a value says nothing.

    Args:
        knob: What it turns.
        value: Where it stands.
        request: From a value on the knob's step to what is sent.
        mark: Sign of the same knob on the meter, if it is drawn there.
    """

    BINDINGS = [
        Binding("left", "step(-1)", "Less", id="slider.less", tooltip="One step down.", show=False),
        Binding("right", "step(1)", "More", id="slider.more", tooltip="One step up.", show=False),
        Binding("shift+left,ctrl+left,pagedown", "leap(-1)", "Much less", id="slider.much-less", show=False),
        Binding("shift+right,ctrl+right,pageup", "leap(1)", "Much more", id="slider.much-more", show=False),
        Binding("home", "end(-1)", "Least", id="slider.least", tooltip="To the lowest value.", show=False),
        Binding("end", "end(1)", "Most", id="slider.most", tooltip="To the highest value.", show=False),
        Binding("up", "app.focus_previous", "Slider above", id="slider.above", show=False),
        Binding("down", "app.focus_next", "Slider below", id="slider.below", show=False),
    ]
    value: reactive[float] = reactive(0.0, init=False)

    def __init__(
        self,
        knob: Knob,
        value: float,
        request: Callable[[float], Request],
        *,
        mark: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.knob = knob
        self._request = request
        self.mark = mark
        self.set_reactive(Slider.value, value)
        self.sign = ""
        self._dragging = False
        self._lacking = ""
        self.tooltip = knob.help

    @property
    def points(self) -> Points:
        """The track: one column per cell."""
        cells = self.size.width - MARK_CELLS - LABEL_CELLS - VALUE_CELLS - SIGN_CELLS
        return Points(self.knob.low, self.knob.high, max(2, cells))

    def told(self, value: float) -> None:
        """Take over where the knob stands, without saying it back; a hand on the slider goes first."""
        if not self._dragging:
            self.value = value

    def lack(self, reason: str) -> None:
        """Be struck through, and say why on hovering: this endpoint makes nothing of the knob. "": it does."""
        if reason != self._lacking:
            self._lacking = reason
            self.tooltip = Content(f"{reason}. {self.knob.help}") if reason else self.knob.help
            self.refresh()

    def judge(self, sign: str, words: str) -> None:
        """What the server made of it: a sign behind the value, and a sentence for the tooltip.

        Of a knob that it lacks nothing is to be said but that.
        """
        sign = "" if self._lacking else sign
        if sign != self.sign:
            self.sign = sign
            self.refresh()
        if not self._lacking:
            self.tooltip = Content(f"{self.knob.help}\n{words[:1].upper()}{words[1:]}.")

    def move(self, value: float) -> None:
        """Move as the user does: to the nearest value allowed, and say so if it is another one."""
        settled = settle(self.knob, value)
        if settled != self.value:
            self.value = settled
            self.post_message(Wanted(self._request(settled)))

    def action_step(self, by: int) -> None:
        """One step down or up."""
        self.move(self.value + by * self.knob.step)

    def action_leap(self, by: int) -> None:
        """A tenth of the range down or up."""
        self.move(self.value + by * coarse_step(self.knob))

    def action_end(self, by: int) -> None:
        """To the lowest or the highest value."""
        self.move(self.knob.low if by < 0 else self.knob.high)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold; on the track the handle comes along."""
        event.stop()
        if event.x >= MARK_CELLS + LABEL_CELLS:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._dragging:
            event.stop()
            self._drag_to(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, x: int) -> None:
        column = x - MARK_CELLS - LABEL_CELLS
        if column != self.points.column(self.value):  # a click on the handle is no move
            self.move(self.points.value(column))

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        points = self.points
        at = points.column(self.value)
        base = self.rich_style
        label, bar, track, knob, value, mark = map(self._style, ("label", "filled", "track", "handle", "value", "mark"))
        sign = self._style("unseen" if self.has_class("-not-seen") else "sign")
        label += Style(strike=bool(self._lacking), bold=self.has_focus)
        segments = [
            Segment("▸ ", knob) if self.has_focus else Segment(f"{self.mark:2}", mark),
            Segment(self.knob.label.ljust(LABEL_CELLS), label),
            Segment("━" * at, bar),
            Segment("●", knob),
            Segment("─" * (points.cells - at - 1), track),
            Segment(self.knob.format(self.value).rjust(VALUE_CELLS), value),
            Segment(f" {self.sign:{SIGN_CELLS - 1}}", sign),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _style(self, part: str) -> Style:
        """Of a part, on the background of this slider."""
        style = self.screen.get_component_rich_style(f"slider--{part}")
        return self.rich_style + Style(color=style.color, bold=style.bold)

"""A slider for one knob, on one line: keys, mouse, and a value that keeps its place."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from voice_tui.messages.intents import Request
from voice_tui.messages.knobs import KNOBS, Knob, Side
from voice_tui.ui.common.geometry import Points, coarse_step, moved, settle
from voice_tui.ui.messages import Wanted

MARK_CELLS = 2  # "▸ " tells the focus without colour
LABEL_CELLS = max(len(knob.label) for knob in KNOBS.values()) + 1
STYLES = {
    f"slider--{part}" for part in ("label", "filled", "track", "other", "handle", "value", "mark", "sign", "unseen")
}
"""Component classes of the screen: twenty sliders that had them each would take a third of its start."""
SIGN_CELLS = 2  # of what the server made of it
VALUE_CELLS = 10  # " -36 dBFS" and a space before the sign
NOT_HERE = "not here"
"""Stands in place of the value of a knob that acts not with this endpoint."""


class Slider(Widget, can_focus=True):
    """One knob. Moving it posts what is `Wanted` at once; being told a value says nothing.

    Args:
        knob: What it turns.
        value: Where it stands.
        request: From a value on the knob's step to what is sent.
        mark: Sign of the same knob on the meter, if it is drawn there.
        hints: What it does is said on hovering, over what is below; else whoever takes `Pointed` says it.
        fixed: It only shows where the knob stands: there is nobody who would turn it.
    """

    class Pointed(Message):
        """The pointer is on the slider, or no longer.

        Args:
            slider: Which.
            on: It is.
        """

        def __init__(self, slider: Slider, on: bool) -> None:
            super().__init__()
            self.slider, self.on = slider, on

    BINDINGS = [
        Binding("left", "step(-1)", "Less", id="slider.less", tooltip="One step down.", show=False),
        Binding("right", "step(1)", "More", id="slider.more", tooltip="One step up.", show=False),
        Binding("shift+left,ctrl+left,pagedown", "leap(-1)", "Much less", id="slider.much-less", show=False),
        Binding("shift+right,ctrl+right,pageup", "leap(1)", "Much more", id="slider.much-more", show=False),
        Binding("home", "end(-1)", "Least", id="slider.least", tooltip="To the lowest value.", show=False),
        Binding("end", "end(1)", "Most", id="slider.most", tooltip="To the highest value.", show=False),
        Binding("delete,backspace", "reset", "As it was", id="slider.reset", tooltip="Where it was.", show=False),
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
        hints: bool = True,
        fixed: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.knob = knob
        self.can_focus = not fixed
        self._request = request
        self.mark = mark
        self.rest = value
        """Where it stands while nobody has turned it."""
        self.set_reactive(Slider.value, value)
        self.sign = ""
        self._dragging = False
        self._lacking = self._judged = ""
        self._hints = hints
        if hints:
            self.tooltip = knob.help

    @property
    def points(self) -> Points:
        """The track: one column per cell."""
        cells = self.size.width - MARK_CELLS - LABEL_CELLS - VALUE_CELLS - SIGN_CELLS
        return Points(*self.knob.ends, max(2, cells))

    @property
    def words(self) -> str:
        """What it does, and what is to be known of it here: sentences."""
        return " ".join(filter(None, (self.lacking, self.knob.help)))

    @property
    def lacking(self) -> str:
        """Why this endpoint makes nothing of it, a sentence; "": it does."""
        return f"{self._lacking[:1].upper()}{self._lacking[1:]}." if self._lacking else ""

    @property
    def was(self) -> str:
        """Where it was, in brackets; "" while it is there."""
        return f"(was {self.knob.format(self.rest)})" if self.value != self.rest else ""

    @property
    def turned(self) -> str:
        """Its range, where that is not seen, and where it was."""
        return " ".join(filter(None, ("" if self.knob.words else self.knob.range, self.was)))

    @property
    def explained(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A section of help: what it does, its range, and what the server made of it."""
        known = (("What it does", self.words), ("Range", self.turned), ("Server", self._judged))
        return f"The knob: {self.knob.label}", tuple((term, words) for term, words in known if words)

    def told(self, value: float) -> None:
        """Take over where the knob stands, without saying it back; a hand on the slider goes first."""
        if not self._dragging:
            self.value = value

    def lack(self, reason: str) -> None:
        """Be struck through, and say why: this endpoint makes nothing of the knob. "": it does."""
        if reason != self._lacking:
            self._lacking = reason
            self._hint()
            self.refresh()

    def judge(self, sign: str, words: str) -> None:
        """What the server made of it: a sign behind the value, and a sentence.

        Of a knob that it lacks nothing is to be said but that.
        """
        sign = "" if self._lacking else sign
        self._judged = "" if self._lacking else f"{words[:1].upper()}{words[1:]}."
        if sign != self.sign:
            self.sign = sign
            self.refresh()
        self._hint()

    @property
    def judged(self) -> str:
        """What the server made of it, a sentence; "" of a knob that is none of its."""
        return self._judged

    def _hint(self) -> None:
        if self._hints:
            self.tooltip = Content("\n".join(filter(None, (self.words, self._judged))))

    def on_enter(self) -> None:
        """The pointer comes."""
        self.post_message(self.Pointed(self, True))

    def on_leave(self) -> None:
        """The pointer goes."""
        self.post_message(self.Pointed(self, False))

    def move(self, value: float) -> None:
        """Move as the user does: to the nearest value allowed, and say so if it is another one."""
        settled = settle(self.knob, value)
        if settled != self.value:
            self.value = settled
            self.post_message(Wanted(self._request(settled)))

    def action_step(self, by: int) -> None:
        """One step down or up."""
        self.move(moved(self.knob, self.value, by * self.knob.notch))

    def action_leap(self, by: int) -> None:
        """A tenth of the range down or up."""
        self.move(moved(self.knob, self.value, by * coarse_step(self.knob)))

    def action_end(self, by: int) -> None:
        """To the lowest or the highest value."""
        self.move(self.knob.low if by < 0 else self.knob.high)

    def action_reset(self) -> None:
        """Back to where it was."""
        self.move(self.rest)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold; on the track the handle comes along."""
        event.stop()
        if self.can_focus and event.x >= MARK_CELLS + LABEL_CELLS:
            self._dragging = True
            self.capture_mouse()
            self._drag_to(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._dragging:
            event.stop()
            if not self.knob.words:
                self._drag_to(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()

    def _drag_to(self, x: int) -> None:
        column = x - MARK_CELLS - LABEL_CELLS
        if self.knob.words:
            self._choose(column)
        elif column != self.points.column(self.knob.place(self.value)):  # a click on the handle is no move
            self.move(self.knob.at(self.points.value(column)))

    def _choose(self, column: int) -> None:
        """Take the word at a column; where only one has room, a click leads to the next one."""
        words, cells = self.knob.words, self._choice_cells
        parts = choice_parts(words, int(self.value), cells)
        if len(parts) == 1:
            self.move((self.value + 1) % len(words))
            return
        ends = [sum(map(len, parts[: 2 * number + 2])) for number in range(len(words))]  # each with what is before it
        self.move(next((number for number, end in enumerate(ends) if column < end), len(words) - 1))

    @property
    def _choice_cells(self) -> int:
        return self.size.width - MARK_CELLS - LABEL_CELLS - (SIGN_CELLS if self._signed else 0)

    @property
    def _signed(self) -> bool:
        """There is a place for what the server makes of it; only words of our own need it for themselves."""
        return self.knob.side is Side.SERVER or not self.knob.words

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        base = self.rich_style
        label, knob, mark = map(self._style, ("label", "handle", "mark"))
        sign = self._style("unseen" if self.has_class("-not-seen") else "sign")
        label += Style(strike=bool(self._lacking), bold=self.has_focus)
        segments = [
            Segment("▸ " if self.has_focus else "  ", knob),
            Segment(self.knob.label, label),
            Segment(f" {self.mark}".ljust(LABEL_CELLS - len(self.knob.label)), mark),
            *(self._choices() if self.knob.words else self._track()),
        ]
        if self._signed:
            segments.append(Segment(f"{self.sign:{SIGN_CELLS}}", sign))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _track(self) -> list[Segment]:
        points = self.points
        at = points.column(self.knob.place(self.value))
        bar, track, knob, value = map(self._style, ("filled", "track", "handle", "value"))
        said = NOT_HERE if self._lacking else self.knob.format(self.value)
        return [
            Segment("━" * at, bar),
            Segment("●", knob),
            Segment("─" * (points.cells - at - 1), track),
            Segment(f"{said:>{VALUE_CELLS - 1}} ", value),
        ]

    def _choices(self) -> list[Segment]:
        """Words; a sign tells the chosen one without colour."""
        cells, chosen = self._choice_cells, int(self.value)
        value, gap = self._style("value"), self._style("track")
        other = self._style("other") + Style(strike=bool(self._lacking))
        parts = choice_parts(self.knob.words, chosen, cells)
        if len(parts) == 1:
            return [Segment(parts[0].ljust(cells), value)]
        words = [
            Segment(part, value if abs(number - 2 * chosen - 1) <= 1 else other if number % 2 else gap)
            for number, part in enumerate(parts)
        ]
        return [*words, Segment(" " * (cells - sum(map(len, parts))), gap)]

    def _style(self, part: str) -> Style:
        """Of a part, on the background of this slider."""
        style = self.screen.get_component_rich_style(f"slider--{part}")
        return self.rich_style + Style(color=style.color, bold=style.bold)


def choice_parts(words: tuple[str, ...], chosen: int, cells: int) -> list[str]:
    """Words side by side, the chosen one in brackets or behind ▸; none moves when another is chosen.

    Args:
        words: In order.
        chosen: Which.
        cells: So much room there is: where they do not fit, only the chosen one is shown.

    Returns:
        What is between them and they, in turns, from what is before the first one on; or the one that is shown.
    """
    for apart in (3, 2, 1):
        gaps = [_gap(at, chosen, apart) for at in range(len(words) + 1)]
        gaps[0], gaps[-1] = gaps[0][-1], gaps[-1][0]
        parts = [part for pair in zip(gaps, (*words, ""), strict=True) for part in pair][:-1]
        if sum(map(len, parts)) <= cells:
            return parts
    return [f"‹ {words[chosen]} ›"[:cells]]


def _gap(at: int, chosen: int, apart: int) -> str:
    """What stands before a word, so many cells: the sign of what is chosen, or nothing."""
    if apart == 1:  # brackets would touch their neighbours
        return "▸" if at == chosen else " "
    left, right = "]" if at == chosen + 1 else " ", "[" if at == chosen else " "
    return f"{left}{' ' * (apart - 2)}{right}"

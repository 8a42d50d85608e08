"""The last cut as a card: its stages on one axis of time, and who decided on what; older ones are an arrow away."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.notices import Notice
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.border import both_ends
from voice_tui.ui.common.empty import missing
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.console.cut_wording import axis, chain, since, title
from voice_tui.ui.keys import shown_key
from voice_tui.ui.messages import ScreenWanted
from voice_tui.why import Cut
from voice_tui.why.brief import brief

NOTHING = "Nothing was cut yet. Talk while it speaks: what happens then stands here."
_TITLE = "Last cut"


class LastCut(Widget, can_focus=True):
    """Follows the last cut or false alarm until one goes back; where it has one line only, that holds the stages.

    Args:
        state: What is known; it keeps the cut that one has gone back to, too.
    """

    BINDINGS = [
        Binding("left", "move('before')", "Before", show=False),
        Binding("right", "move('next')", "Next", show=False),
        Binding("enter", "why", "Why", show=False),
    ]

    def __init__(self, state: State, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = state
        self._cuts: list[Cut] = []
        self._at_s: dict[int, float] = {}  # when each began, s of the conversation
        self.border_title = Content(_TITLE)

    @property
    def cut(self) -> Cut | None:
        """The one that is shown."""
        place = self.place
        return self._cuts[place] if place >= 0 else None

    @property
    def place(self) -> int:
        """Where it stands among those that are kept; -1: there is none."""
        wanted = self._state.pointed_cut
        places = (i for i, cut in enumerate(self._cuts) if cut.timed.number == wanted)
        return next(places, len(self._cuts) - 1)

    def show(self, notice: Notice) -> None:
        """More is known of a cut, or there is another one."""
        self._cuts = [story for story in self._state.stories if isinstance(story, Cut)]
        if isinstance(notice, InterruptionTimed) and notice.number not in self._at_s:
            self._at_s[notice.number] = self._state.when(notice.at_ms)
            known = {cut.timed.number for cut in self._cuts}
            self._at_s = {number: at for number, at in self._at_s.items() if number in known}
        self._draw()

    def action_move(self, way: str) -> None:
        """To the one before, or the next one; at the last one it follows again."""
        if self._cuts:
            by = 1 if way == "next" else -1
            place = min(len(self._cuts) - 1, max(0, self.place + by))
            self._state.pointed_cut = 0 if place == len(self._cuts) - 1 else self._cuts[place].timed.number
            self._draw()

    def action_why(self) -> None:
        """Its whole story."""
        if self.cut is not None:
            self.post_message(ScreenWanted("why", self.cut.timed.number))

    def on_click(self, event: events.Click) -> None:
        """The whole story, but on the arrows."""
        if "@click" not in event.style.meta:
            self.action_why()

    def on_resize(self) -> None:
        """Another width, another axis."""
        self._draw()

    def _draw(self) -> None:
        cut = self.cut
        if cut is None:
            self.border_title = Content(_TITLE)
        else:
            words = title(cut.timed, self._at_s.get(cut.timed.number, 0.0))
            self.border_title = both_ends(words, since(cut.timed), self.outer_size.width)
        self.refresh()

    def render(self) -> Content:
        """Two lines, or one."""
        cut, width = self.cut, self.size.width
        if cut is None:
            return Content.styled(shorten(missing(self._state, NOTHING, "No cut"), width), "$muted")
        hue = "$foreground" if cut.timed.resumed else "$interruption"
        key = shown_key(self._state.commands, "why")
        arrows = self._arrows()
        if self.size.height < 2:
            name = "held" if cut.timed.resumed else "cut "
            right = f"{key} why"
            room = width - len(name) - 1 - len(right) - 2
            first = Content.assemble((f"{name} ", f"bold {hue}"), chain(cut.timed, room))
            return _apart(first, Content.styled(right, "$muted"), width)
        first = Content.styled(axis(cut.timed, width - arrows.cell_length - 2), hue)
        whole = f"{key} the whole story"
        second = Content(shorten(brief(cut), width - len(whole) - 2))
        return Content("\n").join(
            [_apart(first, arrows, width), _apart(second, Content.styled(whole, "$muted"), width)]
        )

    def _arrows(self) -> Content:
        """``‹ 3 of 3 ›``; the arrows can be clicked."""
        words = f"{self.place + 1} of {len(self._cuts)}"
        return Content.from_markup(f"[@click=move('before')]‹[/] {words} [@click=move('next')]›[/]")


def _apart(left: Content, right: Content, width: int) -> Content:
    """Words at both ends of a line; the left ones have room there."""
    gap = width - left.cell_length - right.cell_length
    return left + " " * gap + right if gap > 0 else left

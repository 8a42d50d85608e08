"""What every screen is drawn in: the header above, the status and one line of keys below, the body between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias

from textual.actions import parse
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widgets import Input, TextArea

from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured
from voice_tui.ui.commands import bindings
from voice_tui.ui.common.compositor import LeanScreen
from voice_tui.ui.common.header import TopLine
from voice_tui.ui.common.key_line import KeyLine
from voice_tui.ui.common.slider import STYLES
from voice_tui.ui.common.state import State
from voice_tui.ui.common.status import StatusBar
from voice_tui.ui.keys import Command, Place, acting
from voice_tui.ui.messages import Wanted

# First of all, before what has the focus is asked: what is typed or pasted right behind Tab belongs to the next field,
# and the next field may be the one that hides a key.
NEXT_FIELD = (
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
)

Handler: TypeAlias = Callable[[Any], object]
Section: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
"""Of help: a title, then signs (markup) with what they mean."""


class Shell(LeanScreen[ScreenResultType]):
    """One screen. It says what it is, which notices it takes, and what its body is; the rest is here.

    Args:
        state: What is known of the voice side; the application keeps it up to date.

    Attributes:
        takes: Kind of notice → what takes it over, beside header and status.
        waits: What changes is drawn with the next beat, for nobody at the keyboard waits for it.
    """

    PLACE: ClassVar[Place]
    """Which commands of the table act here; their keys are bound."""
    LEGEND: ClassVar[tuple[Section, ...]] = ()
    """What help says of the signs of this screen."""
    ASKS: ClassVar[bool] = False
    """It waits for an answer: no other screen opens over it, but help."""
    CONNECTS: ClassVar[str] = ""
    """What connects at once where another try is waited for, in words."""
    READING: ClassVar[frozenset[str] | None] = None
    """Those of its actions that ask nobody for anything: all there is in a recording. None: that is true of all."""
    COMPONENT_CLASSES = STYLES
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init_subclass__(cls, **more: Any) -> None:
        """Bind the keys of the table, of a screen that has its place."""
        if hasattr(cls, "PLACE"):
            cls.BINDINGS = [*NEXT_FIELD, *bindings(cls.PLACE)]
        super().__init_subclass__(**more)

    def __init__(self, state: State) -> None:
        super().__init__()
        self.draw_narrowly()
        self.state = state
        self.takes: Mapping[type, tuple[Handler, ...]] = {}
        self.top_line = TopLine(state)
        self.status = StatusBar(state, self.CONNECTS)
        self.key_line = KeyLine()
        self.frame: Vertical | VerticalScroll = Vertical(id="frame")
        self.waits = False
        self._early: list[Notice] | None = []  # until the widgets are there

    # ---- drawing

    def _post_register(self, app: App[Any]) -> None:
        """Know the size before there are styles: else each is made twice, for another size and for this."""
        super()._post_register(app)
        for breakpoints, cells in zip((self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), app.size, strict=True):
            self.add_class(max(each for each in breakpoints if each[0] <= cells)[1], update=False)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.top_line
        yield from self.body()
        yield self.status
        yield self.key_line

    def body(self) -> ComposeResult:
        """The body in its frame; a screen with frames of its own draws them instead."""
        with self.frame:
            yield from self.inside()

    def inside(self) -> ComposeResult:
        """What is in the frame."""
        yield from ()

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Write into the frame's borders."""
        self.frame.border_title, self.frame.border_subtitle = Content(title), Content(subtitle)

    def on_mount(self) -> None:
        """Show what was told meanwhile; keep the keys right."""
        self.watch(self, "focused", self.show_keys, init=False)
        early, self._early = self._early or [], None
        for notice in early:
            self._take(notice)
        self.show_keys()

    def on_screen_resume(self) -> None:
        """Nothing was shown of the time in which another screen was seen."""
        if self.ready:
            self.rest()

    def rest(self) -> None:
        """Show the time that has passed: `Beat` says when, of the screen that is seen."""
        self.top_line.rest()
        self.status.rest()

    # ---- notices

    @property
    def ready(self) -> bool:
        """Whether its widgets are there: what is told is shown at once."""
        return self._early is None

    def take(self, notice: Notice) -> None:
        """Take over a notice, once the widgets are there."""
        if self._early is not None:
            self._early.append(notice)
        else:
            self._take(notice)

    def _on_timer_update(self) -> None:
        """Textual wants to draw, a sixtieth of a second after something changed."""
        placed = self._layout_required or self._scroll_required or self._recompose_required
        if self.waits and not placed and not self._callbacks:
            self._update_timer.pause()
        else:
            self.draw()

    def draw(self) -> None:
        """Draw what has changed."""
        if self.is_attached:
            super()._on_timer_update()

    def levels(self, levels: Sequence[LevelMeasured]) -> None:
        """Take over the levels since the last time, oldest first; the state has the last of them by now."""
        if self.ready:
            self.top_line.show(levels[-1])

    def _take(self, notice: Notice) -> None:
        if isinstance(notice, LevelMeasured):
            self.levels((notice,))
            return
        self.top_line.show(notice)
        self.status.show(notice)
        for handler in self.takes.get(type(notice), ()):
            handler(notice)
        self.show_keys()

    # ---- keys

    @property
    def typing(self) -> bool:
        """Whether a key with a character is typed."""
        return isinstance(self.focused, Input | TextArea)

    def acting(self, *, shown: bool = False) -> Iterator[Command]:
        """What can be done here and now; or only what has a place in the line of keys."""
        for command in acting(self.state.commands, self.PLACE):
            if shown and not command.rank:
                continue  # asked with every notice: what isn't drawn isn't looked at
            namespace, name, parameters = parsed(command.run)
            if (self if namespace == "screen" else self.app).check_action(name, parameters):
                yield command

    def nobody_for(self, action: str) -> bool:
        """Whether an action would ask somebody for something, and there is nobody: a recording is shown."""
        return self.state.replayed and self.READING is not None and action not in self.READING

    def show_keys(self) -> None:
        """Say which keys act now."""
        if self.is_attached:
            self.key_line.show(self.acting(shown=True), typing=self.typing)

    def action_back(self) -> None:
        """One step back."""
        self.dismiss()

    def want(self, *requests: Request) -> None:
        """Tell the application what the user wants of the voice side."""
        for request in requests:
            self.post_message(Wanted(request))


@lru_cache(256)
def parsed(action: str) -> tuple[str, str, tuple[Any, ...]]:
    """An action's namespace, name and parameters."""
    return parse(action)

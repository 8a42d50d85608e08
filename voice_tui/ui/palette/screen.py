"""The palette: a line in which one types, what is found, and what that does."""

from __future__ import annotations

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from voice_tui.ui.common.compositor import LeanScreen, NarrowCompositor
from voice_tui.ui.common.sentence import Sentence
from voice_tui.ui.palette.entries import VoiceCommands
from voice_tui.ui.palette.listing import EntryList

SEARCH = "Search for commands…"


class Palette(LeanScreen[None], ModalScreen[None]):
    """Everything one can do on the screen beneath, which is seen dimmed around it."""

    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("escape", "leave", "Back", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+home,shift+home", "leap(0)", "First", show=False, priority=True),
        Binding("ctrl+end,shift+end", "leap(-1)", "Last", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draw_narrowly()
        self.entries = EntryList()
        self._meaning = Sentence(id="meaning")

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        with Vertical(id="palette"):
            yield Input(placeholder=SEARCH, select_on_focus=False, id="wanted")
            yield self.entries
            yield self._meaning

    def on_mount(self) -> None:
        """Everything there is, while nothing is typed."""
        self._find("")

    def _find(self, query: str) -> None:
        self.entries.show(VoiceCommands(self.app.screen_stack[-2]).found(query.strip()))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._find(event.value)

    @on(EntryList.Moved)
    def _moved(self) -> None:
        current = self.entries.current
        self._meaning.show(current.entry.explanation if current is not None else "")

    @on(Input.Submitted)
    @on(EntryList.Chosen)
    def _chosen(self, event: Input.Submitted | EntryList.Chosen) -> None:
        """Do it, once the screen beneath is the one that is seen."""
        event.stop()
        if self.is_active and (current := self.entries.current) is not None:  # a second Enter chooses nothing
            self.dismiss()
            self.app.call_later(current.entry.act)

    def on_click(self, click: events.Click) -> None:
        """A click beside it closes it."""
        if self.get_widget_at(click.screen_x, click.screen_y)[0] is self:
            self.dismiss()

    def action_leave(self) -> None:
        """Close it."""
        self.dismiss()

    def action_move(self, by: int) -> None:
        """The entry below or above."""
        self.entries.move(by)

    def action_page(self, by: int) -> None:
        """A page down or up."""
        self.entries.page(by)

    def action_leap(self, to: int) -> None:
        """The first entry, or the last one."""
        self.entries.leap(to)

    def render_line(self, y: int) -> Strip:
        """A line of the screen beneath, dimmed: of those that the palette covers nothing is drawn."""
        beneath = self.app.screen_stack[-2]._compositor
        assert isinstance(beneath, NarrowCompositor)
        segments: list[Segment] = list(beneath.line(y).adjust_cell_length(self.size.width))
        return Strip(BackgroundScreen.process_segments(segments, self.styles.background), self.size.width)

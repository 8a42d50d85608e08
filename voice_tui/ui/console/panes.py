"""The panes of the console on the screen: hidden, shown, resized, one alone; by keys and by their borders."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from voice_tui.ui.common.state import State
from voice_tui.ui.console.arrangement import Pane, Places, Wishes, arrange, scope_has_a_place
from voice_tui.ui.console.last_cut import LastCut
from voice_tui.ui.console.reading import ReadingScreen
from voice_tui.ui.console.scope import Scope
from voice_tui.ui.console.voice import VoicePanel
from voice_tui.ui.keys import shown_key

STEP_CELLS, STEP_ROWS = 4, 1  # of a key


class PanedScreen(ReadingScreen):
    """Conversation, ears, the last cut and the scope, in the places that screen and user leave them.

    Args:
        state: What is known of the voice side.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.voice = VoicePanel(state, id="voice")
        self.last_cut = LastCut(state, id="last-cut")
        self.scope = Scope(state.clock, state.when, replayed=state.replayed, id="scope")
        self.side = Vertical(self.voice, id="side")
        self.upper = Container(self.transcript, self.side, id="body")
        self.wishes = Wishes()
        self._dragged: Pane | None = None  # the pane whose border is in hand

    def panes(self) -> ComposeResult:
        """From top to bottom."""
        yield self.upper
        yield self.search
        yield self.last_cut
        yield self.scope

    def on_mount(self) -> None:
        """Put everything where it belongs before it is drawn."""
        self.settle()

    def on_resize(self) -> None:
        """Another size, other places."""
        self.settle()

    # ---- places

    @property
    def places(self) -> Places:
        """Where everything is."""
        width, height = self.app.size
        taken = (self.top_line, self.status, self.key_line, *self.query("#entry, #scrubber"))
        rows = height - sum(self._rows(widget) for widget in taken)
        return arrange(width, height, max(1, rows), self.wishes)

    @staticmethod
    def _rows(widget: Widget) -> int:
        height = widget.styles.height
        return int(height.value) if height is not None and widget.display else 0

    def settle(self) -> None:
        """Put the panes in their places."""
        if not self.is_attached:
            return
        places, whole = self.places, self.wishes.whole
        focused = self.focused
        self.upper.display = places.talk or places.ears > 0
        self.upper.styles.layout = "horizontal" if places.beside else "vertical"
        self.transcript.display, self.side.display = places.talk, places.ears > 0
        self.side.styles.width = places.ears if places.beside and whole is None else "1fr"
        self.side.styles.height = "1fr" if places.beside or whole is not None else places.ears
        self.last_cut.display, self.scope.display = places.cut > 0, places.scope > 0
        self.last_cut.styles.height = places.cut
        self.last_cut.set_class(places.cut == 1, "-line")
        self.scope.styles.height = "1fr" if whole is Pane.SCOPE else places.scope
        if focused is not None and not all(each.display for each in focused.ancestors_with_self if each is not self):
            self.set_focus(None)
        self.show_keys()

    # ---- what the user wants

    def action_scope(self) -> None:
        """Hide or show it where it has a place; call it up or send it away where it has none."""
        self.wishes.whole = None
        if scope_has_a_place(*self.app.size):
            self.wishes.toggle(Pane.SCOPE)
        else:
            self.wishes.called = not self.wishes.called
        self.settle()

    def drop_scope(self) -> bool:
        """Send a called scope away; False when there is none."""
        called = self.wishes.called and not scope_has_a_place(*self.app.size)
        self.wishes.called = False
        if called:
            self.settle()
        return called

    def action_pane(self, name: str) -> None:
        """Hide a pane, or show it."""
        self.wishes.whole = None
        self.wishes.toggle(Pane(name))
        self.settle()

    def action_whole(self) -> None:
        """The pane that has the focus alone, else the conversation; or all again."""
        if not self.drop_whole():
            self._alone(self._pane_in_hand())

    def _pane_in_hand(self) -> Pane:
        focused = self.focused
        if focused is self.scope:
            return Pane.SCOPE
        inside = focused is not None and self.voice in focused.ancestors_with_self
        return Pane.EARS if inside else Pane.TALK

    def _alone(self, pane: Pane) -> None:
        self.wishes.whole = pane
        self.settle()
        key = shown_key(self.state.commands, "pane-whole")
        self.notify(f"Only the {pane} is shown; {key} or Esc brings the others back.", timeout=4)

    def drop_whole(self) -> bool:
        """All panes again; False when all are there."""
        alone, self.wishes.whole = self.wishes.whole, None
        if alone is not None:
            self.settle()
        return alone is not None

    def action_resize(self, way: str) -> None:
        """Move the border beside the conversation, or the one below it."""
        places = self.places
        if way in ("wider", "narrower") and places.beside and places.ears:
            self._give(Pane.EARS, places.ears + (-STEP_CELLS if way == "wider" else STEP_CELLS))
        elif way in ("higher", "lower"):
            by = STEP_ROWS if way == "higher" else -STEP_ROWS
            if places.scope:
                self._give(Pane.SCOPE, places.scope + by)
            elif not places.beside and places.ears:
                self._give(Pane.EARS, places.ears + by)

    def _give(self, pane: Pane, wanted: int) -> None:
        """Let a pane have so many cells or rows, as far as there is room."""
        wishes, wanted = self.wishes, max(1, wanted)
        if pane is Pane.SCOPE:
            wishes.scope_rows = wanted
            wishes.scope_rows = self.places.scope
        elif self.places.beside:
            wishes.ears_cells = wanted
            wishes.ears_cells = self.places.ears
        else:
            wishes.ears_rows = wanted
            wishes.ears_rows = self.places.ears
        self.settle()

    def action_panes_reset(self) -> None:
        """All panes as they come."""
        self.wishes = Wishes()
        self.settle()

    # ---- borders

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take a border in hand."""
        self._dragged = self._border_at(event.screen_x, event.screen_y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag it."""
        pane = self._dragged
        if pane is None or not event.button:
            return
        self.clear_selection()  # what the mouse passes over is not meant to be selected
        x, y = event.screen_x, event.screen_y
        if pane is Pane.SCOPE:
            self._give(pane, self.scope.region.bottom - y)
        elif self.places.beside:
            self._give(pane, self.side.region.right - x)
        else:
            self._give(pane, self.side.region.bottom - y)

    def on_mouse_up(self) -> None:
        """Let it go."""
        self._dragged = None

    def on_click(self, event: events.Click) -> None:
        """A double click on the upper border of a pane lets it be alone, or not."""
        if event.chain == 2:
            panes: dict[Widget, Pane] = {
                self.transcript: Pane.TALK,
                self.voice: Pane.EARS,
                self.scope: Pane.SCOPE,
            }
            for widget, pane in panes.items():
                region = widget.region
                if widget.display and region.contains(event.screen_x, event.screen_y) and event.screen_y == region.y:
                    self.clear_selection()
                    if not self.drop_whole():
                        self._alone(pane)

    def _border_at(self, x: int, y: int) -> Pane | None:
        """The pane whose size the border there decides."""
        if self.wishes.whole is not None:
            return None
        side, scope = self.side.region, self.scope.region
        if self.side.display and self.upper.region.contains(x, y):
            if self.places.beside and x in (side.x - 1, side.x):
                return Pane.EARS
            if not self.places.beside and y == side.y:
                return Pane.EARS
        return Pane.SCOPE if self.scope.display and y == scope.y and scope.contains(x, y) else None

"""How one comes from screen to screen: each is opened over the one before, and leads one step back."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual import on
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input

from voice_tui.messages.knobs import LATENCY_KNOBS
from voice_tui.ui.common.sentence import Sentence
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.console.screen import Console
from voice_tui.ui.jump import Jump
from voice_tui.ui.messages import ScreenWanted
from voice_tui.ui.palette.listing import EntryList
from voice_tui.ui.palette.screen import Palette
from voice_tui.ui.places import SCREENS, kind_of, sheet

LOADED_AFTER_S, LOADED_EVERY_S = 3.0, 0.1  # the screens that are not seen yet: one at a time, for a key may come


class Navigation(App[int]):
    """The part of the application that opens screens.

    Attributes:
        state: What is known of the voice side.
        console_screen: The screen at the bottom of the stack.
        make: Name of a screen → what makes it out of its class, where that takes more than the state.
    """

    state: State
    console_screen: Console
    make: dict[str, Callable[..., Shell[Any]]]

    def load_screens(self) -> None:
        """Load those that are not seen yet, in the pauses: the first key that opens one is not to wait for it.

        In the end their style sheets are read, too, for a sheet that comes later restyles all that is there; and the
        garbage collector shall look at nothing of it: that takes as long as three keys.
        """
        self.set_timer(LOADED_AFTER_S, partial(self._load, iter(SCREENS)))

    def _load(self, names: Iterator[str]) -> None:
        if (name := next(names, "")) != "":
            kind_of(name)
            self.set_timer(LOADED_EVERY_S, partial(self._load, names))
        else:
            self.read_styles()
            gc.freeze()

    def read_styles(self) -> None:
        """Read the sheets of all screens that are loaded, and of the palette."""
        for path in sorted({sheet(Palette), *(sheet(kind_of(name)) for name in SCREENS)}):
            if not self.stylesheet.has_source(str(path)):
                self.stylesheet.read(path)
        for widget in (Palette(), Input(), EntryList(), Sentence(id="meaning")):
            widget._post_register(self)
        self.stylesheet.parse()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Over a screen that waits for an answer nothing opens but help."""
        asked = any(isinstance(screen, Shell) and screen.ASKS for screen in self.screen_stack)
        return not (asked and action == "open" and parameters != ("help",))

    def action_open(self, name: str, *about: Any) -> None:
        """Show a screen, or go back to it; from itself its key leads one step back."""
        kind = kind_of(name)
        if not isinstance(self.screen, Shell):  # the palette, or letters to jump by
            self.pop_screen()
        if isinstance(self.screen, kind):
            self.screen.action_back()
        elif any(isinstance(screen, kind) for screen in self.screen_stack):
            while not isinstance(self.screen, kind):
                self.pop_screen()
        else:
            make = self.make.get(name)
            self.push_screen(make(kind, *about) if make else kind(self.state, *about))

    def action_turn(self, knob: str) -> None:
        """Go to a knob, on the console or where latency is told."""
        if knob in LATENCY_KNOBS:
            self.action_open("latency")
            return
        self.action_console()
        self.console_screen.turn(knob)

    def action_console(self) -> None:
        """Back to the conversation, whatever is open."""
        while self.screen is not self.console_screen:
            self.pop_screen()

    def action_jump(self) -> None:
        """A letter on everything that can have the focus; pressing it goes there."""
        if isinstance(self.screen, Shell):
            self.push_screen(Jump(self.screen.focus_chain), self._jumped)

    def _jumped(self, widget: Widget | None) -> None:
        if widget is not None and widget.screen is self.screen:
            widget.focus()

    def shells(self) -> Iterator[Shell[Any]]:
        """The screens that follow what is told, the one that is seen last."""
        return (screen for screen in self.screen_stack if isinstance(screen, Shell))

    def about_screen(self, kind: Callable[..., Shell[Any]]) -> Shell[Any]:
        """Help about the screen that is seen."""
        *_, seen = self.shells()
        return kind(self.state, seen)

    @on(ScreenWanted)
    def _screen_wanted(self, event: ScreenWanted) -> None:
        self.action_open(event.name, event.about)

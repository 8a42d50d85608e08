"""Single lines at the edges of the screen: what is connected above, which keys there are below, where one types."""

from __future__ import annotations

from collections.abc import Callable

from rich.markup import escape
from textual import events
from textual.actions import SkipAction
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import SettingsChanged
from voice_tui.ui.commands import key_bar
from voice_tui.ui.common.wording import LINK_LOOK, clock, shorten

TYPE_HERE = "say something, or just talk"
LETTERS_COMMAND = "keys are commands: m mute, t talk, x interrupt, d demo, ? help · Enter to type"


class TopLine(Widget):
    """Name, connection, endpoint and model, preset, and how long the conversation has lasted.

    Args:
        clock: Seconds.
        endpoint, model: Shown until the connection says it better.
    """

    def __init__(self, clock: Callable[[], float], endpoint: str, model: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._link = LinkChanged(Link.CONNECTING, "", endpoint, model)
        self._preset = ""
        self._live_since: float | None = None
        self._shown = ""

    @property
    def elapsed(self) -> float:
        """Seconds since the connection first was live."""
        return 0.0 if self._live_since is None else self._clock() - self._live_since

    def show(self, notice: Notice) -> None:
        """Take over the connection or the preset."""
        match notice:
            case LinkChanged():
                self._link = LinkChanged(
                    notice.link,
                    notice.detail,
                    notice.endpoint or self._link.endpoint,
                    notice.model or self._link.model,
                )
                if notice.link is Link.LIVE and self._live_since is None:
                    self._live_since = self._clock()
            case SettingsChanged(preset=preset):
                self._preset = preset
            case _:
                return
        self.refresh()

    def rest(self) -> None:
        """Draw again when another second is to be shown."""
        if clock(self.elapsed) != self._shown:
            self.refresh()

    def render(self) -> Content:
        """The line; what is in the middle is shortened first."""
        self._shown = clock(self.elapsed)
        link = self._link
        sign, hue = LINK_LOOK[link.link]
        preset = f"‹ {self._preset} ›" if self._preset else ""
        state = f"{sign} {link.link.value}"
        room = self.size.width - 2 - len(f"voice-tui  {state}  {preset}  {self._shown}")
        where = " · ".join(part for part in (link.endpoint, link.model) if part)
        detail = shorten(link.detail, max(0, room - 2))
        room -= len(detail) + 1 if detail else 0
        if len(where) > room - 2:  # the model says more than the rest of a host name
            where = " · ".join(part for part in (link.endpoint.split(".")[0], link.model) if part)
        where = shorten(where, max(0, room - 2))
        left = Content.assemble(
            " ", ("voice-tui", "bold"), "  ", (state, f"bold {hue}"), (f" {detail}" if detail else "", hue),
            "  ", (where, "$muted"),
        )  # fmt: skip
        right = Content.assemble(
            Content.from_markup(f"[@click=app.obey('next')]{escape(preset)}[/]"),
            "  ",
            (self._shown, "bold"),
            " ",
        )
        return left + " " * max(1, self.size.width - left.cell_length - right.cell_length) + right


class KeyBar(Widget):
    """The most important keys that fit; each can be clicked."""

    def render(self) -> Content:
        """Keys reversed, names after them."""
        parts = [
            Content.from_markup(f"[@click={c.run}][reverse]{c.key_names[0]}[/reverse] {c.label}[/]")
            for c in key_bar(self.size.width)
        ]
        return Content(" ") + Content("  ").join(parts)


class Prompt(Input):
    """The input line. While it is empty, Home and End belong to the transcript."""

    def __init__(self, *, id: str | None = None) -> None:
        # Coming back to a half-typed line must not select it: the next letter would replace it.
        super().__init__(placeholder=TYPE_HERE, compact=True, select_on_focus=False, id=id)

    def on_key(self, event: events.Key) -> None:
        """A letter with Alt is a command, though terminals send the letter along."""
        if event.key.startswith("alt+"):
            event.prevent_default()

    def on_focus(self) -> None:
        """Invite to type."""
        self.placeholder = TYPE_HERE

    def on_blur(self) -> None:
        """Say what letters do now."""
        self.placeholder = LETTERS_COMMAND

    def action_home(self, select: bool = False) -> None:
        """To the start of the line, or let the transcript have the key."""
        if not self.value and not select:
            raise SkipAction
        super().action_home(select)

    def action_end(self, select: bool = False) -> None:
        """To the end of the line, or let the transcript have the key."""
        if not self.value and not select:
            raise SkipAction
        super().action_end(select)

"""The first line of every screen: what is connected, who is how loud, which preset, and since when."""

from __future__ import annotations

import math

from rich.markup import escape
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.link import TELEPHONE_COST, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured, SettingsChanged
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins
from voice_tui.ui.common.state import STALE_S, State
from voice_tui.ui.common.wording import LINK_LOOK, clock, shorten

DRAW_S = 0.12  # a level is drawn eight times a second
NAMED_FROM_CELLS = 100  # a narrower line has no room for the program's name
SILENT = "·"
_STEPS = " ▁▂▃▄▅▆▇█"
_SPEAKERS = (("YOU", "$you", "mic_dbfs"), ("AI", "$assistant", "assistant_dbfs"))


class TopLine(Widget):
    """Name, connection, endpoint and model, both levels, preset, and how long the conversation has lasted.

    Args:
        state: What is shown.
    """

    def __init__(self, state: State) -> None:
        super().__init__(id="top-line")
        self._state = state
        self._shown: tuple[str, tuple[str, ...]] = ("", ())
        self._drawn_at = -math.inf
        self._explain()

    def _explain(self) -> None:
        """What the line costs, for who points at it."""
        telephone = self._state.last(LinkChanged).telephone
        self.tooltip = Content(f"{telephone}, 8 kHz: {TELEPHONE_COST}.") if telephone else None

    def show(self, notice: Notice) -> None:
        """The state has taken this over; levels are drawn no oftener than one can see."""
        match notice:
            case LinkChanged():
                self._explain()
                self.refresh()
            case SettingsChanged():
                self.refresh()
            case LevelMeasured() if self._state.clock() - self._drawn_at >= DRAW_S:
                self.rest()
            case _:
                pass

    def rest(self) -> None:
        """Draw again when another second or another level is to be shown."""
        if (clock(self._state.elapsed), self._levels()) != self._shown:
            self.refresh()

    def _levels(self) -> tuple[str, ...]:
        """One block for each of the two, as high as it is loud."""
        state, bins = self._state, Bins(FLOOR_DBFS, TOP_DBFS, 1)
        level = state.last(LevelMeasured)
        stale = state.clock() - state.measured_at > STALE_S
        steps = (0 if stale else bins.eighths(getattr(level, name)) for _, _, name in _SPEAKERS)
        return tuple(_STEPS[step] if step else SILENT for step in steps)

    def render(self) -> Content:
        """The line; what is in the middle is shortened first."""
        self._drawn_at = self._state.clock()
        self._shown = time, levels = clock(self._state.elapsed), self._levels()
        link, preset = self._state.last(LinkChanged), self._state.last(SettingsChanged).preset
        sign, hue = LINK_LOOK[link.link]
        lamps = Content("  ").join(
            Content.assemble((name, "$muted"), f" {block}" if block == SILENT else (f" {block}", f"bold {tint}"))
            for (name, tint, _), block in zip(_SPEAKERS, levels, strict=True)
        )
        chosen = Content.from_markup(f"[@click=app.obey('next')]{escape(f'‹ {preset} ›')}[/]  " if preset else "")
        right = Content.assemble(lamps, "   ", chosen, (time, "bold"), " ")
        state = f"{sign} {link.link.value}"
        name = "voice-tui  " if self.size.width >= NAMED_FROM_CELLS else ""
        room = self.size.width - right.cell_length - len(f" {name}{state}  ")
        line = "8 kHz" if link.telephone else ""
        where = " · ".join(part for part in (link.endpoint, link.model, line) if part)
        detail = shorten(link.detail, max(0, room - 2))
        room -= len(detail) + 1 if detail else 0
        if len(where) > room - 2:  # the model says more than the rest of a host name
            where = " · ".join(part for part in (link.endpoint.split(".")[0], link.model, line) if part)
        where = shorten(where, max(0, room - 2))
        left = Content.assemble(
            " ", (name, "bold"), (state, f"bold {hue}"), (f" {detail}" if detail else "", hue),
            "  ", (where, "$muted"),
        )  # fmt: skip
        return left + " " * max(1, self.size.width - left.cell_length - right.cell_length) + right

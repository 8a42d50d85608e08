"""The first lines of every screen: what is connected, who can be heard, and what the preset does."""

from __future__ import annotations

import math

from rich.markup import escape
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.link import TELEPHONE_COST, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import LevelMeasured, SettingsChanged
from voice_tui.ui.common import lamps
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins
from voice_tui.ui.common.lamps import AI_CELLS, YOU_CELLS, Lamp
from voice_tui.ui.common.state import STALE_S, State
from voice_tui.ui.common.wording import LINK_LOOK, LINK_WORDS, clock, shorten
from voice_tui.ui.keys import shown_key

DRAW_S = 0.12  # a level is drawn eight times a second
NAMED_FROM_CELLS = 100  # a narrower line has no room for the program's name
PRESET_CELLS = 12  # of a preset's name on such a line
SILENT = " "
_STEPS = " ▁▂▃▄▅▆▇█"


class TopLine(Widget):
    """Name, connection, endpoint, model and profile, the lamps of both sides, and how long it has lasted.

    Where there is room the preset has a line of its own that says what it does; else only its name stands there.

    Args:
        state: What is shown.
    """

    def __init__(self, state: State) -> None:
        super().__init__(id="top-line")
        self._state = state
        self._shown: tuple[object, ...] = ()
        self._preset = state.last(SettingsChanged).preset
        self._drawn_at = -math.inf
        self._explain()

    def _explain(self) -> None:
        """What the line costs, for who points at it."""
        telephone = self._state.last(LinkChanged).telephone
        self.tooltip = Content(f"{telephone}, 8 kHz: {TELEPHONE_COST}.") if telephone else None

    def show(self, notice: Notice) -> None:
        """The state has taken this over; levels are drawn no oftener than one can see, lamps at once."""
        match notice:
            case LinkChanged():
                self._explain()
                self.refresh()
            case SettingsChanged():
                self._tell(notice.preset)
                self.refresh()
            case LevelMeasured() if self._state.clock() - self._drawn_at >= DRAW_S:
                self.rest()
            case LevelMeasured():
                pass
            case _ if (self._you, self._ai) != self._shown[:2]:
                self.refresh()
            case _:
                pass

    def _tell(self, preset: str) -> None:
        """Where the preset has no line of its own, another one says once what it does."""
        before, self._preset = self._preset, preset
        if before and preset in PRESETS and preset != before and self.size.height == 1:
            self._state.news.tell(f"{preset}: {PRESETS[preset].summary}")

    def rest(self) -> None:
        """Draw again when another second, lamp or level is to be shown."""
        if self._looks != self._shown:
            self.refresh()

    @property
    def _you(self) -> Lamp:
        return lamps.you(self._state)

    @property
    def _ai(self) -> Lamp:
        return lamps.ai(self._state)

    @property
    def _looks(self) -> tuple[object, ...]:
        """Everything that moves."""
        level = self._state.last(LevelMeasured)
        blocks = self._block(level.mic_dbfs), self._block(level.assistant_dbfs)
        return self._you, self._ai, blocks, clock(self._state.elapsed), self._state.profile

    def _block(self, dbfs: float) -> str:
        """One block, as high as a side is loud."""
        stale = self._state.clock() - self._state.measured_at > STALE_S
        step = 0 if stale else Bins(FLOOR_DBFS, TOP_DBFS, 1).eighths(dbfs)
        return _STEPS[step] if step else SILENT

    def render(self) -> Content:
        """One line or two."""
        self._drawn_at = self._state.clock()
        self._shown = self._looks
        tall = self.size.height > 1
        first = self._first_line(named=not tall)
        return Content("\n").join([first, self._preset_line()]) if tall else first

    def _first_line(self, *, named: bool) -> Content:
        """What is in the middle is shortened first."""
        level = self._state.last(LevelMeasured)
        right = Content.assemble(
            _lamp("YOU", self._you, YOU_CELLS, self._block(level.mic_dbfs), "$you"), "  ",
            _lamp("AI", self._ai, AI_CELLS, self._block(level.assistant_dbfs), "$assistant"), "  ",
            self._chosen("  ") if named else "", (clock(self._state.elapsed), "bold"), " ",
        )  # fmt: skip
        link = self._state.last(LinkChanged)
        sign, hue = LINK_LOOK[link.link]
        state = f"{sign} {LINK_WORDS[link.link]}"
        name = "voice-tui  " if self.size.width >= NAMED_FROM_CELLS else ""
        room = max(0, self.size.width - right.cell_length - len(f" {name}{state}  ") - 2)
        line = "8 kHz" if link.telephone else ""
        parts = [link.endpoint, link.model, line, self._state.profile]
        if len(" · ".join(filter(None, parts))) > room:  # the model says more than the rest of a host name
            parts[0] = link.endpoint.split(".")[0]
        while len(" · ".join(filter(None, parts))) > room and sum(map(bool, parts)) > 1:
            parts[parts.index(next(filter(None, [parts[3], parts[0], parts[2], parts[1]])))] = ""
        where = shorten(" · ".join(filter(None, parts)), room)
        left = Content.assemble(" ", (name, "bold"), (state, f"bold {hue}"), "  ", (where, "$muted"))
        return left + " " * max(1, self.size.width - left.cell_length - right.cell_length) + right

    def _chosen(self, behind: str) -> Content:
        """The preset's name; a click takes the next one, but none of a recording."""
        preset = self._state.last(SettingsChanged).preset
        if self.size.width < NAMED_FROM_CELLS:
            preset = shorten(preset, PRESET_CELLS)
        if not preset or self._state.replayed:
            return Content(f"{preset}{behind}" if preset else "")
        return Content.from_markup(f"[@click=app.obey('next')]{escape(f'{preset} ▾')}[/]{behind}")

    def _preset_line(self) -> Content:
        """What the preset does, and the key of the next one."""
        preset = PRESETS.get(self._state.last(SettingsChanged).preset)
        key = "" if self._state.replayed else f"{shown_key(self._state.commands, 'next')} next preset "
        left = Content.assemble(" ", self._chosen("  "))
        room = max(0, self.size.width - left.cell_length - len(key) - 2)
        left += Content.styled(shorten(preset.summary if preset else "", room), "$foreground")
        return left + " " * max(1, self.size.width - left.cell_length - len(key)) + Content.styled(key, "$muted")


def _lamp(name: str, lamp: Lamp, cells: int, block: str, tint: str) -> Content:
    """A side: its name, how loud it is, what it does."""
    hue = f"bold {lamp.hue}" if lamp.lit else lamp.hue
    return Content.assemble(
        (name, f"bold {tint}" if lamp.lit else "$muted"), " ", (block, tint), " ", (f"{lamp.sign} ", hue),
        (lamp.word.ljust(cells), hue),
    )  # fmt: skip

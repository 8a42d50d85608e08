"""The devices: how loud each microphone is now, a tone for each loudspeaker, and which are to be used."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from voice_tui.drivers.devices.names import Kind
from voice_tui.messages.link import DevicesChanged, SelectDevice
from voice_tui.messages.talk import LevelMeasured, SwitchesChanged
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import STALE_S, State
from voice_tui.ui.devices.desk import Desk
from voice_tui.ui.devices.wording import LEGEND, NONE, Row, head, line, rows, told
from voice_tui.ui.keys import Place

DRAW_S = 0.12  # as often as one can see
HINT = "What is chosen is used at once, and kept for the next start."


class DevicesScreen(Shell[None]):
    """Esc goes back; the microphones are listened to only while it is open.

    Args:
        state: What is known.
        desk: What is chosen, and who looks.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.DEVICES
    LEGEND = LEGEND
    AUTO_FOCUS = "#devices-list"

    def __init__(self, state: State, desk: Desk) -> None:
        super().__init__(state)
        self._desk, self._lookout = desk, desk.lookout()
        self._rows: list[Row | None] = []  # None: a line that can't be chosen
        self._drawn: list[Content] = []
        self._tone, self._played = "", 0
        self.list = OptionList(id="devices-list", markup=False)
        self.takes = {DevicesChanged: (lambda _: self._draw(),)}
        self.entitle("Devices")

    def inside(self) -> ComposeResult:
        """From top to bottom."""
        yield self.list
        yield Static(id="devices-said", markup=False)
        yield Static(HINT, id="devices-kept", markup=False)

    def on_mount(self) -> None:
        """Begin to look."""
        self.run_worker(asyncio.to_thread(self._lookout.start), group="lookout", exit_on_error=False)
        self.set_interval(DRAW_S, self._draw)
        self.call_after_refresh(self._draw)

    async def on_unmount(self) -> None:
        """Look no more, without holding up the screen."""
        await asyncio.to_thread(self._lookout.stop)

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._draw)

    # ---- drawing

    def _draw(self) -> None:
        sight, state = self._lookout.sight, self.state
        level = state.last(LevelMeasured)
        heard = state.clock() - state.measured_at <= STALE_S and not state.last(SwitchesChanged).demo
        found = list(rows(sight, self._desk.chosen, state.last(DevicesChanged), level.mic_dbfs if heard else None))
        cells = max(40, self.list.scrollable_content_region.width - 2)
        kept: list[Row | None] = []
        lines: list[Content] = []
        for kind in Kind:
            mine = [row for row in found if row.kind is kind]
            kept += [None, *mine]
            lines += [head(kind), *(line(row, cells) for row in mine)]
            if not mine and sight.devices is not None:
                kept.append(None)
                lines.append(Content.styled(f"  {NONE[kind]}", "$muted"))
            kept.append(None)
            lines.append(Content(""))
        self._show(kept[:-1], lines[:-1])
        if self._tone and sight.played > self._played:
            self._tone = ""
        words, hue = told(sight, self._tone)
        self.query_one("#devices-said", Static).update(Content.styled(words, hue))

    def _show(self, kept: list[Row | None], lines: list[Content]) -> None:
        names = [(row.kind, row.name) if row else None for row in kept]
        if names != [(row.kind, row.name) if row else None for row in self._rows]:
            here = self.current
            self.list.clear_options()
            self.list.add_options([Option(each, disabled=row is None) for each, row in zip(lines, kept, strict=True)])
            self._rows = kept
            self._highlight(here)
        else:
            self._rows = kept
            for at, (each, before) in enumerate(zip(lines, self._drawn, strict=True)):
                if each != before:
                    self.list.replace_option_prompt_at_index(at, each)
        self._drawn = lines

    def _highlight(self, here: Row | None) -> None:
        """Where the cursor was, else on what is chosen."""
        rows = [(at, row) for at, row in enumerate(self._rows) if row is not None]
        same = [at for at, row in rows if here is not None and (row.kind, row.name) == (here.kind, here.name)]
        chosen = [at for at, row in rows if row.chosen]
        self.list.highlighted = next(iter([*same, *chosen, *(at for at, _ in rows)]), None)

    @property
    def current(self) -> Row | None:
        """The one under the cursor."""
        at = self.list.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    # ---- what the user wants

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is there can be chosen, and only a loudspeaker plays."""
        if action == "choose":
            return self.current is not None and self.current.there
        if action == "tone":
            return self.current is not None and self.current.kind is Kind.OUTPUT
        return True

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.show_keys()

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Use it from now on."""
        row = self.current
        if row is None or not row.there:
            return
        self._desk.chosen[row.kind] = row.name
        self.want(SelectDevice(row.name, row.kind is Kind.OUTPUT))
        self.query_one("#devices-kept", Static).update(self._desk.keep(row.kind, row.name))
        self._draw()

    def action_tone(self) -> None:
        """Play a tone on it."""
        row = self.current
        if row is not None and row.kind is Kind.OUTPUT:
            self._tone, self._played = row.label, self._lookout.sight.played
            self._lookout.tone(row.name)
            self._draw()

"""Latency: a waterfall for each turn, what is usual over the talk, and whether it grows."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.containers import Container

from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, TurnSettings
from voice_tui.messages.measures import AnswerSupplied, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import SettingsChanged
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.lines import LinesPane
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place
from voice_tui.ui.latency.wording import LEGEND, Told, latency_lines

TURNED = ("silence_duration_ms", "max_silence_ms", "hold_ms", *LATENCY_KNOBS)
"""Knobs that make an answer come sooner or later."""


class LatencyScreen(Shell[None]):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.LATENCY
    LEGEND = LEGEND
    AUTO_FOCUS = "#latency-lines"

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.lines = LinesPane(id="latency-lines")
        self.sliders = {
            name: Slider(KNOBS[name], getattr(TurnSettings(), name), partial(ChangeSetting, name), id=f"latency-{name}")
            for name in TURNED
        }
        self.takes = {
            TurnTimed: (self._draw,),
            InterruptionTimed: (self._draw,),
            AnswerSupplied: (self._draw,),
            SettingsChanged: (self._turned,),
        }
        self._parts = False  # are said in words
        self.entitle("Latency", "from the end of your turn to the first sound that can be heard")

    def inside(self) -> ComposeResult:
        """What can be turned, and what it comes to."""
        with Container(id="latency-knobs"):
            yield from self.sliders.values()
        yield self.lines

    def on_mount(self) -> None:
        """Show what is known."""
        self._turned(self.state.last(SettingsChanged))
        self.call_after_refresh(self._draw)

    def _turned(self, settings: SettingsChanged) -> None:
        """Knobs that do not act in this preset take no room; those that the endpoint lacks say so."""
        for name, slider in self.sliders.items():
            slider.told(getattr(settings.settings, name))
            slider.lack(settings.lacking.get(name, ""))
            slider.display = name in settings.active

    def on_resize(self) -> None:
        """Another width, other lines."""
        self.call_after_refresh(self._draw)

    def action_more(self) -> None:
        """Say the parts of each turn, or no longer."""
        self._parts = not self._parts
        self._draw()

    def action_copy_figures(self) -> None:
        """Copy everything as text."""
        text = "\n".join("".join(piece for piece, _ in line).rstrip() for line in self._written())
        self.app.copy_to_clipboard(text)
        self.notify("Copied.", timeout=2)

    def _written(self) -> list[list[tuple[str, str]]]:
        words = {item.item_id: item.text for item in self.state.context.state.items}
        cells = self.lines.scrollable_content_region.width
        told = Told(self.state.timed, list(self.state.cuts.values()), self.state.supplied, words)
        return latency_lines(told, cells, parts=self._parts)

    def _draw(self, notice: Notice | None = None) -> None:
        self.lines.show(self._written(), top=False)

"""Latency: a waterfall for each turn, what is usual over the talk, and whether it grows."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.containers import Container

from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, TurnSettings
from voice_tui.messages.measures import AnswerSupplied, TurnTimed
from voice_tui.messages.talk import SettingsChanged
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.figures import FiguresScreen
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place
from voice_tui.ui.latency.wording import LEGEND, Told, latency_lines

TURNED = ("silence_duration_ms", "max_silence_ms", "hold_ms", *LATENCY_KNOBS)
"""Knobs that make an answer come sooner or later."""


class LatencyScreen(FiguresScreen):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.LATENCY
    LEGEND = LEGEND
    AUTO_FOCUS = "#latency-lines"

    def __init__(self, state: State) -> None:
        super().__init__(state, "latency-lines")
        self.sliders = {
            name: Slider(
                KNOBS[name],
                getattr(TurnSettings(), name),
                partial(ChangeSetting, name),
                fixed=state.replayed,
                id=f"latency-{name}",
            )
            for name in TURNED
        }
        self.takes = {
            **dict.fromkeys((TurnTimed, InterruptionTimed, AnswerSupplied), (self.write,)),
            SettingsChanged: (self._turned,),
        }
        self.entitle("Latency", "from the end of your turn to the first sound that can be heard")

    def inside(self) -> ComposeResult:
        """What can be turned, and what it comes to."""
        with Container(id="latency-knobs"):
            yield from self.sliders.values()
        yield self.lines

    def on_mount(self) -> None:
        """Show what can be turned."""
        self._turned(self.state.last(SettingsChanged))

    def _turned(self, settings: SettingsChanged) -> None:
        """Knobs that do not act in this preset take no room; those that the endpoint lacks say so."""
        for name, slider in self.sliders.items():
            slider.told(getattr(settings.settings, name))
            slider.lack(settings.lacking.get(name, ""))
            slider.display = name in settings.active

    def written(self, cells: int) -> list[list[Piece]]:
        """What is usual, and each turn; its parts in words if more is wanted."""
        words = {item.item_id: item.text for item in self.state.context.state.items}
        told = Told(self.state.timed, list(self.state.cuts.values()), self.state.supplied, words)
        return latency_lines(told, cells, parts=self.more)

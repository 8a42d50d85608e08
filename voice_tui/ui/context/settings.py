"""The settings of context management: two choices and three numbers, each by key and by mouse."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.context import ContextChanged, SetContext
from voice_tui.messages.context_settings import RANGES, WHOLE, ContextSettings, Mode
from voice_tui.messages.knobs import Knob, Side
from voice_tui.ui.common.slider import LABEL_CELLS, MARK_CELLS, Slider
from voice_tui.ui.keys import Commands, shown_key
from voice_tui.ui.messages import Wanted

BUDGET_STEP = 500
LIKELY_WINDOW = 32_000  # tokens; where nobody knows, the slider of the budget ends there


def _knob(name: str, label: str, step: float, help: str) -> Knob:
    low, high = RANGES[name]
    return Knob(name, label, "", low, high, step, Side.LOCAL, help)


CONTEXT_KNOBS: tuple[Knob, ...] = (
    _knob("budget", "budget", BUDGET_STEP, "Higher: summaries come later; each turn reads more and costs more."),
    _knob("keep_turns", "keep turns", 1, "Higher: more of the newest turns are never summarised."),
    _knob("topic_threshold", "topic distance", 0.05, "Higher: only a very different turn counts as another topic."),
)
MODES = {"mode": ("summaries", "context.mode"), "topic_mode": ("new topics", "context.topics")}
"""Setting → label and command."""


def changed(name: str, value: float | str) -> SetContext:
    """The wish for one setting to be another."""
    whole = int(value) if name in WHOLE else value
    return SetContext(**{name: whole})  # type: ignore[arg-type]  # by name, checked by the engine


class Choice(Widget):
    """One of off, ask, auto; a click chooses it.

    Args:
        setting: Its name.
        key: Name of the key that chooses the next one.
    """

    auto_links = False  # what is chosen has its own look

    def __init__(self, setting: str, key: str) -> None:
        super().__init__(id=f"choice-{setting.replace('_', '-')}")
        self.setting = setting
        self.value = Mode.OFF
        self._key = key

    def told(self, value: Mode) -> None:
        """Take over where it stands."""
        if value is not self.value:
            self.value = value
            self.refresh()

    def action_choose(self, value: str) -> None:
        """Say what is wanted."""
        self.post_message(Wanted(changed(self.setting, value)))

    def next(self) -> None:
        """The next value, round and round."""
        modes = list(Mode)
        self.action_choose(modes[(modes.index(self.value) + 1) % len(modes)].value)

    def render(self) -> Content:
        """Label, then the values; brackets tell the chosen one without colour."""
        values = [
            Content.from_markup(
                f"[@click=choose('{mode}')]{'[bold $accent]' if mode is self.value else '[$muted]'}$shown[/][/]",
                shown=f"[{mode}]" if mode is self.value else f" {mode} ",
            )
            for mode in Mode
        ]
        lead = f"{self._key:<{MARK_CELLS}}", "bold $accent"
        return Content.assemble(lead, MODES[self.setting][0].ljust(LABEL_CELLS), Content(" ").join(values))


class ContextSettingsPanel(Container):
    """Where the settings stand; moving one says what is wanted, and what is told moves it.

    Args:
        commands: With their keys.
        fixed: It only shows where everything stands.
    """

    def __init__(self, commands: Commands, *, fixed: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        start = ContextSettings()
        keys = {name: "" if fixed else shown_key(commands, command) for name, (_, command) in MODES.items()}
        self.choices = {name: Choice(name, key) for name, key in keys.items()}
        self.sliders = {
            k.name: Slider(k, getattr(start, k.name), partial(changed, k.name), fixed=fixed) for k in CONTEXT_KNOBS
        }

    def compose(self) -> ComposeResult:
        """Two columns: what is said about summaries, and about topics."""
        yield self.choices["mode"]
        yield self.choices["topic_mode"]
        yield self.sliders["budget"]
        yield self.sliders["topic_threshold"]
        yield self.sliders["keep_turns"]

    def show(self, state: ContextChanged) -> None:
        """Take over what was told; the budget ends where the window does."""
        for name, choice in self.choices.items():
            choice.told(getattr(state.settings, name))
        budget = self.sliders["budget"]
        high = max(state.window or LIKELY_WINDOW, state.settings.budget)
        if budget.knob.high != high:
            budget.knob = replace(budget.knob, high=high)
            budget.refresh()
        for name, slider in self.sliders.items():
            slider.told(getattr(state.settings, name))

    def cycle(self, name: str) -> None:
        """The next mode."""
        self.choices[name].next()

"""The settings of context management: two choices and three numbers, each by key and by mouse."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from voice_tui.messages.context import ContextChanged, SetContext
from voice_tui.messages.context_settings import RANGES, WHOLE, ContextSettings, Mode
from voice_tui.messages.knobs import Knob, Side
from voice_tui.ui.common.slider import LABEL_CELLS, MARK_CELLS, Slider

BUDGET_STEP = 500


def _knob(name: str, label: str, step: float, help: str) -> Knob:
    low, high = RANGES[name]
    return Knob(name, label, "", low, high, step, Side.LOCAL, help)


KNOBS: tuple[Knob, ...] = (
    _knob("budget", "budget", BUDGET_STEP, "Higher: summaries come later; each turn reads more and costs more."),
    _knob("keep_turns", "keep turns", 1, "Higher: more of the newest turns are never summarised."),
    _knob("topic_threshold", "topic distance", 0.05, "Higher: only a very different turn counts as another topic."),
)
MODES = {"mode": ("summaries", "m"), "topic_mode": ("new topics", "t")}
"""Setting → label and key."""


class Choice(Widget):
    """One of off, ask, auto; a click chooses it.

    Args:
        name: The setting.
    """

    auto_links = False  # what is chosen has its own look

    def __init__(self, name: str) -> None:
        super().__init__(id=f"choice-{name.replace('_', '-')}")
        self.setting = name
        self.value = Mode.OFF

    class Changed(Message):
        """The user chose another value."""

        def __init__(self, choice: Choice, value: Mode) -> None:
            super().__init__()
            self.choice = choice
            self.value = value

        @property
        def control(self) -> Choice:
            """The choice it comes from."""
            return self.choice

    def told(self, value: Mode) -> None:
        """Take over where it stands."""
        if value is not self.value:
            self.value = value
            self.refresh()

    def action_choose(self, value: str) -> None:
        """Say what is wanted."""
        self.post_message(self.Changed(self, Mode(value)))

    def next(self) -> None:
        """The next value, round and round."""
        modes = list(Mode)
        self.action_choose(modes[(modes.index(self.value) + 1) % len(modes)])

    def render(self) -> Content:
        """Label, then the values; brackets tell the chosen one without colour."""
        label, key = MODES[self.setting]
        values = [
            Content.from_markup(
                f"[@click=choose('{mode}')]{'[bold $you]' if mode is self.value else '[$muted]'}$shown[/][/]",
                shown=f"[{mode}]" if mode is self.value else f" {mode} ",
            )
            for mode in Mode
        ]
        lead = f"{key:<{MARK_CELLS}}", "bold $you"
        return Content.assemble(lead, label.ljust(LABEL_CELLS), Content(" ").join(values))


class ContextSettingsPanel(Container):
    """Where the settings stand; moving one says what is wanted, and what is told moves it."""

    class Wanted(Message):
        """The user wants other settings."""

        def __init__(self, change: SetContext) -> None:
            super().__init__()
            self.change = change

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        start = ContextSettings()
        self.choices = {name: Choice(name) for name in MODES}
        self.sliders = {knob.name: Slider(knob, getattr(start, knob.name)) for knob in KNOBS}

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
        high = max(state.window, state.settings.budget)
        if budget.knob.high != high:
            budget.knob = replace(budget.knob, high=high)
            budget.refresh()
        for name, slider in self.sliders.items():
            slider.told(getattr(state.settings, name))

    def cycle(self, name: str) -> None:
        """The next mode."""
        self.choices[name].next()

    @on(Slider.Changed)
    def _slid(self, event: Slider.Changed) -> None:
        event.stop()
        name = event.slider.knob.name
        value = int(event.value) if name in WHOLE else event.value
        self.post_message(self.Wanted(SetContext(**{name: value})))  # type: ignore[arg-type]  # by name, checked by the engine

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        value = event.value.value
        change = SetContext(mode=value) if event.choice.setting == "mode" else SetContext(topic_mode=value)
        self.post_message(self.Wanted(change))

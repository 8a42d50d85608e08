"""The context: everything the assistant reads before it answers, what that costs, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.messages.context import (
    ContextFailed,
    ContextItem,
    EditSummary,
    How,
    Kind,
    NewTopic,
    Pin,
    SummariseNow,
    SummaryEdited,
    SummaryMade,
    UndoSummary,
)
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack
from voice_tui.ui.common.wording import thousands
from voice_tui.ui.context.model import ContextModel
from voice_tui.ui.context.offer import CHOICES, OfferLine, answers
from voice_tui.ui.context.rows import words
from voice_tui.ui.context.settings import ContextSettingsPanel
from voice_tui.ui.context.table import ContextTable
from voice_tui.ui.context.wording import KIND_LOOK, bar, change, over_budget, standing, things, totals
from voice_tui.ui.editor.screen import Editor, Verdict

_REST_S = 1.0  # ages
_ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("p", "pin", "pin"),
    ("s", "summarise", "summarise"),
    ("u", "undo", "undo"),
    ("e", "edit", "edit"),
    ("n", "new_topic", "new topic"),
    ("Enter", "read", "whole text"),
    ("Esc", "leave", "back"),
)
"""Key, action and word of what can be done; each can be clicked."""
ASKED = "New topic. The old one:"


class Totals(Widget):
    """Tokens against the budget as a bar; what that means; what is being done."""

    def __init__(self, model: ContextModel) -> None:
        super().__init__(id="context-totals")
        self._model = model

    def render(self) -> Content:
        """Three lines."""
        state = self._model.state
        over, budget = over_budget(state), state.settings.budget
        hue = "$warning" if over else "$you"
        lead = f" {thousands(state.forecast_input)} of {thousands(budget)} budget  "
        cells = max(10, self.size.width - len(lead) - 2)
        below, beyond, rest = bar(state.forecast_input, budget, cells)
        full = below.rstrip("─")
        line = Content.assemble(
            (lead, f"bold {hue}"), (full, hue), (below[len(full) :], "$muted"), (beyond, hue), (rest, "$muted")
        )
        said, tint = standing(state, self._model.last)
        return Content("\n").join([line, Content(f" {totals(state)}"), Content.styled(f" {said}", tint)])


class ContextKeys(Widget):
    """What can be done now; while a new topic is asked for, what can become of the old one."""

    def __init__(self) -> None:
        super().__init__(id="context-keys")
        self.asking = False

    def render(self) -> Content:
        """Keys reversed, words after them."""
        if self.asking:
            return Content.assemble(" ", (ASKED, "bold $warning"), "  ", answers(typing=False))
        parts = [
            Content.from_markup(f"[@click=screen.{action}][reverse]{key}[/reverse] {word}[/]")
            for key, action, word in _ACTIONS
        ]
        return Content(" ") + Content("  ").join(parts)


class ContextScreen(Screen[None]):
    """Live while one talks; Esc goes back.

    Args:
        model: What is known of the context; the console keeps it up to date.
        clock: Seconds, the clock of the items.
    """

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    AUTO_FOCUS = "#context-table"
    BINDINGS = [
        Binding("escape,q,k,alt+k", "leave", "Back", id="context.back", tooltip="Back to the conversation."),
        Binding("p", "pin", "Pin", id="context.pin", tooltip="Never summarise or delete this item."),
        Binding("s", "summarise", "Summarise", id="context.summarise", tooltip="Summarise older turns now."),
        Binding("u", "undo", "Undo", id="context.undo", tooltip="Put back what the last summary replaced."),
        Binding("e", "edit", "Edit", id="context.edit", tooltip="Give the summary other words."),
        Binding("n", "new_topic", "New topic", id="context.new-topic", tooltip="Go on with another topic."),
        Binding("m", "mode('mode')", "Mode", id="context.mode", tooltip="When to summarise: off, ask, auto."),
        Binding("t", "mode('topic_mode')", "Topics", id="context.topics", tooltip="Another topic: off, ask, auto."),
        *(
            Binding(str(i), f"choose('{how}')", words, id=f"context.{name}", show=False)
            for i, (how, name, words) in enumerate(CHOICES, 1)
        ),
    ]

    class Wanted(Message):
        """The user wants something of the voice side."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    def __init__(self, model: ContextModel, clock: Callable[[], float]) -> None:
        super().__init__()
        self.model = model
        self._totals = Totals(model)
        self.table = ContextTable(clock, id="context-table")
        self.reading = VerticalScroll(Static("", id="context-text", markup=False), id="context-reading")
        self.settings = ContextSettingsPanel(id="context-settings")
        self.offer = OfferLine(model, id="context-offer")
        self._keys = ContextKeys()

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self._totals
        yield self.table
        yield self.reading
        yield self.settings
        yield self.offer
        yield self._keys

    def on_mount(self) -> None:
        """Show what is known; keep the ages right."""
        self.reading.display = False
        self._sync()
        if self.model.summary is not None:
            self._show_summary(self.model.summary)
        self.set_interval(_REST_S, self.table.refresh)

    def show(self, notice: Notice) -> None:
        """The model has taken this over."""
        self._sync()
        if isinstance(notice, SummaryMade | SummaryEdited) and self.model.summary is not None:
            self._show_summary(self.model.summary)

    def _sync(self) -> None:
        state = self.model.state
        self.table.show(state)
        self.settings.show(state)
        self.offer.sync()
        self._totals.refresh()

    def ask(self, on: bool) -> None:
        """Offer what can become of the old topic."""
        self._keys.asking = on
        self._keys.refresh()

    # ---- the whole text

    def _read(self, title: str, text: str) -> None:
        self.reading.border_title = title
        self.query_one("#context-text", Static).update(text)
        self.reading.display = True
        self.reading.scroll_home(animate=False)

    def _show_summary(self, made: SummaryMade) -> None:
        self._read(f"Summary of {things(made.removed, 'item')} · {change(made.before, made.after)}", made.text)

    def _show_item(self, item: ContextItem) -> None:
        number = self.table.cursor + 1
        tokens = f"{'' if item.exact else '≈ '}{item.tokens} tokens"
        self._read(f"#{number} {item.speaker} · {KIND_LOOK[item.kind][1]} · {tokens}", words(item) or "no words")

    @on(ContextTable.Chosen)
    def _chosen(self, event: ContextTable.Chosen) -> None:
        self.action_read()

    @on(ContextTable.Moved)
    def _moved(self, event: ContextTable.Moved) -> None:
        if type(event) is ContextTable.Moved and self.reading.display and event.table.current is not None:
            self._show_item(event.table.current)

    def action_read(self) -> None:
        """The whole text of the item."""
        if self.table.current is not None:
            self._show_item(self.table.current)

    # ---- what the user wants

    def _want(self, request: Request) -> None:
        self.post_message(self.Wanted(request))

    @on(ContextSettingsPanel.Wanted)
    def _set(self, event: ContextSettingsPanel.Wanted) -> None:
        self._want(event.change)

    def action_leave(self) -> None:
        """One step back: the question, the text, the screen."""
        if self._keys.asking:
            self.ask(False)
        elif self.reading.display:
            self.reading.display = False
        else:
            self.dismiss()

    def action_pin(self) -> None:
        """Pin the item, or let it go."""
        if self.table.current is not None:
            self._want(Pin(self.table.current.item_id))

    def action_summarise(self) -> None:
        """Summarise now."""
        self._want(SummariseNow())

    def action_undo(self) -> None:
        """Undo the last summary."""
        self._want(UndoSummary())

    def action_mode(self, name: str) -> None:
        """The next mode."""
        self.settings.cycle(name)

    def action_new_topic(self) -> None:
        """Ask what is to become of the old one."""
        self.ask(True)

    def action_choose(self, how: str) -> None:
        """Answer what is asked, or offered."""
        if self._keys.asking:
            self.ask(False)
            self._want(NewTopic(How(how)))
        elif (request := self.model.answer(How(how))) is not None:
            self._want(request)
        self._sync()

    def action_edit(self) -> None:
        """Give the summary other words."""
        summary = next((i for i in self.model.state.items if i.kind is Kind.SUMMARY and i.in_server), None)
        if summary is None:
            self.notify("There is no summary yet: s makes one.", timeout=4)
            return
        self.app.push_screen(Editor("Edit the summary", words(summary), EditSummary, _verdict, _hint))


def _verdict(notice: Notice) -> Verdict | None:
    """What came of an edited summary."""
    match notice:
        case SummaryEdited():
            return Verdict(Ack.ACKNOWLEDGED, "the summary has these words now")
        case ContextFailed(what="edit", reason=reason):
            return Verdict(Ack.REJECTED, f"not changed: {reason}")
        case _:
            return None


def _hint(text: str) -> Content:
    return Content.styled(
        "The assistant reads it instead of what it stands for. It changes at the next pause.", "$muted"
    )

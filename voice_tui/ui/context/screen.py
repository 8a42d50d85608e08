"""The context: everything the assistant reads before it answers, what that costs, and what can be done about it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
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
    SummaryProposed,
    SummaryUndone,
    TopicChanged,
    UndoSummary,
)
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, RowChanged
from voice_tui.ui.common.context_wording import change, over_budget, things
from voice_tui.ui.common.edit import Edit, Verdict
from voice_tui.ui.common.offer import OfferLine
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import thousands
from voice_tui.ui.context.rows import FIXED, words
from voice_tui.ui.context.settings import ContextSettingsPanel
from voice_tui.ui.context.table import ContextTable
from voice_tui.ui.context.wording import KIND_LOOK, LEGEND, LISTED, bar, standing, totals
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.messages import ScreenWanted

ASKED = "New topic. The old one:"
FOLLOWED = (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    SummaryProposed,
    SummaryUndone,
    TopicChanged,
    RowChanged,
)
VERDICTS = (SummaryEdited, ContextFailed)


class Totals(Widget):
    """Tokens against the budget as a bar; what that means; what is being done."""

    def __init__(self, state: State) -> None:
        super().__init__(id="context-totals")
        self._state = state

    def render(self) -> Content:
        """Three lines."""
        state = self._state.context.state
        over, budget = over_budget(state), state.settings.budget
        hue = "$warning" if over else "$accent"
        lead = f" {thousands(state.forecast_input)} of {thousands(budget)} tokens  "
        cells = max(10, self.size.width - len(lead) - 2)
        below, beyond, rest = bar(state.forecast_input, budget, cells)
        full = below.rstrip("─")
        line = Content.assemble(
            (lead, f"bold {hue}"), (full, hue), (below[len(full) :], "$muted"), (beyond, hue), (rest, "$muted")
        )
        said, tint = standing(state, self._state.context.last, self._state.commands, replayed=self._state.replayed)
        return Content("\n").join([line, Content(f" {totals(state)}"), Content.styled(f" {said}", tint)])


class ContextScreen(Shell[None]):
    """Live while one talks; Esc goes back."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.CONTEXT
    LEGEND = LEGEND
    AUTO_FOCUS = "#context-table"
    READING = frozenset({"back", "read"})

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.model = state.context
        self._totals = Totals(state)
        self.table = ContextTable(state, id="context-table")
        self.reading = VerticalScroll(Static("", id="context-text", markup=False), id="context-reading")
        self.settings = ContextSettingsPanel(state.commands, fixed=state.replayed, id="context-settings")
        self.offer = OfferLine(state)
        self._second = 0
        self._reads = False  # a text was asked for; else the pane only previews
        self._reads_summary = False
        self._shown = ("", "")
        summary = (self._sync, self._summary_told)
        self.takes = dict.fromkeys(FOLLOWED, (self._sync,)) | dict.fromkeys((SummaryMade, SummaryEdited), summary)

    def inside(self) -> ComposeResult:
        """From top to bottom."""
        yield self._totals
        yield self.table
        yield self.reading
        yield self.settings
        yield self.offer

    def on_mount(self) -> None:
        """Show what is known."""
        self._close()
        self._sync()
        if self.model.summary is not None:
            self._show_summary(self.model.summary)

    def rest(self) -> None:
        """Keep the ages right."""
        super().rest()
        if (second := int(self.state.clock())) != self._second:
            self._second = second
            self.table.refresh()

    def _summary_told(self, notice: Notice) -> None:
        if self.model.summary is not None:
            self._show_summary(self.model.summary)

    def on_resize(self) -> None:
        """Where there is room the item under the cursor can be read at once."""
        self.call_after_refresh(self._preview)

    def _sync(self, notice: Notice | None = None) -> None:
        """Show what the model has taken over."""
        state = self.model.state
        self.table.show(state)
        self.entitle(self.table.title, LISTED)
        self.settings.show(state)
        self.offer.sync()
        self._totals.refresh()
        if self._reads_summary and self.model.summary is None:  # it was undone, or is gone
            self._close()
        self._preview()
        self.show_keys()

    # ---- the whole text

    def _close(self) -> None:
        """No text was asked for any more."""
        self._reads = self._reads_summary = False
        self._preview()

    def _preview(self) -> None:
        """Show the item under the cursor where nothing was asked for and there is room."""
        if not self._reads and self.is_attached:
            roomy = self.has_class("-tall") and self.table.current is not None
            if roomy and self.table.current is not None:
                self._show_item(self.table.current)
            self.reading.display = roomy

    def _read(self, title: str, text: str) -> None:
        self.reading.display = True
        if (title, text) != self._shown:
            self._shown = title, text
            self.reading.border_title = Content(title)
            self.query_one("#context-text", Static).update(text)
            self.reading.scroll_home(animate=False)

    def _show_summary(self, made: SummaryMade) -> None:
        self._reads = self._reads_summary = True
        self._read(f"Summary of {things(made.removed, 'item')} · {change(made.before, made.after)}", made.text)

    def _show_item(self, item: ContextItem) -> None:
        number = "" if item.kind in FIXED else f"#{self.table.number} "
        tokens = f"{'' if item.exact else '≈ '}{item.tokens} tokens"
        who = f"{number}{item.speaker}".strip()
        title = " · ".join(filter(None, (who, KIND_LOOK[item.kind][1], tokens)))
        self._read(title, words(item) or "no words")

    @on(ContextTable.Chosen)
    def _chosen(self, event: ContextTable.Chosen) -> None:
        self.action_read()

    @on(ContextTable.Moved)
    def _moved(self, event: ContextTable.Moved) -> None:
        if type(event) is ContextTable.Moved and self.reading.display and event.table.current is not None:
            self._reads_summary = False
            self._show_item(event.table.current)
        self.show_keys()

    def action_read(self) -> None:
        """The whole text of the item."""
        if self.table.current is not None:
            self._reads, self._reads_summary = True, False
            self._show_item(self.table.current)

    # ---- what the user wants

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is asked or offered can be answered; what the cursor is on can be pinned and read."""
        match action:
            case _ if self.nobody_for(action):
                return False
            case "answer":
                return self.offer.open
            case "pin":
                return self.table.current is not None and self.table.current.kind not in FIXED
            case "read":
                return self.table.current is not None
            case _:
                return True

    def action_back(self) -> None:
        """One step back: the question, the text, the screen."""
        if self.offer.asked:
            self.offer.ask("")
        elif self._reads:
            self._close()
        else:
            self.dismiss()

    def action_pin(self) -> None:
        """Pin the item, or let it go."""
        if self.table.current is not None and self.table.current.kind not in FIXED:
            self.want(Pin(self.table.current.item_id))

    def action_summarise(self) -> None:
        """Summarise now."""
        self.want(SummariseNow())

    def action_undo(self) -> None:
        """Undo the last summary."""
        self.want(UndoSummary())

    def action_mode(self, name: str) -> None:
        """The next mode."""
        self.settings.cycle(name)

    def action_new_topic(self) -> None:
        """Ask what is to become of the old one."""
        self.offer.ask(ASKED)
        self.show_keys()

    def action_answer(self, how: str) -> None:
        """Answer what is asked, or offered."""
        if self.offer.asked:
            self.offer.ask("")
            self.want(NewTopic(How(how)))
        elif (request := self.offer.answer(How(how))) is not None:
            self.want(request)
        self._sync()

    def action_edit(self) -> None:
        """Give the summary other words."""
        summary = next((i for i in self.model.state.items if i.kind is Kind.SUMMARY and i.in_server), None)
        if summary is None:
            key = shown_key(self.state.commands, "context.summarise")
            self.notify(f"There is no summary yet: {key} makes one.", timeout=4, markup=False)
            return
        editing = Edit("Edit the summary", words(summary), EditSummary, _verdict, VERDICTS, _hint)
        self.post_message(ScreenWanted("editor", editing))


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
    return Content.styled("The AI reads it instead of what it stands for. It changes at the next pause.", "$muted")

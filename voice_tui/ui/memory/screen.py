"""The memory: every fact and every conversation that is kept, to be found, mended, exported and deleted."""

from __future__ import annotations

from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from voice_tui.messages import memory as want
from voice_tui.messages.intents import Request
from voice_tui.messages.memory import (
    FactsListed,
    KnownFact,
    MemoryChanged,
    MemoryNotice,
    MemoryWiped,
    PastTalk,
    Remembered,
    TalksListed,
)
from voice_tui.ui.memory import wording as words
from voice_tui.ui.memory.entry import InPlace, QuestionInput
from voice_tui.ui.memory.model import FactList

WIPE, EXPORT = "wipe", "export"
FRAME_CELLS = 7  # border, padding and scrollbar beside the columns
TOAST_S = 6


class MemoryScreen(ModalScreen[None]):
    """Two lists, a search above them, a question below.

    Args:
        state: Where the memory stands.
    """

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding(a.keys, a.action, a.word, id=f"memory.{a.word or a.key}", tooltip=a.help)
        for a in words.ACTIONS
        if a.keys
    ]

    class Wanted(Message):
        """The user wants something of the memory."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    class LookWanted(Message):
        """The user wants facts to be looked for."""

    def __init__(self, state: MemoryChanged) -> None:
        super().__init__()
        self._state = state
        self._tab = words.FACTS
        self._facts = FactList()
        self._talks: tuple[PastTalk, ...] = ()
        self._search = Input(placeholder="/ to search", compact=True, id="memory-search")
        self._question, self._in_place = QuestionInput(id="memory-entry"), InPlace(id="memory-edit")

    def compose(self) -> ComposeResult:
        """From top to bottom; the line for editing lies over the list."""
        with Vertical(id="memory-box") as box:
            box.border_title = "Memory"
            yield Static(id="memory-tabs")
            yield self._search
            yield DataTable[object](id="memory-facts", cursor_type="row")
            yield DataTable[object](id="memory-talks", cursor_type="row")
            yield Static(id="memory-empty")
            yield Static(id="memory-details")
            yield self._question
            yield Static(id="memory-keys")
        yield self._in_place

    def on_mount(self) -> None:
        """Ask for both lists."""
        self._want(want.ListFacts(), want.ListTalks())
        self._draw()
        self._focus_list()

    def on_resize(self) -> None:
        """The columns fill the width."""
        self.call_after_refresh(self._draw)

    def _want(self, *requests: Request) -> None:
        for request in requests:
            self.post_message(self.Wanted(request))

    # ---- what the memory tells

    def show(self, notice: MemoryNotice) -> None:
        """Take over what changed."""
        match notice:
            case MemoryChanged():
                self._state = notice
            case FactsListed():
                self._facts.take(notice, self._search.value)
            case TalksListed(talks):
                self._talks = talks
            case Remembered():
                self._want(want.ListFacts(self._search.value))
                return
            case MemoryWiped():
                self._facts.clear()
                self._want(want.ListFacts(), want.ListTalks())
            case _:
                return
        self._draw()
        if self.focused is None:
            self._focus_list()

    # ---- drawing

    @property
    def _table(self) -> DataTable[object]:
        return self.query_one(f"#memory-{self._tab}", DataTable)

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        facts = self._tab == words.FACTS
        empty = words.empty_words(self._tab, self._state, self._count, self._search.value)
        if empty and self.focused is self._table:
            self.set_focus(None)
        for name in (words.FACTS, words.TALKS):
            self.query_one(f"#memory-{name}").display = name == self._tab and not empty
        self._search.display = facts and self._state.on
        self.query_one("#memory-empty").display = bool(empty)
        self.query_one("#memory-empty", Static).update(empty)
        self._draw_rows()
        self._draw_details()
        width = self.size.width - 4
        tabs = words.tabs(self._tab, self._facts.total, len(self._talks), self._state, width)
        self.query_one("#memory-tabs", Static).update(tabs)
        keys = words.keys_of(self._tab, on=self._state.on, asking=bool(self._question.about))
        self.query_one("#memory-keys", Static).update(words.keys(keys, width))

    @property
    def _count(self) -> int | None:
        """Rows of the list that is shown; None while nobody has said."""
        if self._tab == words.TALKS:
            return len(self._talks)
        return None if self._facts.total is None else len(self._facts.rows)

    def _draw_rows(self) -> None:
        table, width = self._table, self.size.width - FRAME_CELLS
        at = table.cursor_row
        table.clear(columns=True)
        for column, cells in words.laid_out(words.COLUMNS[self._tab], width):
            table.add_column(column.label, width=cells)
        if self._tab == words.FACTS:
            for fact in self._facts.rows:
                table.add_row(*words.fact_cells(fact, width, gone=self._facts.gone(fact)))
        else:
            for talk in self._talks:
                table.add_row(*words.talk_cells(talk, width))
        if table.row_count:
            table.move_cursor(row=min(at, table.row_count - 1))

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        at = self._table.cursor_row
        if self._tab == words.FACTS:
            said = words.fact_details(self._fact, gone=self._facts.gone(self._fact))
        else:
            said = words.talk_details(self._talks[at] if at < len(self._talks) else None)
        self.query_one("#memory-details", Static).update(said)

    @property
    def _fact(self) -> KnownFact | None:
        """The fact under the cursor."""
        table = self.query_one("#memory-facts", DataTable)
        return self._facts.at(table.cursor_row) if self._tab == words.FACTS else None

    def _focus_list(self) -> None:
        self.set_focus(self._table if self._table.display else None)

    # ---- search

    def action_search(self) -> None:
        """Type to search."""
        if self._tab == words.FACTS:
            self._search.focus()

    @on(Input.Changed, "#memory-search")
    def _searched(self, event: Input.Changed) -> None:
        self._want(want.ListFacts(event.value))

    @on(Input.Submitted, "#memory-search")
    def _search_over(self) -> None:
        self._focus_list()

    def on_key(self, event: events.Key) -> None:
        """From the search down into the list."""
        if event.key == "down" and self.focused is self._search:
            self._focus_list()

    # ---- a fact

    @on(DataTable.RowSelected, "#memory-facts")
    def action_edit(self) -> None:
        """A line over the fact's words."""
        fact, table = self._fact, self.query_one("#memory-facts", DataTable)
        if fact is not None and not self._facts.gone(fact):
            about, text = words.laid_out(words.FACT_COLUMNS, self.size.width - FRAME_CELLS)[:2]
            x = table.region.x + about[1] + words.GUTTER + 1
            y = table.region.y + 1 + table.cursor_row - int(table.scroll_offset.y)
            self._in_place.edit(fact, x, y, text[1])

    @on(Input.Submitted, "#memory-edit")
    def _edited(self, event: Input.Submitted) -> None:
        fact = self._in_place.done()
        if fact is not None and event.value.strip():
            self._want(want.EditFact(fact.id, event.value))
        self._focus_list()

    def action_delete(self) -> None:
        """Delete the fact under the cursor, at once."""
        if (number := self._facts.delete(self._fact)) is not None:
            self._want(want.DeleteFact(number))
            self._draw()

    def action_undo(self) -> None:
        """Take back the deleted fact under the cursor, else the one deleted last."""
        if (number := self._facts.undo(self._fact)) is not None:
            self._want(want.RestoreFact(number))
            self._draw()

    # ---- everything

    def action_tab(self, name: str) -> None:
        """Facts or conversations."""
        self._tab = name
        self._draw()
        self._focus_list()

    def action_look(self) -> None:
        """Look for facts in what was said."""
        if self._state.on:
            self.post_message(self.LookWanted())

    def action_private(self) -> None:
        """Store nothing from now on, or store again."""
        if self._state.on:
            self._want(want.SetPrivate())

    def action_export(self) -> None:
        """Ask for a file."""
        name = f"{self._state.folder}/export-{datetime.now():%Y-%m-%d-%H%M%S}.json"
        self._ask(EXPORT, "Export to", name)

    def action_wipe(self) -> None:
        """Ask for the word."""
        what = f"{self._facts.total or 0} facts and {len(self._talks)} conversations"
        self._ask(WIPE, f"Delete {what} for good: type {WIPE}", "")

    def _ask(self, about: str, title: str, value: str) -> None:
        if self._state.on:
            self._question.ask(about, title, value)
            self._draw()

    async def action_submit(self) -> None:
        """What was typed below, by the mouse."""
        await self._question.action_submit()

    @on(Input.Submitted, "#memory-entry")
    def _entered(self, event: Input.Submitted) -> None:
        about, text = self._question.answered(), event.value.strip()
        if about == EXPORT and text:
            self._want(want.ExportMemory(text))
        elif about == WIPE and text == WIPE:
            self._want(want.WipeMemory())
        elif about == WIPE:
            self.notify(f"Nothing is deleted: {text!r} is not {WIPE!r}.", timeout=TOAST_S, markup=False)
        self._draw()
        self._focus_list()

    def action_back(self) -> None:
        """One step back: from editing, from the question, from a search, from the screen."""
        if self._in_place.done() is not None or self._question.answered():
            self._draw()
            self._focus_list()
        elif self._search.value or self.focused is self._search:
            self._search.value = ""
            self._focus_list()
        else:
            self.dismiss()

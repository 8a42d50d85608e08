"""The memory: every fact and every conversation that is kept, to be found, read, mended, exported and deleted."""

from __future__ import annotations

from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import DataTable, Input, Static

from voice_tui.messages import memory as want
from voice_tui.messages.memory import (
    FactsListed,
    KnownFact,
    MemoryChanged,
    MemoryWiped,
    PastTalk,
    Remembered,
    TalksListed,
)
from voice_tui.messages.notices import Notice
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.memory import wording as words
from voice_tui.ui.memory.entry import InPlace
from voice_tui.ui.memory.model import RowList
from voice_tui.ui.messages import ScreenWanted

WIPE, EXPORT = "wipe", "export"
FRAME_CELLS = 5  # border, padding and scrollbar beside the columns
TOAST_S = 6


class MemoryScreen(Shell[None]):
    """Two lists, a search above them, a question below."""

    CSS_PATH = "screen.tcss"
    PLACE = Place.MEMORY
    AUTO_FOCUS = ""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._tab = words.FACTS
        self._facts, self._talks = RowList[KnownFact](), RowList[PastTalk]()
        self._queries = {words.FACTS: "", words.TALKS: ""}
        self._search = Input(placeholder=self._to_search(), compact=True, id="memory-search")
        self._question, self._in_place = QuestionInput(id="memory-entry"), InPlace(id="memory-edit")
        self.takes = {
            MemoryChanged: (self._begun, self._draw),
            FactsListed: (self._facts_listed,),
            TalksListed: (self._talks_listed,),
            Remembered: (self._list_facts,),
            MemoryWiped: (self._wiped,),
        }
        self.entitle("Memory")

    def _to_search(self) -> str:
        return f"{shown_key(self.state.commands, 'memory.search')} to search"

    def inside(self) -> ComposeResult:
        """From top to bottom; the line for editing lies over the list."""
        yield Static(id="memory-tabs")
        yield self._search
        yield DataTable[object](id="memory-facts", cursor_type="row")
        yield DataTable[object](id="memory-talks", cursor_type="row")
        yield Static(id="memory-empty", markup=False)
        yield Static(id="memory-details")
        yield self._question

    def body(self) -> ComposeResult:
        """The line over a fact is in no frame: it stands where the fact is on the screen."""
        yield from super().body()
        yield self._in_place

    def on_mount(self) -> None:
        """Ask for both lists."""
        self.want(want.ListFacts(), want.ListTalks())
        self._draw()
        self._focus_list()

    def on_resize(self) -> None:
        """The columns fill the width."""
        self.call_after_refresh(self._draw)

    @property
    def _known(self) -> MemoryChanged:
        """Where the memory stands."""
        return self.state.last(MemoryChanged)

    # ---- what the memory tells

    def _begun(self, notice: MemoryChanged) -> None:
        """A list that was asked for before there was anybody to tell it is asked for again."""
        if notice.on and self._facts.total is None and self._talks.total is None:
            self.want(want.ListFacts(), want.ListTalks())

    def _facts_listed(self, notice: FactsListed) -> None:
        current = notice.query == self._queries[words.FACTS]
        self._facts.take(notice.facts, notice.total, current=current)
        self._draw()

    def _talks_listed(self, notice: TalksListed) -> None:
        self._talks.take(notice.talks, notice.total, current=notice.query == self._queries[words.TALKS])
        self._draw()

    def _list_facts(self, notice: Notice) -> None:
        self.want(want.ListFacts(self._queries[words.FACTS]))

    def _wiped(self, notice: MemoryWiped) -> None:
        self._facts.clear()
        self._talks.clear()
        self.want(want.ListFacts(), want.ListTalks())
        self._draw()

    # ---- drawing

    @property
    def _table(self) -> DataTable[object]:
        return self.query_one(f"#memory-{self._tab}", DataTable)

    def _draw(self, notice: MemoryChanged | None = None) -> None:
        """Draw everything anew."""
        query, talks = self._queries[self._tab], self._talks.total or 0
        empty = words.empty_words(self._tab, self._known, self._count, query, self.state.commands, talks)
        if empty and self.focused is self._table:
            self.set_focus(None)
        for name in (words.FACTS, words.TALKS):
            self.query_one(f"#memory-{name}").display = name == self._tab and not empty
        self._search.display = bool(self._known.on)
        self.query_one("#memory-empty").display = bool(empty)
        self.query_one("#memory-empty", Static).update(empty)
        self._draw_rows()
        self._draw_details()
        tabs = words.tabs(self._tab, self._facts.total, self._talks.total, self.state, self.size.width - FRAME_CELLS)
        self.query_one("#memory-tabs", Static).update(tabs)
        if self.focused is None:
            self._focus_list()
        self.show_keys()

    @property
    def _count(self) -> int | None:
        """Rows of the list that is shown; None while nobody has said."""
        total, rows = (
            (self._facts.total, len(self._facts.rows))
            if self._tab == words.FACTS
            else (self._talks.total, len(self._talks.rows))
        )
        return None if total is None else rows

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
            for talk in self._talks.rows:
                table.add_row(*words.talk_cells(talk, width, gone=self._talks.gone(talk)))
        if table.row_count:
            table.move_cursor(row=min(at, table.row_count - 1))

    @on(DataTable.RowHighlighted)
    def _draw_details(self) -> None:
        commands = self.state.commands
        if self._tab == words.FACTS:
            said = words.fact_details(self._fact, commands, gone=self._facts.gone(self._fact))
        else:
            said = words.talk_details(self._talk, commands, gone=self._talks.gone(self._talk))
        self.query_one("#memory-details", Static).update(said)
        self.show_keys()

    @property
    def _fact(self) -> KnownFact | None:
        """The fact under the cursor."""
        table = self.query_one("#memory-facts", DataTable)
        return self._facts.at(table.cursor_row) if self._tab == words.FACTS else None

    @property
    def _talk(self) -> PastTalk | None:
        """The conversation under the cursor."""
        table = self.query_one("#memory-talks", DataTable)
        return self._talks.at(table.cursor_row) if self._tab == words.TALKS else None

    def _focus_list(self) -> None:
        self.set_focus(self._table if self._table.display else None)

    # ---- what acts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a memory nothing can be done; while something is asked it is answered first."""
        asking = bool(self._question.about) or self._in_place.fact is not None
        match action:
            case "back":
                return True
            case "submit":
                return asking
            case _ if asking or not self._known.on:
                return action == "tab"
            case "look":
                return self._tab == words.FACTS
            case "edit":
                return self._fact is not None and not self._facts.gone(self._fact)
            case "delete":
                return self.check_action("edit", ()) or self.check_action("read", ())
            case "read" | "resume":
                return self._talk is not None and not self._talks.gone(self._talk)
            case "undo":
                return (self._facts if self._tab == words.FACTS else self._talks).struck
            case _:
                return True

    # ---- search

    def action_search(self) -> None:
        """Type to search."""
        self._search.focus()

    @on(Input.Changed, "#memory-search")
    def _searched(self, event: Input.Changed) -> None:
        if event.value != self._queries[self._tab]:
            self._queries[self._tab] = event.value
            listed = want.ListFacts if self._tab == words.FACTS else want.ListTalks
            self.want(listed(event.value))

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
            self.want(want.EditFact(fact.id, event.value))
        self._focus_list()

    def action_delete(self) -> None:
        """Delete what is under the cursor, at once."""
        if (number := self._facts.delete(self._fact)) is not None:
            self.want(want.DeleteFact(number))
        else:
            self.delete_talk(self._talk)
        self._draw()

    def delete_talk(self, talk: PastTalk | None) -> None:
        """Delete a conversation of the list; it stays in sight, so that it can be taken back."""
        if (number := self._talks.delete(talk)) is not None:
            self.want(want.DeleteTalk(number))
        self._draw()

    def action_undo(self) -> None:
        """Take back what is deleted under the cursor, else what was deleted last."""
        if self._tab == words.FACTS and (number := self._facts.undo(self._fact)) is not None:
            self.want(want.RestoreFact(number))
        elif self._tab == words.TALKS and (number := self._talks.undo(self._talk)) is not None:
            self.want(want.RestoreTalk(number))
        self._draw()

    # ---- a conversation

    @on(DataTable.RowSelected, "#memory-talks")
    def action_read(self) -> None:
        """Read it."""
        if self._talk is not None and not self._talks.gone(self._talk):
            self.post_message(ScreenWanted("talk", self._talk))

    def action_resume(self) -> None:
        """Go on with it."""
        if self._talk is not None:
            self.want(want.ResumeTalk(self._talk.id))

    # ---- everything

    def action_tab(self, name: str) -> None:
        """Facts or conversations."""
        self._tab = name
        self._search.value = self._queries[name]
        self._draw()
        self._focus_list()

    def action_look(self) -> None:
        """Look for facts in what was said."""
        self.want(want.ExtractFacts())

    def action_private(self) -> None:
        """Store nothing from now on, or store again."""
        self.want(want.SetPrivate())

    def action_export(self) -> None:
        """Ask for a file."""
        name = f"{self._known.folder}/export-{datetime.now():%Y-%m-%d-%H%M%S}.json"
        self._ask(EXPORT, "Export to", name)

    def action_wipe(self) -> None:
        """Ask for the word."""
        what = f"{self._facts.total or 0} facts and {self._talks.total or 0} conversations"
        self._ask(WIPE, f"Delete {what} for good: type {WIPE}", "")

    def _ask(self, about: str, title: str, value: str) -> None:
        self._question.ask(about, title, value)
        self._draw()

    async def action_submit(self) -> None:
        """Take what was typed, by the mouse."""
        await (self._in_place if self._in_place.fact is not None else self._question).action_submit()

    @on(Input.Submitted, "#memory-entry")
    def _entered(self, event: Input.Submitted) -> None:
        about, text = self._question.answered(), event.value.strip()
        if about == EXPORT and text:
            self.want(want.ExportMemory(text))
        elif about == WIPE and text == WIPE:
            self.want(want.WipeMemory())
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

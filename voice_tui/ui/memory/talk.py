"""A conversation of the memory, to be read, searched, copied, deleted, and gone on with."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input

from voice_tui.messages import memory as want
from voice_tui.messages.memory import MemoryRefused, PastItem, PastTalk, TalkRead
from voice_tui.ui.common.lines import LinesPane, Piece
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import duration
from voice_tui.ui.keys import Place
from voice_tui.ui.memory.screen import MemoryScreen

NAMES = {"user": "You", "assistant": "AI"}
STYLES = {"user": "turn-taking", "assistant": "answer"}


class TalkScreen(Shell[None]):
    """Everything that was said in it.

    Args:
        state: What is known.
        talk: Which.
    """

    CSS_PATH = "talk.tcss"
    PLACE = Place.TALK
    AUTO_FOCUS = "#talk-lines"

    def __init__(self, state: State, talk: PastTalk) -> None:
        super().__init__(state)
        self._talk = talk
        self._items: tuple[PastItem, ...] = ()
        self.pane = LinesPane(id="talk-lines")
        self.search = Input(placeholder="words to search for", compact=True, id="talk-search")
        self.takes = {TalkRead: (self._read,), MemoryRefused: (lambda _: None,)}
        turns = f"{talk.turns} turn{'' if talk.turns == 1 else 's'}"
        self.entitle(f"Conversation · {talk.when} · {turns}")

    def inside(self) -> ComposeResult:
        """The text, and below it what is searched for."""
        yield self.pane
        yield self.search

    def on_mount(self) -> None:
        """Ask for it."""
        self.search.display = False
        self.want(want.ReadTalk(self._talk.id))

    def _read(self, told: TalkRead) -> None:
        if told.talk.id == self._talk.id:
            self._items = told.items
            self._show()

    def _show(self, *, top: bool = True) -> None:
        self.pane.show(list(_lines(self._items)), self.search.value, top=top)

    # ---- search

    def action_search(self) -> None:
        """Type what to look for."""
        self.search.display = True
        self.search.focus()

    @on(Input.Changed, "#talk-search")
    def _searched(self, event: Input.Changed) -> None:
        self._show(top=False)
        self.pane.find(event.value, 0)

    @on(Input.Submitted, "#talk-search")
    def _search_over(self) -> None:
        self.pane.focus()

    def action_match(self, by: int) -> None:
        """To the next place that has the words, or the one before."""
        if self.search.value and not self.pane.find(self.search.value, by):
            self.notify(f"Not found: {self.search.value}")

    def on_key(self, event: events.Key) -> None:
        """From the words down into the text."""
        if event.key == "down" and self.focused is self.search:
            self.pane.focus()

    # ---- what can be done with it

    def action_copy_talk(self) -> None:
        """Copy it, or what is selected."""
        said = (f"{_name(item)}: {item.text}" for item in self._items)
        self.app.copy_to_clipboard(self.get_selected_text() or "\n".join([self._talk.when, *said]))
        self.notify("Copied.", timeout=2)

    def action_delete(self) -> None:
        """Delete it; in the list it can be taken back."""
        beneath = next((screen for screen in self.app.screen_stack if isinstance(screen, MemoryScreen)), None)
        self.dismiss()
        if beneath is not None:
            beneath.delete_talk(self._talk)

    def action_resume(self) -> None:
        """Go on with it, on the console."""
        self.want(want.ResumeTalk(self._talk.id))
        self.app.action_console()  # type: ignore[attr-defined]  # of our own application

    def action_back(self) -> None:
        """One step back: the search, then the screen."""
        if self.search.display:
            self.search.value = ""
            self.search.display = False
            self.pane.focus()
        else:
            self.dismiss()


def _name(item: PastItem) -> str:
    return item.speaker or NAMES.get(item.role, item.role.title())


def _lines(items: tuple[PastItem, ...]) -> Iterator[list[Piece]]:
    """Who, then what; of a cut answer how much was heard."""
    for item in items:
        cut = "" if item.heard_ms is None or item.total_ms is None else (
            f"   ✂ heard {duration(item.heard_ms)} of {duration(item.total_ms)} s"
        )  # fmt: skip
        yield [(_name(item), STYLES.get(item.role, "head")), (cut, "muted")]
        for line in item.text.splitlines():
            yield [(f"  {line}", "text")]
        yield [("", "text")]

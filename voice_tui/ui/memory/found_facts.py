"""What was found in the conversation: the user says what of it is kept. Nothing was stored before."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from voice_tui.messages.memory import FoundFact
from voice_tui.ui.memory.wording import found_label, keys

LOOKING = "Looking through what was said…"
EXPLAINED = "These were found in what you said. Only what is checked is stored, on this computer."
KEYS = (("Space", "on or off", "switch"), ("Enter", "keep the checked", "keep"), ("Esc", "keep none", "none"))
LEAVING_KEYS = (*KEYS[:2], ("Esc", "leave, keep none", "none"))


class FoundFacts(ModalScreen[tuple[FoundFact, ...]]):
    """Facts with a box each, checked at first; it gives those to keep.

    Args:
        facts: What was found; None while it is looked for.
        leaving: The program ends with the answer.
    """

    CSS_PATH = "found_facts.tcss"
    BINDINGS = [
        Binding("enter", "keep", "Keep", id="found.keep", tooltip="Store what is checked.", priority=True),
        Binding("escape", "none", "None", id="found.none", tooltip="Store nothing."),
    ]

    def __init__(self, facts: tuple[FoundFact, ...] | None, *, leaving: bool = False) -> None:
        super().__init__()
        self._facts, self._leaving = facts, leaving

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Vertical(id="found-box") as box:
            box.border_title = "Before you go: worth remembering?" if self._leaving else "Worth remembering?"
            yield Static(id="found-why")
            yield SelectionList[int](id="found-list")
            yield Static(id="found-keys")

    def on_mount(self) -> None:
        """Show what is there."""
        self.show(self._facts)

    def show(self, facts: tuple[FoundFact, ...] | None) -> None:
        """Take over what was found."""
        self._facts = facts
        rows = self.query_one("#found-list", SelectionList)
        rows.clear_options()
        rows.add_options([Selection(found_label(f).replace("[", r"\["), i, True) for i, f in enumerate(facts or ())])
        rows.display = bool(facts)
        self.query_one("#found-why", Static).update(EXPLAINED if facts else LOOKING)
        self.query_one("#found-keys", Static).update(keys(self._keys, self.size.width - 8))
        if facts:
            rows.focus()
            rows.highlighted = 0

    @property
    def _keys(self) -> tuple[tuple[str, str, str], ...]:
        both = LEAVING_KEYS if self._leaving else KEYS
        return both if self._facts else both[2:]

    def action_switch(self) -> None:
        """The box under the cursor."""
        self.query_one("#found-list", SelectionList).action_select()

    def action_keep(self) -> None:
        """Those that are checked."""
        if self._facts:
            chosen = set(self.query_one("#found-list", SelectionList).selected)
            self.dismiss(tuple(fact for i, fact in enumerate(self._facts) if i in chosen))

    def action_none(self) -> None:
        """None of them."""
        self.dismiss(())

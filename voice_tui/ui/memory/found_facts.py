"""What was found in the conversation: the user says what of it is kept. Nothing was stored before."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from voice_tui.messages.memory import FactsProposed, FoundFact
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key
from voice_tui.ui.memory.wording import found_label

LOOKING = "Looking through what was said…"
EXPLAINED = "These were found in what you said. Only what is checked is stored, on this computer."


class FoundFacts(Shell[tuple[FoundFact, ...]]):
    """Facts with a box each, checked at first; it gives those to keep.

    Args:
        state: What is known.
        facts: What was found; None while it is looked for.
        leaving: The program ends with the answer.
    """

    CSS_PATH = "found_facts.tcss"
    PLACE = Place.FOUND
    ASKS = True

    def __init__(self, state: State, facts: tuple[FoundFact, ...] | None, *, leaving: bool = False) -> None:
        super().__init__(state)
        self._facts = facts
        self.list = SelectionList[int](id="found-list")
        self.takes = {FactsProposed: (self._proposed,)}
        question = "Before you go: worth remembering?" if leaving else "Worth remembering?"
        back = shown_key(state.commands, "back")
        self.entitle(question, f"{back} leaves, and keeps none" if leaving else f"{back} keeps none")

    def inside(self) -> ComposeResult:
        """Why, and what."""
        yield Static(id="found-why")
        yield self.list

    def on_mount(self) -> None:
        """Show what is there."""
        self.show(self._facts)

    def _proposed(self, notice: FactsProposed) -> None:
        if notice.facts:
            self.show(notice.facts)

    def show(self, facts: tuple[FoundFact, ...] | None) -> None:
        """Take over what was found."""
        self._facts = facts
        self.list.clear_options()
        choices = [Selection(Content(found_label(f)), i, True) for i, f in enumerate(facts or ())]
        self.list.add_options(choices)
        self.list.display = bool(facts)
        self.query_one("#found-why", Static).update(EXPLAINED if facts else LOOKING)
        if facts:
            self.list.focus()
            self.list.highlighted = 0
        self.show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be kept before it is found."""
        return bool(self._facts) if action in ("keep", "switch") else True

    def action_switch(self) -> None:
        """The box under the cursor."""
        self.list.action_select()

    def action_keep(self) -> None:
        """Those that are checked."""
        chosen = set(self.list.selected)
        self.dismiss(tuple(fact for i, fact in enumerate(self._facts or ()) if i in chosen))

    def action_back(self) -> None:
        """None of them."""
        self.dismiss(())

"""One line that offers something without asking for attention: it takes no focus and goes away by itself."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from voice_tui.messages.context import How, SummaryProposed, TopicChanged
from voice_tui.messages.intents import Request
from voice_tui.ui.common.context_wording import OVER
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import thousands
from voice_tui.ui.keys import Commands, shown_key

CHOICES = ("carry-on", "start-clean", "summarise")
"""The commands that answer, in their order."""


def answers(commands: Commands, names: Iterable[str], *, typing: bool) -> Content:
    """What can be done about a line, with the keys that work now; each can be clicked.

    Args:
        commands: The table.
        names: Ids of the commands, in order.
        typing: Letters are typed, not obeyed.
    """
    rows = (commands[name] for name in names)
    return Content("  ").join(
        Content.from_markup(
            f"[@click={c.run}][reverse]$key[/reverse] $word[/]",
            key=(not typing and c.letter_name) or shown_key(commands, c.id),
            word=c.word,
        )
        for c in rows
    )


def question(offer: SummaryProposed | TopicChanged) -> str:
    """What is offered, before the choices."""
    if isinstance(offer, TopicChanged):
        return f"◇ Topic changed ({offer.distance:.2f}):"
    return f"{OVER} Context {thousands(offer.tokens)} of {thousands(offer.budget)} tokens:"


class QuietLine(Widget):
    """One line with what can be done about something; hidden while there is nothing, and it never takes the focus.

    Args:
        state: Where it comes from.
        id: Of the widget.
    """

    def __init__(self, state: State, *, id: str) -> None:
        super().__init__(id=id)
        self._state = state

    def on_mount(self) -> None:
        """The keys that work depend on who has the focus."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)
        self.sync()

    def _focus_moved(self) -> None:
        self.refresh()

    @property
    def open(self) -> bool:
        """Whether there is something to answer; a line of no kind has nothing."""
        return False

    def show(self, notice: object) -> None:
        """The state has taken this over."""
        self.sync()

    def sync(self) -> None:
        """Be there while there is something to answer."""
        was, self.display = self.display, self.open
        if was or self.display:
            self.refresh()

    def keys(self, names: Iterable[str]) -> Content:
        """The commands that answer, with the keys that work now; each can be clicked. None answers in a recording."""
        if self._state.replayed:
            return Content()
        return answers(self._state.commands, names, typing=isinstance(self.screen.focused, Input))


class OfferLine(QuietLine):
    """What is offered, or what the screen asks.

    Args:
        state: Where the offer comes from.

    Attributes:
        asked: What the screen itself asks; it goes before any offer.
    """

    def __init__(self, state: State) -> None:
        super().__init__(state, id="offer")
        self.asked = ""

    @property
    def open(self) -> bool:
        """Whether something is offered or asked."""
        return bool(self.asked) or self._state.context.offer is not None

    def ask(self, words: str) -> None:
        """Ask something; "" asks no more."""
        self.asked = words
        self.sync()

    def answer(self, how: How) -> Request | None:
        """Answer what is offered; gives what is to be sent."""
        request = self._state.context.answer(how)
        self.sync()
        return request

    def render(self) -> Content:
        """The question, then the answers."""
        offer = self._state.context.offer
        if not self.open:
            return Content()
        words = self.asked or (question(offer) if offer is not None else "")
        return Content.assemble(" ", (words, "bold $warning"), "  ", self.keys(CHOICES))

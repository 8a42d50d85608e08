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
    return f"{OVER} {thousands(offer.tokens)} of {thousands(offer.budget)} budget:"


class OfferLine(Widget):
    """Hidden while nothing is offered, and nothing is asked.

    Args:
        state: Where the offer comes from.

    Attributes:
        asked: What the screen itself asks; it goes before any offer.
    """

    def __init__(self, state: State) -> None:
        super().__init__(id="offer")
        self._state = state
        self.asked = ""

    def on_mount(self) -> None:
        """The keys that work depend on who has the focus."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)
        self.sync()

    def _focus_moved(self) -> None:
        self.refresh()

    @property
    def open(self) -> bool:
        """Whether there is something to answer."""
        return bool(self.asked) or self._state.context.offer is not None

    def show(self, notice: object) -> None:
        """The state has taken this over."""
        self.sync()

    def ask(self, words: str) -> None:
        """Ask something; "" asks no more."""
        self.asked = words
        self.sync()

    def answer(self, how: How) -> Request | None:
        """Answer what is offered; gives what is to be sent."""
        request = self._state.context.answer(how)
        self.sync()
        return request

    def sync(self) -> None:
        """Show what is asked, or offered."""
        self.display = self.open
        self.refresh()

    def render(self) -> Content:
        """The question, then the answers with the keys that work now; each can be clicked."""
        offer = self._state.context.offer
        if not self.open:
            return Content()
        keys = answers(self._state.commands, CHOICES, typing=isinstance(self.screen.focused, Input))
        words = self.asked or (question(offer) if offer is not None else "")
        return Content.assemble(" ", (words, "bold $warning"), "  ", keys)

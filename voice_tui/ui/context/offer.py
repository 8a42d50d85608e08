"""One line that offers something without asking for attention: it takes no focus and goes away by itself."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from voice_tui.messages.context import How, SummaryProposed, TopicChanged
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.wording import thousands
from voice_tui.ui.context.model import ContextModel
from voice_tui.ui.context.wording import OVER

CHOICES: tuple[tuple[How, str, str], ...] = (
    (How.CARRY_ON, "carry-on", "carry on"),
    (How.START_CLEAN, "start-clean", "start clean"),
    (How.SUMMARISE, "summarise", "summarise"),
)
"""What can be answered, by which command, in which words."""


def question(offer: SummaryProposed | TopicChanged) -> str:
    """What is offered, before the choices."""
    if isinstance(offer, TopicChanged):
        return f"◇ Topic changed ({offer.distance:.2f}):"
    return f"{OVER} {thousands(offer.tokens)} of {thousands(offer.budget)} budget:"


def answers(*, typing: bool) -> Content:
    """The choices with the keys that work now; each can be clicked."""
    parts: list[Content] = []
    for _, name, words in CHOICES:
        command = COMMANDS[name]
        key = command.key_names[0 if typing else -1]
        parts.append(Content.from_markup(f"[@click=app.{command.action}][reverse]{key}[/reverse] {words}[/]"))
    return Content("  ").join(parts)


class OfferLine(Widget):
    """Hidden while nothing is offered.

    Args:
        model: Where the offer comes from.
    """

    def __init__(self, model: ContextModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.model = model

    def on_mount(self) -> None:
        """The keys that work depend on who has the focus."""
        self.watch(self.screen, "focused", self._focus_moved, init=False)
        self.sync()

    def _focus_moved(self) -> None:
        self.refresh()

    def show(self, notice: Notice) -> None:
        """Take over what a notice says about the context."""
        self.model.take(notice)
        self.sync()

    def answer(self, how: How) -> Request | None:
        """Answer what is offered; gives what is to be sent."""
        request = self.model.answer(how)
        self.sync()
        return request

    def sync(self) -> None:
        """Show what the model offers."""
        self.display = self.model.offer is not None
        self.refresh()

    def render(self) -> Content:
        """The question, then the answers."""
        offer = self.model.offer
        if offer is None:
            return Content()
        typing = isinstance(self.screen.focused, Input)
        return Content.assemble(" ", (question(offer), "bold $warning"), "  ", answers(typing=typing))

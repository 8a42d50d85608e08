"""Which system prompt holds: what the user sent, and what the server made of it."""

from __future__ import annotations

from collections.abc import Mapping

from voice_tui.conversation.context.intents import ChangeInstructions
from voice_tui.conversation.intents import Request, SelectProfile
from voice_tui.conversation.notices import Ack, InstructionsChanged, Notice


class PromptModel:
    """Follows requests and their answers, which come in the same order.

    Args:
        template: The prompt of the first session, placeholders not filled.
        details: Placeholder → value.
    """

    def __init__(self, template: str, details: Mapping[str, str]) -> None:
        self.template = template
        self.details = dict(details)
        self._before: list[tuple[str, dict[str, str]]] = []  # what holds if the oldest request is rejected

    def sent(self, request: Request) -> None:
        """The user wants this."""
        match request:
            case ChangeInstructions(text=text):
                more: Mapping[str, str] = {}
            case SelectProfile(instructions=text, details=more):
                pass
            case _:
                return
        self._before.append((self.template, self.details))
        self.template = text
        self.details = {**self.details, **{name: value for name, value in more.items() if value}}

    def take(self, notice: Notice) -> None:
        """Take over what became of a request."""
        if not isinstance(notice, InstructionsChanged) or notice.ack is Ack.PENDING or not self._before:
            return
        template, details = self._before.pop(0)
        if notice.ack is Ack.REJECTED:
            self.template, self.details = template, details

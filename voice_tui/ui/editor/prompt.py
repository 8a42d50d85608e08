"""The system prompt as the screens see it: what it is now, what was made of a change, what its placeholders mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.content import Content

from voice_tui.conversation.prompt import PLACEHOLDER
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.intents import Request, SelectProfile
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.messages.tokens import estimate
from voice_tui.ui.common.edit import Edit, Verdict


def prompt_verdict(notice: Notice) -> Verdict | None:
    """What the server made of new instructions."""
    match notice:
        case InstructionsChanged(ack=Ack.ACKNOWLEDGED):
            return Verdict(Ack.ACKNOWLEDGED, "acknowledged: the next answer follows it")
        case InstructionsChanged(ack=Ack.REJECTED, reason=reason):
            return Verdict(Ack.REJECTED, f"rejected, the old instructions hold: {reason}")
        case InstructionsChanged(ack=Ack.NONE):
            return Verdict(Ack.NONE, "not connected: the next session begins with it")
        case _:
            return None


def prompt_hint(details: Mapping[str, str]) -> Callable[[str], Content]:
    """Explains the placeholders of a prompt and what it costs.

    Args:
        details: Placeholder → value.
    """

    def hint(text: str) -> Content:
        names = list(dict.fromkeys(PLACEHOLDER.findall(text)))
        filled = [f"{{{name}}} = {details.get(name) or 'not known, left out'}" for name in names]
        known = ", ".join(f"{{{name}}}" for name in details) or "{user_name}, {language}"
        words = " · ".join(filled) if names else f"Placeholders are filled when it is sent: {known}."
        return Content.assemble(
            (words, "$foreground"), (f"\n≈ {estimate(text)} tokens, read with every answer", "$muted")
        )

    return hint


class PromptModel:
    """The system prompt: that which holds, and those that were sent and not answered yet.

    Each request has a fate of its own; answers come in the order of the requests.

    Args:
        template: The prompt of the first session, placeholders not filled.
        details: Placeholder → value.
    """

    def __init__(self, template: str, details: Mapping[str, str]) -> None:
        self._held = (template, dict(details))
        self._sent: list[tuple[str, dict[str, str]]] = []

    @property
    def template(self) -> str:
        """The newest prompt that was not rejected."""
        return (self._sent[-1] if self._sent else self._held)[0]

    @property
    def details(self) -> dict[str, str]:
        """What fills its placeholders."""
        return (self._sent[-1] if self._sent else self._held)[1]

    def sent(self, request: Request) -> None:
        """The user wants this."""
        match request:
            case ChangeInstructions(text=text):
                more: Mapping[str, str] = {}
            case SelectProfile(instructions=text, details=more):
                pass
            case _:
                return
        self._sent.append((text, {**self.details, **{name: value for name, value in more.items() if value}}))

    def take(self, notice: InstructionsChanged) -> None:
        """Take over what became of the oldest request."""
        if notice.ack is Ack.PENDING or not self._sent:
            return
        answered = self._sent.pop(0)
        if notice.ack is not Ack.REJECTED:
            self._held = answered

    def editing(self) -> Edit:
        """What the editor is asked for."""
        hint = prompt_hint(self.details)
        verdicts = (InstructionsChanged,)
        return Edit("System prompt", self.template, ChangeInstructions, prompt_verdict, verdicts, hint)

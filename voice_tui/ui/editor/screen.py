"""A text to edit and to send: the system prompt, or the summary. It stays until the answer has been seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from voice_tui.conversation.prompt import PLACEHOLDER
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.intents import Request, SelectProfile
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.messages.tokens import estimate
from voice_tui.ui.common.wording import ACK_SIGN

_HUES = {Ack.PENDING: "$warning", Ack.ACKNOWLEDGED: "$success", Ack.REJECTED: "$error", Ack.NONE: "$muted"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it.

    Attributes:
        ack: Whether it was taken.
        words: One line.
    """

    ack: Ack
    words: str


class Editor(ModalScreen[None]):
    """One text.

    Args:
        title: What it is.
        text: Where it begins.
        request: From the text to what is sent.
        verdict: Reads out of a notice what came of it; None: the notice is about something else.
        hint: Explains the text as it stands.
    """

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar = [
        # Ctrl+Enter is a key of its own only in newer terminals; others send it as Ctrl+J.
        Binding("f2,ctrl+enter,ctrl+j", "keep", "Keep", id="editor.keep", tooltip="Send it.", priority=True),
        Binding("escape", "dismiss", "Leave", id="editor.leave", tooltip="Leave without sending.", priority=True),
    ]

    class Wanted(Message):
        """The user wants something of the voice side."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    def __init__(
        self,
        title: str,
        text: str,
        request: Callable[[str], Request],
        verdict: Callable[[Notice], Verdict | None],
        hint: Callable[[str], Content],
    ) -> None:
        super().__init__()
        self._title, self._request, self._verdict, self._hint = title, request, verdict, hint
        self.area = TextArea(text, soft_wrap=True, show_line_numbers=False, id="editor-text")
        self._explained = Static(id="editor-hint")
        self._said = Static(id="editor-verdict")

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Vertical(id="editor-box") as box:
            box.border_title = self._title
            yield self.area
            yield self._explained
            yield self._said
            yield Static(
                "[@click=screen.keep][reverse] F2 [/reverse] or [reverse] ^Enter [/reverse] send[/]   "
                "[@click=screen.dismiss][reverse] Esc [/reverse] leave[/]",
                id="editor-keys",
            )

    def on_mount(self) -> None:
        """Explain the text, the cursor behind it."""
        self.area.move_cursor(self.area.document.end)
        self._explained.update(self._hint(self.area.text))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._explained.update(self._hint(self.area.text))

    def action_keep(self) -> None:
        """Send the text, if there is one."""
        text = self.area.text.strip()
        if not text:
            self._say(Verdict(Ack.REJECTED, "not sent: it needs some words"))
            return
        self._say(Verdict(Ack.PENDING, "sent, not confirmed yet"))
        self.post_message(self.Wanted(self._request(text)))

    def show(self, notice: Notice) -> None:
        """Say what came of it."""
        verdict = self._verdict(notice)
        if verdict is not None:
            self._say(verdict)

    def _say(self, verdict: Verdict) -> None:
        sign = ACK_SIGN[verdict.ack]
        self._said.update(Content.styled(f"{sign} {verdict.words}".strip(), f"bold {_HUES[verdict.ack]}"))


# ---- the system prompt


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

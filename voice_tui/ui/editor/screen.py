"""A text to edit and to send: the system prompt, or the summary. It stays until the answer has been seen."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static, TextArea

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack
from voice_tui.ui.common.edit import Edit, Verdict
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import ACK_SIGN
from voice_tui.ui.keys import Place

_HUES = {Ack.PENDING: "$warning", Ack.ACKNOWLEDGED: "$success", Ack.REJECTED: "$error", Ack.NONE: "$muted"}


class Editor(Shell[None]):
    """One text.

    Args:
        state: What is known.
        editing: What is edited, and what becomes of it.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.EDITOR
    ASKS = True
    AUTO_FOCUS = "#editor-text"

    def __init__(self, state: State, editing: Edit) -> None:
        super().__init__(state)
        self._editing = editing
        self.area = TextArea(editing.text, soft_wrap=True, show_line_numbers=False, id="editor-text")
        self._explained = Static(id="editor-hint")
        self._said = Static(id="editor-verdict")
        self.takes = dict.fromkeys(editing.verdict_kinds, (self._answered,))
        self.entitle(editing.title)

    def inside(self) -> ComposeResult:
        """The text, what it means, and what came of it."""
        yield self.area
        yield self._explained
        yield self._said

    def on_mount(self) -> None:
        """Explain the text, the cursor behind it."""
        self.area.move_cursor(self.area.document.end)
        self._explained.update(self._editing.hint(self.area.text))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._explained.update(self._editing.hint(self.area.text))

    def action_keep(self) -> None:
        """Send the text, if there is one."""
        text = self.area.text.strip()
        if not text:
            self._say(Verdict(Ack.REJECTED, "not sent: it needs some words"))
            return
        self._say(Verdict(Ack.PENDING, "sent, not confirmed yet"))
        self.want(self._editing.request(text))

    def _answered(self, notice: Notice) -> None:
        verdict = self._editing.verdict(notice)
        if verdict is not None:
            self._say(verdict)

    def _say(self, verdict: Verdict) -> None:
        sign = ACK_SIGN[verdict.ack]
        self._said.update(Content.styled(f"{sign} {verdict.words}".strip(), f"bold {_HUES[verdict.ack]}"))

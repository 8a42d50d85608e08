"""Calibration and echo test: what to do now, how it goes, what came of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget

from voice_tui.messages.checks import (
    ApplyCalibration,
    Calibrate,
    CalibrationProposed,
    CheckKind,
    CheckNotice,
    CheckProgressed,
    StopCheck,
    TestEcho,
)
from voice_tui.messages.intents import Request
from voice_tui.ui.checks.wording import TITLES, describe, keys_of

REQUESTS: dict[CheckKind, Request] = {CheckKind.CALIBRATION: Calibrate(), CheckKind.ECHO: TestEcho()}


class CheckBody(Widget):
    """The lines of one state."""

    def __init__(self, kind: CheckKind) -> None:
        super().__init__(id="check-body")
        self._kind = kind
        self.notice: CheckNotice | None = None

    def show(self, notice: CheckNotice | None) -> None:
        """Take over a state; only another kind of state may take another height."""
        same = type(notice) is type(self.notice)
        self.notice = notice
        self.refresh(layout=not same)

    def render(self) -> Content:
        """As wide as there is room."""
        return describe(self._kind, self.notice, self.size.width)


class CheckKeys(Widget):
    """What can be done now; each can be clicked."""

    def __init__(self) -> None:
        super().__init__(id="check-keys")
        self.notice: CheckNotice | None = None

    def show(self, notice: CheckNotice | None) -> None:
        """Take over a state."""
        if keys_of(notice) != keys_of(self.notice):
            self.refresh()
        self.notice = notice

    def render(self) -> Content:
        """Keys reversed, words after them."""
        keys = [
            Content.from_markup(f"[@click=screen.{action}][reverse] {key} [/reverse] {word}[/]")
            for key, word, action in keys_of(self.notice)
        ]
        return Content("   ").join(keys)


class Check(ModalScreen[None]):
    """One guided check; it starts with the screen and ends with it.

    Args:
        kind: Which.
        request: Begins it, where it is not the same each time.
    """

    CSS_PATH = "screen.tcss"
    BINDINGS = [
        Binding("escape,q", "leave", "Leave", id="check.leave", tooltip="Back to the conversation."),
        Binding("r", "again", "Again", id="check.again", tooltip="Measure once more."),
        Binding("enter", "apply", "Apply", id="check.apply", tooltip="Set what is proposed."),
    ]

    class Wanted(Message):
        """The user wants something of the voice side."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    def __init__(self, kind: CheckKind, request: Request | None = None) -> None:
        super().__init__()
        self.kind = kind
        self._request = request or REQUESTS[kind]
        self._body = CheckBody(kind)
        self._keys = CheckKeys()

    def compose(self) -> ComposeResult:
        """A box in the middle."""
        with Vertical(id="check-box") as box:
            box.border_title = TITLES[self.kind]
            yield self._body
            yield self._keys

    def on_mount(self) -> None:
        """Begin."""
        self.post_message(self.Wanted(self._request))

    @property
    def _under_way(self) -> bool:
        return self._body.notice is None or isinstance(self._body.notice, CheckProgressed)

    def show(self, notice: CheckNotice | None) -> None:
        """Take over what the check tells."""
        self._body.show(notice)
        self._keys.show(notice)

    def action_leave(self) -> None:
        """Go back; what runs is stopped."""
        if self._under_way:
            self.post_message(self.Wanted(StopCheck()))
        self.dismiss()

    def action_again(self) -> None:
        """Measure once more, when there is a result."""
        if not self._under_way:
            self.show(None)
            self.post_message(self.Wanted(self._request))

    def action_apply(self) -> None:
        """Set what is proposed, and go back."""
        if isinstance(self._body.notice, CalibrationProposed):
            self.post_message(self.Wanted(ApplyCalibration()))
            self.dismiss()

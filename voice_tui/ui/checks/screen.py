"""Calibration and echo test: what to do now, how it goes, what came of it."""

from __future__ import annotations

from typing import get_args

from textual.app import ComposeResult
from textual.content import Content
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
from voice_tui.ui.checks.wording import TITLES, describe
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place

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


class Check(Shell[None]):
    """One guided check; it starts with the screen and ends with it.

    Args:
        state: What is known.
        kind: Which.
        request: Begins it, where it is not the same each time.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.CHECK
    ASKS = True

    def __init__(self, state: State, kind: CheckKind, request: Request | None = None) -> None:
        super().__init__(state)
        self.kind = kind
        self._request = request or REQUESTS[kind]
        self._body = CheckBody(kind)
        self.takes = dict.fromkeys(get_args(CheckNotice), (self._told,))
        self.entitle(TITLES[kind])

    def inside(self) -> ComposeResult:
        """What to do, how it goes, what came of it."""
        yield self._body

    def on_mount(self) -> None:
        """Begin."""
        self.want(self._request)

    @property
    def _under_way(self) -> bool:
        return self._body.notice is None or isinstance(self._body.notice, CheckProgressed)

    def _told(self, notice: CheckNotice | None) -> None:
        self._body.show(notice)
        self.show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A proposal can be applied, and a result measured again."""
        match action:
            case "apply":
                return isinstance(self._body.notice, CalibrationProposed)
            case "again":
                return not self._under_way
            case _:
                return True

    def action_back(self) -> None:
        """Go back; what runs is stopped."""
        if self._under_way:
            self.want(StopCheck())
        self.dismiss()

    def action_again(self) -> None:
        """Measure once more."""
        self._told(None)
        self.want(self._request)

    def action_apply(self) -> None:
        """Set what is proposed, and go back."""
        self.want(ApplyCalibration())
        self.dismiss()

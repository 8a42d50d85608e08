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
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.talk import SwitchesChanged
from voice_tui.ui.checks.wording import TITLES, Missing, describe
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import Place, shown_key

NO_DEVICE = "none"
"""Name of a device that is none."""
REQUESTS: dict[CheckKind, Request] = {CheckKind.CALIBRATION: Calibrate(), CheckKind.ECHO: TestEcho()}


class CheckBody(Widget):
    """The lines of one state."""

    def __init__(self, kind: CheckKind) -> None:
        super().__init__(id="check-body")
        self._kind = kind
        self.notice: CheckNotice | Missing | None = None

    def show(self, notice: CheckNotice | Missing | None) -> None:
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
        self.takes = {
            **dict.fromkeys(get_args(CheckNotice), (self._told,)),
            DevicesChanged: (self._devices,),
            SwitchesChanged: (self._switched,),
        }
        self.entitle(TITLES[kind])

    def inside(self) -> ComposeResult:
        """What to do, how it goes, what came of it."""
        yield self._body

    def on_mount(self) -> None:
        """Begin, or say at once what is not there."""
        self._devices(self.state.last(DevicesChanged))

    def _devices(self, devices: DevicesChanged) -> None:
        """Other devices: what waited for one begins."""
        waits = isinstance(self._body.notice, Missing)
        if (missing := self._missing(devices)) is not None:
            if self._body.notice is None or waits:
                self._told(missing)
        elif self._body.notice is None or waits:
            self._told(None)
            self.want(self._request)

    def _missing(self, devices: DevicesChanged) -> Missing | None:
        demo, called = shown_key(self.state.commands, "demo"), self.state.last(SwitchesChanged).demo
        if devices.mic_problem or devices.mic == NO_DEVICE:
            why = devices.mic_problem or "it was started without one (--mic none)"
            return Missing("microphone", why, demo, called)
        if self.kind is CheckKind.ECHO and (devices.speaker_problem or devices.speaker == NO_DEVICE):
            why = devices.speaker_problem or "it was started without one (--speaker none)"
            return Missing("loudspeaker", why, demo, called)
        return None

    def _switched(self, switches: SwitchesChanged) -> None:
        """Whoever has called the demo caller instead wants to see it."""
        if isinstance(self._body.notice, Missing) and switches.demo and not self._body.notice.called:
            self.dismiss()

    @property
    def _under_way(self) -> bool:
        if isinstance(self._body.notice, Missing):
            return False
        return self._body.notice is None or isinstance(self._body.notice, CheckProgressed)

    def _told(self, notice: CheckNotice | Missing | None) -> None:
        self._body.show(notice)
        self.show_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A proposal can be applied, and a result measured again."""
        match action:
            case "apply":
                return isinstance(self._body.notice, CalibrationProposed)
            case "again":
                return not (self._under_way or isinstance(self._body.notice, Missing))
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

"""What every part of the engine shares: the time, and the two lists that the driver drains."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.messages.commands import Command, SetGain
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, ErrorCleared, Severity


@dataclass(slots=True)
class Outbox:
    """Commands, notices and time of one engine."""

    now: float = 0.0
    """Seconds on the driver's monotonic clock."""
    heard_ms: int = 0
    """Position on the microphone's clock, ms."""
    live: bool = False
    """Whether the session is configured: nothing but its configuration is sent before."""
    gain: float = 1.0
    """The playback gain that was asked for last."""
    commands: list[Command] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _error_shown: bool = False

    def command(self, command: Command) -> None:
        """Queue a command for the drivers."""
        if isinstance(command, SetGain):
            self.gain = command.gain
        self.commands.append(command)

    def notify(self, notice: Notice) -> None:
        """Queue a notice for screens, memory and scripts."""
        self.notices.append(notice)

    def announce(self, severity: Severity, text: str) -> None:
        """Say something to the user; an error stays until `clear_error`."""
        self._error_shown |= severity is Severity.ERROR
        self.notify(Announced(severity, text))

    def clear_error(self) -> None:
        """Whatever was wrong works again."""
        if self._error_shown:
            self._error_shown = False
            self.notify(ErrorCleared())

"""What the parts of the engine share: the time, and the two outboxes that the driver drains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, InputAudioBufferAppend
from voice_tui.messages.commands import Command, Send
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, ErrorCleared, Severity


@dataclass(slots=True)
class Outbox:
    """Outboxes and time of one engine."""

    now: float = 0.0
    """Seconds on the driver's monotonic clock."""
    heard_ms: int = 0
    """Position on the microphone's clock, ms."""
    live: bool = False
    """Whether the session is configured: nothing but its configuration is sent before."""
    sent_samples: int = 0
    """Microphone audio sent in this session: the server's clock."""
    commands: list[Command] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    tap: Callable[[ClientEvent], None] | None = None
    """Takes everything that is sent, in order."""
    _events: int = 0
    _error_shown: bool = False

    def send(self, event: ClientEvent, *, urgent: bool = False) -> str:
        """Queue an event for the wire.

        Returns:
            Its event id; an error of the server names it. Audio carries none: 50 a second need no name.
        """
        if not isinstance(event, InputAudioBufferAppend):
            self._events += 1
            event.event_id = f"event_{self._events:05d}"
            self.commands.append(Send(event, urgent))
        else:
            self.sent_samples += len(event.audio) // BYTES_PER_SAMPLE
            self.commands.append(Send(event))
        if self.tap is not None:
            self.tap(event)
        return event.event_id or ""

    def command(self, command: Command) -> None:
        """Queue a command for the drivers."""
        self.commands.append(command)

    def notify(self, notice: Notice) -> None:
        """Queue a notice for UI and recorder."""
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

"""What every part of the engine shares: the time, and the two lists that the driver drains."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.clock import MicrophoneClock
from voice_tui.conversation.repeats import Repeats, alike
from voice_tui.messages.commands import Command, SetGain
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, ErrorCleared, Severity
from voice_tui.plain_text import one_line


@dataclass(slots=True)
class Outbox:
    """Commands, notices and time of one engine."""

    now: float = 0.0
    """Seconds on the driver's monotonic clock."""
    began: float | None = None
    """When the talk's clock began, on that one."""
    clock: MicrophoneClock = field(default_factory=MicrophoneClock)
    """The microphone's clock on the talk's."""
    heard_ms: int = 0
    """Position on the microphone's clock, ms."""
    live: bool = False
    """Whether the session is configured: nothing but its configuration is sent before."""
    gain: float = 1.0
    """The playback gain that was asked for last."""
    commands: list[Command] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _error_shown: bool = False
    _announced: Repeats[Announced] = field(default_factory=Repeats)

    @property
    def ms(self) -> int:
        """The talk's clock, on which everything is told: ms since the first tick."""
        return 0 if self.began is None else round((self.now - self.began) * 1000)

    @property
    def frame_ms(self) -> int:
        """Where the frame of the microphone that is being heard began, on the talk's clock."""
        return self.clock.at(self.heard_ms)

    @property
    def frame_end_ms(self) -> int:
        """Where that frame ended."""
        return self.clock.at(self.heard_ms + FRAME_MS)

    def captured(self, start_ms: int, ms: int) -> None:
        """So many ms of microphone come now; ``start_ms`` is where they begin on its clock."""
        self.heard_ms = start_ms
        self.clock.captured(start_ms + ms, self.ms)

    def command(self, command: Command) -> None:
        """Queue a command for the drivers."""
        if isinstance(command, SetGain):
            self.gain = command.gain
        self.commands.append(command)

    def notify(self, notice: Notice) -> None:
        """Queue a notice for screens, memory and scripts; what is announced again is counted, see `tick`."""
        if isinstance(notice, Announced):
            notice = replace(notice, text=one_line(notice.text))
            if not self._announced.take((notice.severity, alike(notice.text)), notice, self.now):
                return
        self.notices.append(notice)

    def tick(self, now: float) -> None:
        """Time goes on: counts that have grown are told."""
        self.now = now
        self.began = now if self.began is None else self.began
        self.notices += [replace(notice, count=count) for notice, count in self._announced.due(now)]

    def finish(self) -> None:
        """It is over: no count will be told any more that is not told now."""
        self.notices += [replace(notice, count=count) for notice, count in self._announced.rest()]

    def announce(self, severity: Severity, text: str) -> None:
        """Say something to the user; an error stays until `clear_error`."""
        self._error_shown |= severity is Severity.ERROR
        self.notify(Announced(severity, text))

    def clear_error(self) -> None:
        """Whatever was wrong works again."""
        if self._error_shown:
            self._error_shown = False
            self.notify(ErrorCleared())

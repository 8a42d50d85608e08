"""Which devices there are now: what `lookout`, a process of its own, tells."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from voice_tui.drivers.children import apart, end
from voice_tui.drivers.devices.host import look_again
from voice_tui.drivers.devices.lookout import LEVELS
from voice_tui.drivers.devices.names import Device

log = logging.getLogger(__name__)

STOP_S = 1.0


class Watch(Protocol):
    """Notices devices that come and go."""

    def wanted(self, on: bool) -> None:
        """Look, or do not; what is said again changes nothing."""

    def seen(self) -> tuple[Device, ...] | None:
        """All devices, where they are others than at the last call; else None."""

    def renew(self) -> None:
        """Let this process see what there is now; every stream of it must be closed.

        Raises:
            DeviceError: PortAudio fails.
        """


@dataclass(frozen=True, slots=True)
class Sight:
    """What was told last.

    Attributes:
        devices: All that there are; None: nothing was told yet.
        problem: Why there are none, "" for nothing.
        levels: Name of a microphone → the loudest 10 ms of the last tenth of a second, dBFS; None: it delivers nothing.
        problems: Name of a microphone → why it can't be listened to.
        played: Numbers of tones that are over.
        tone_problem: Why the last one could not be played.
    """

    devices: tuple[Device, ...] | None = None
    problem: str = ""
    levels: Mapping[str, float | None] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    played: int = 0
    tone_problem: str = ""


class LookoutProcess:
    """The process, as those see it who started it.

    Args:
        levels: Microphones are listened to.
        command: Starts it.
    """

    def __init__(
        self, *, levels: bool = False, command: tuple[str, ...] = ("-m", "voice_tui.drivers.devices.lookout")
    ) -> None:
        self._command = [sys.executable, *command, *([LEVELS] if levels else [])]
        self._process: subprocess.Popen[str] | None = None
        self._played = 0
        self.sight = Sight()
        """What was told last; read from any thread."""

    def start(self) -> None:
        """Begin to look; it takes a moment until something is told."""
        if self._process is not None:
            return
        try:
            process = self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                errors="replace",
                **apart(),
            )
        except OSError as error:
            log.warning("devices can't be looked for: %s", error)
            self.sight = Sight((), str(error.strerror or error))
            return
        threading.Thread(target=self._read, args=(process,), name="devices", daemon=True).start()

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            end(process, STOP_S)

    def tone(self, name: str) -> None:
        """Play the test tone on a loudspeaker."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):
                process.stdin.write(json.dumps({"tone": name}) + "\n")
                process.stdin.flush()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if process is not self._process:
                    return
                with suppress(ValueError, TypeError, KeyError):
                    self._take(json.loads(line))

    def _take(self, told: dict[str, Any]) -> None:
        now = self.sight
        if "devices" in told:
            found = tuple(Device(**each) for each in told["devices"])
            self.sight = Sight(found, told["problem"], now.levels, now.problems, now.played, now.tone_problem)
        elif "levels" in told:
            self.sight = Sight(now.devices, now.problem, told["levels"], told["problems"], now.played, now.tone_problem)
        elif "tone" in told:
            self.sight = Sight(now.devices, now.problem, now.levels, now.problems, now.played + 1, told["problem"])


class DeviceWatch:
    """What a conversation sees of it; the process runs only while somebody wants to know."""

    def __init__(self) -> None:
        self._lookout: LookoutProcess | None = None
        self._seen: tuple[Device, ...] | None = None

    def wanted(self, on: bool) -> None:
        """Look, or do not."""
        if on and self._lookout is None:
            self._lookout = LookoutProcess()
            self._lookout.start()
        elif not on and self._lookout is not None:
            self._lookout.stop()
            self._lookout = self._seen = None

    def seen(self) -> tuple[Device, ...] | None:
        """All devices, where they have changed."""
        found = self._lookout.sight.devices if self._lookout is not None else None
        if found is None or found == self._seen:
            return None
        self._seen = found
        return found

    def renew(self) -> None:
        """Let PortAudio look again."""
        look_again()

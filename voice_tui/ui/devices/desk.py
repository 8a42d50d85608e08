"""What the screen of devices works with: who looks for devices, what is chosen, and where a choice is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from voice_tui.drivers.devices.names import Kind
from voice_tui.drivers.devices.watch import LookoutProcess, Sight


class Lookout(Protocol):
    """Looks for devices and listens to microphones, see `LookoutProcess`."""

    sight: Sight

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; may take a second."""

    def tone(self, name: str) -> None:
        """Play the test tone on a loudspeaker."""


def _nowhere(kind: Kind, name: str) -> str:
    return "Not kept: it is for this conversation."


@dataclass(slots=True)
class Desk:
    """For the whole run.

    Attributes:
        chosen: What is wanted as a microphone and as a loudspeaker, "" for the system's own.
        keep: Keeps a choice for the next start; gives one line about where.
        lookout: Makes one that listens.
    """

    chosen: dict[Kind, str] = field(default_factory=lambda: dict.fromkeys(Kind, ""))
    keep: Callable[[Kind, str], str] = _nowhere
    lookout: Callable[[], Lookout] = lambda: LookoutProcess(levels=True)

"""What a server does otherwise than the wire says: each is told once at an endpoint, in one line."""

from __future__ import annotations

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.talk import Severity

MOST = 200  # who does more otherwise does anything


class Oddities:
    """Remembers what was told."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._told: set[str] = set()

    def tell(self, event: str, what: str, severity: Severity = Severity.INFORMATION) -> None:
        """Something is odd.

        Args:
            event: The event that it is about, by its name on the wire.
            what: What is odd about it, and what is made of it.
            severity: How loudly it is said.
        """
        self.say(f"the server's {event}: {what}", severity)

    def say(self, words: str, severity: Severity) -> None:
        """Something that each new connection to this endpoint would bring again."""
        if words not in self._told and len(self._told) < MOST:
            self._told.add(words)
            self._outbox.announce(severity, words)

    def settle(self) -> None:
        """Another endpoint, which may do the same, and is told of again."""
        self._told.clear()

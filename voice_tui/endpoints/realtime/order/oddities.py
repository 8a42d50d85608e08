"""What a server does otherwise than the wire says: each is told once in a connection, in one line."""

from __future__ import annotations

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.talk import Severity


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
        line = f"{event}: {what}"
        if line not in self._told:
            self._told.add(line)
            self._outbox.announce(severity, f"the server's {line}")

    def connection_lost(self) -> None:
        """The next server may do the same, and is told of again."""
        self._told.clear()

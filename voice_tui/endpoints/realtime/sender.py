"""What goes out, and who is told when the server refuses it: one table, event id → owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent, InputAudioBufferAppend
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.messages.commands import Send

KEPT = 512  # owners that an error may still reach: it comes within seconds

Refused: TypeAlias = Callable[[ErrorDetails], bool]
"""Takes the error that answers an event; True when everything that there is to say about it is said."""


class EventSender:
    """Gives events their ids and remembers whose they are.

    Args:
        outbox: Of the conversation.
        written: Makes of an event the one that goes out: with the server's names of items and answers.
    """

    def __init__(self, outbox: Outbox, written: Callable[[ClientEvent], ClientEvent]) -> None:
        self._outbox, self._written = outbox, written
        self._number = 0
        self._owners: dict[str, Refused] = {}

    def send(
        self, event: ClientEvent, *, urgent: bool = False, silent: bool = False, refused: Refused | None = None
    ) -> str:
        """Queue an event for the wire.

        Args:
            event: Gets its id here.
            urgent: It passes audio that still waits.
            silent: It is audio in which nobody speaks.
            refused: The owner: told when an error of the server names this event.

        Returns:
            The event's id. Audio carries none: 50 a second need no name.
        """
        if isinstance(event, InputAudioBufferAppend):
            self._outbox.command(Send(event, audio_s=len(event.audio) / (2 * RATE), silent=silent))
            return ""
        self._number += 1
        event_id = event.event_id = f"event_{self._number:05d}"
        if refused is not None:
            self.own(event_id, refused)
        self._outbox.command(Send(self._written(event), urgent))
        return event_id

    def own(self, event_id: str, refused: Refused) -> None:
        """Tell this owner when an error names the event."""
        self._owners[event_id] = refused
        newest(self._owners, KEPT)

    def refused(self, error: ErrorDetails) -> bool:
        """Tell the owner of the event that an error names; True when there is nothing more to say."""
        owner = self._owners.pop(error.event_id or "", None)
        return owner is not None and owner(error)

    def lost(self) -> None:
        """Nothing that was sent will be answered."""
        self._owners.clear()

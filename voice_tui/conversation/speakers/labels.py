"""Telling the model who speaks: a short item before the first turn of each speaker, "[Alice speaking]"."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.endpoints.realtime.context.exchange import ROOT
from voice_tui.endpoints.realtime.context.items import LABEL
from voice_tui.endpoints.realtime.context.texts import message
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails


class ModelLabels:
    """What the model was told.

    Args:
        bus, transcript: Of the engine.
        holds: Whether the server has an item.
    """

    def __init__(self, bus: Outbox, transcript: Transcript, holds: Callable[[str], bool]) -> None:
        self._bus, self._transcript, self._holds = bus, transcript, holds
        self._speaking = ""  # who spoke last, as far as the model knows
        self._names: set[str] = set()  # that it has heard of
        self._number = 0
        self._sent: dict[str, str] = {}  # event id → who was named in it

    def speaks(self, item_id: str, name: str, *, unsure: bool) -> None:
        """Say who speaks in a turn, unless it is who spoke before."""
        if name == self._speaking:
            return
        self._speaking = name
        self._names.add(name)
        before = self._transcript.order
        at = before.index(item_id) if item_id in before else len(before)
        previous = next((i for i in reversed(before[:at]) if self._holds(i)), ROOT)
        self._send(f"[{'probably ' if unsure else ''}{name} speaking]", name, previous)

    def renamed(self, old: str, new: str) -> None:
        """Somebody whom the model knows by another name."""
        if old in self._names and old != new:
            self._names.add(new)
            if self._speaking == old:
                self._speaking = new
            self._send(f"[{old} is {new}]", new, self._transcript.last or ROOT)

    def refused(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers a label: the next turn brings another."""
        name = self._sent.pop(str(error.event_id), None)
        if name is not None and name == self._speaking:
            self._speaking = ""
        return name is not None

    def _send(self, text: str, name: str, previous: str) -> None:
        self._number += 1
        item = message(f"{LABEL}{self._number:04d}", "system", text)
        self._sent[self._bus.send(ConversationItemCreate(item=item, previous_item_id=previous))] = name

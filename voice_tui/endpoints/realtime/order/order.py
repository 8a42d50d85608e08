"""The events of a connection, in the order of the wire, whatever the order in which a server says them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.order.answers import AnswerOrder
from voice_tui.endpoints.realtime.order.names import Names
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.order.sent import SentItems
from voice_tui.endpoints.realtime.order.turns import TurnOrder
from voice_tui.endpoints.realtime.wire import client_events as ce


class EventOrder:
    """What stands between the wire and everybody who acts on its events.

    Args:
        outbox: Of the conversation.
        finds: The server is to find the turns of the user.
        unnamed: When the oldest turn of our own making was committed that the server has not named, s; None: none.
        loud_at: When the microphone was last louder than silence, s.
        stopped: Whether a response was stopped: nothing more of it is to be heard.
        owed: Whether the server owes an answer that has not begun.
    """

    def __init__(
        self,
        outbox: Outbox,
        finds: Callable[[], bool],
        unnamed: Callable[[], float | None],
        loud_at: Callable[[], float],
        stopped: Callable[[str], bool],
        owed: Callable[[], bool],
    ) -> None:
        self.oddities = Oddities(outbox)
        self.names = Names()
        self._sent = SentItems(self.names, self.oddities)
        self.turns = TurnOrder(outbox, self.oddities, self.names, finds, unnamed, loud_at)
        self.answers = AnswerOrder(outbox, self.oddities, self.names, self.turns.used, stopped, owed)

    def mend(self, event: Any) -> Iterator[Any]:
        """An event, with what should have come before it; nothing where it says nothing new."""
        for mended in self.answers.mend(self._sent.read(event)):
            yield from self.turns.mend(mended)

    def written(self, event: ce.ClientEvent) -> ce.ClientEvent:
        """An event of ours, by the server's names."""
        if isinstance(event, ce.ResponseCancel) and event.response_id:
            return msgspec.structs.replace(event, response_id=self.answers.name(event.response_id) or msgspec.UNSET)
        if isinstance(event, ce.ConversationItemCreate):
            self._sent.sent(event.item)
        return self.names.written(event)

    def connection_lost(self) -> None:
        """Another session begins; names that were used stay used."""
        self.turns.connection_lost()
        self.answers.connection_lost()
        self.names.connection_lost()
        self._sent.connection_lost()

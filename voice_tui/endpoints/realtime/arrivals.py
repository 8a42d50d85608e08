"""The way of an event of the server: who sees it, and in what order, stands here, and only here.

What is asked beside the conversation sees it first, for nobody else may; then it is put in order, which may make
several of it or none; the context next, which follows everything the server holds and keeps its own items to itself;
then whoever the event is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.events import ServerEvents
from voice_tui.endpoints.realtime.meter import Meter
from voice_tui.endpoints.realtime.opening import Opening
from voice_tui.endpoints.realtime.order.order import EventOrder
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.session import given


class Arrivals:
    """Takes what the server sends, and stands in for what it should have sent.

    Args:
        opening, order, meter, out_of_band, context, events: Of the session.
    """

    def __init__(
        self,
        opening: Opening,
        order: EventOrder,
        meter: Meter,
        out_of_band: OutOfBand,
        context: Context,
        events: ServerEvents,
    ) -> None:
        self._opening, self._order, self._meter, self._out_of_band = opening, order, meter, out_of_band
        self._context, self._events = context, events

    def receive(self, event: object) -> None:
        """An event of the server. What no rule here is about is tolerated."""
        self._opening.heard()
        self._meter.look(event, self._out_of_band.purpose_of(event))
        if self._out_of_band.takes(event):
            return
        for each in (*self._out_of_band.released(event), event):
            for mended in self._order.mend(each):
                if mended is each or not self._beside(mended):
                    self._take(mended)

    def receive_late(self, events: Sequence[object]) -> None:
        """What the server of a connection that has just taken over has sent by now; it is configured already."""
        for event in events:
            if isinstance(event, se.SessionCreated):
                self._meter.look(event)
                self._context.session_created(given(event.session.model, ""))
            else:
                self.receive(event)

    def tick(self, patience_s: float) -> None:
        """Time has passed: what an event leaves open for longer than its patience is closed."""
        for event in self._order.turns.tick():
            self._take(event)
        for event in self._order.answers.overdue(patience_s):
            self._take(event)

    def end_answer(self, status: str) -> None:
        """The server's word that an answer has ended is not waited for any more."""
        for event in self._order.answers.close(status):
            self._take(event)

    def _beside(self, event: object) -> bool:
        """Whether what was made up for belongs to a question beside the conversation, whose beginning was not said."""
        if not self._out_of_band.takes(event):
            return False
        if isinstance(event, se.ResponseCreated):
            self._order.answers.elsewhere(event.response.id)
        return True

    def _take(self, event: object) -> None:
        if isinstance(event, se.SessionCreated):
            self._context.session_created(given(event.session.model, ""))
        if self._context.takes(event):
            return
        self._events.take(event)

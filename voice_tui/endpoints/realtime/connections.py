"""One session over as many connections as it takes: each goes live, is lost, or hands over to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.arrivals import Arrivals
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.recovery import Recovery
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.profile import Capabilities, Place

TOLD = "told_settings"  # id of the update that another connection is introduced with


class Connections:
    """Carries a session from one connection to the next.

    Args:
        shared: Of the conversation.
        capabilities: What the endpoint can do.
        settings, context, recovery, arrivals: Of the session.
        forget: What each part does with what was sent and will not be answered any more, in order.
        under_way: Something else waits for an answer of this connection.
        greet: Called when the first connection is live.
    """

    def __init__(
        self,
        shared: Shared,
        capabilities: Capabilities,
        settings: SessionSettings,
        context: Context,
        recovery: Recovery,
        arrivals: Arrivals,
        *,
        forget: Sequence[Callable[[], None]],
        under_way: Callable[[], bool],
        greet: Callable[[], None],
    ) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self._capabilities, self._settings, self._context = capabilities, settings, context
        self._recovery, self._arrivals = recovery, arrivals
        self._forget, self._under_way, self._greet = forget, under_way, greet
        self.greeted = False
        """There was a session."""

    def go_live(self) -> None:
        """The session is configured."""
        self._outbox.live = True
        self._outbox.clear_error()
        self._shared.reached(Link.LIVE)
        self._shared.timer.restored()
        if self.greeted:
            self._recovery.restore(tells=self._capabilities.seed_history)
        else:
            self._greet()
        self.greeted = True

    def settle(self, place: Place) -> None:
        """The next one is held at this place."""
        self._capabilities.become(place.capabilities)
        self._shared.effects.begin(place.capabilities.observed)
        self._settings.settle(place)

    def lost(self) -> None:
        """It is gone; a new ``session.created`` will restore the conversation."""
        self._recovery.lost()
        self._forget_all()

    def _forget_all(self) -> None:
        for forget in self._forget:
            forget()

    # ---- another connection takes over

    @property
    def portable(self) -> bool:
        """Nothing is under way that would be lost if another connection took over now."""
        under_way = self._recovery.active or self._context.busy or self._shared.playback.sounding or self._under_way()
        return not (under_way or self._settings.changing or any(row.pending for row in self._transcript))

    def introduction(self, place: Place | None = None) -> Introduction | None:
        """The settings as they stand, and the history as text; the events have fixed ids, which no others have."""
        if not (self._outbox.live and (place.capabilities if place else self._capabilities).seed_history):
            return None
        items = (ce.ConversationItemCreate(event_id=f"told_{item.id}", item=item) for item in self._context.history())
        return Introduction(ce.SessionUpdate(event_id=TOLD, session=self._settings.whole(place)), tuple(items))

    def moved(self, told: Introduction, arrived: Sequence[object]) -> None:
        """Another one has taken over."""
        self._forget_all()
        self._settings.adopt(TOLD)
        self._context.told([create.item for create in told.history if isinstance(create, ce.ConversationItemCreate)])
        self._arrivals.receive_late(arrived)

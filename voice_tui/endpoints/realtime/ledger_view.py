"""Telling how far the current answer is, from the playback ledger."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import samples_to_ms
from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.messages.turns import LedgerChanged

INTERVAL_S = 0.1  # faster than that nobody can read


class LedgerView:
    """Tells changes, at most ten a second."""

    def __init__(self, bus: Outbox, answers: Answers) -> None:
        self._bus, self._answers = bus, answers
        self._told: LedgerChanged | None = None
        self._due = 0.0

    def tell(self) -> None:
        """Tell what changed since the last time, when it is time."""
        if self._bus.now < self._due:
            return
        accounts = self._answers.ledger.of_item(self._answers.current_item)
        if not accounts:
            return
        kinds = ("received", "queued", "handed", "sounded")
        ms = (samples_to_ms(sum(getattr(account, kind) for account in accounts)) for kind in kinds)
        state = LedgerChanged(accounts[0].item_id, *ms)
        if state != self._told:
            self._told, self._due = state, self._bus.now + INTERVAL_S
            self._bus.notify(state)

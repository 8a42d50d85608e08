"""What the screen knows of the context: the last state, what just happened, and the offer that waits for an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    How,
    NewTopic,
    SummariseNow,
    SummaryEdited,
    SummaryMade,
    SummaryProposed,
    SummaryUndone,
    TopicChanged,
)
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import RowChanged
from voice_tui.ui.common.context_wording import over_budget

Offer: TypeAlias = SummaryProposed | TopicChanged
Happened: TypeAlias = SummaryMade | SummaryUndone | SummaryEdited | ContextCleared | ContextFailed | TopicChanged


class ContextModel:
    """Follows the notices; the next turn of the user ends what just happened, and an offer about the topic.

    Attributes:
        state: The last one told.
        told: Whether one was.
        summary: The last summary, as long as it stands.
        last: What happened in this turn.
        offer: What can be decided now.
    """

    def __init__(self) -> None:
        self.state = ContextChanged()
        self.told = False
        self.summary: SummaryMade | None = None
        self.last: Happened | None = None
        self.offer: Offer | None = None
        self._turns: set[str] = set()

    def take(self, notice: Notice) -> None:
        """Take over what a notice says."""
        match notice:
            case ContextChanged():
                self.state, self.told = notice, True
                if isinstance(self.offer, SummaryProposed) and not over_budget(notice):
                    self.offer = None
            case SummaryProposed():
                self.offer = notice
            case TopicChanged(choices=choices):
                self.last, self.offer = notice, notice if choices else self.offer
            case SummaryMade():
                self.last = self.summary = notice
                self.offer = None
            case SummaryUndone():
                self.last, self.summary, self.offer = notice, None, None
            case ContextCleared():
                self.last, self.offer = notice, None
            case SummaryEdited(item_id=item_id, text=text):
                self.last = notice
                if self.summary is not None:
                    self.summary = replace(self.summary, item_id=item_id, text=text)
            case ContextFailed():
                self.last = notice
            case RowChanged(row=row) if row.role == "user" and row.text and row.item_id not in self._turns:
                self._turns.add(row.item_id)
                self.last = None
                if isinstance(self.offer, TopicChanged):  # one about the budget stands until that has room again
                    self.offer = None
            case _:
                pass

    def answer(self, how: How) -> Request | None:
        """Answer the offer; None when there is nothing to be sent."""
        offer, self.offer = self.offer, None
        if isinstance(offer, SummaryProposed) and how is not How.START_CLEAN:
            return SummariseNow() if how is How.SUMMARISE else None
        return NewTopic(how) if offer is not None else None

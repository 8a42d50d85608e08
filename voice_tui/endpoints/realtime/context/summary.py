"""The rolling summary: when the budget is exceeded, older turns become one message at the start of the conversation.

Items are taken for it only when their words are known, so that nothing of the user is lost; the model writes the
summary beside the conversation; then `Exchange` puts it in their place. Nothing is done while somebody speaks or an
answer is due. Every failure leaves all as it was, and the next attempt comes after the user's next turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.context import selection, texts
from voice_tui.endpoints.realtime.context.exchange import Exchange, New, Outcome
from voice_tui.endpoints.realtime.context.items import SUMMARY, HeldItems
from voice_tui.endpoints.realtime.context.usage import Counts
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.messages.context import (
    SUMMARY_HEADING,
    ContextCleared,
    ContextFailed,
    ContextItem,
    Kind,
    SummaryEdited,
    SummaryMade,
    SummaryProposed,
    SummaryUndone,
    Work,
)
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.profile import Capabilities

PROPOSED_EVERY = 5  # turns: more often it would be a nuisance
WORTH = 0.05  # of the budget: less than that is not worth a summary


@dataclass(frozen=True, slots=True)
class _Draft:
    """A summary that waits to be put in place."""

    covers: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Undo:
    """What the last summary replaced, and the turn it can be undone in."""

    items: tuple[ContextItem, ...]
    turn: int


class RollingSummary:
    """Keeps the context within its budget.

    Args:
        outbox: Of the conversation.
        sender: Of the session.
        book, counts: What the server holds, and what it costs.
        out_of_band: Asks the model.
        settings: Where the settings stand.
        capabilities: What the endpoint can do.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: EventSender,
        book: HeldItems,
        counts: Counts,
        out_of_band: OutOfBand,
        settings: Callable[[], ContextSettings],
        capabilities: Capabilities,
    ) -> None:
        self._outbox, self._book, self._counts, self._out_of_band = outbox, book, counts, out_of_band
        self._settings, self._capabilities = settings, capabilities
        self._exchange = Exchange(outbox, sender, book)
        self._wanted: Callable[[], None] | None = None  # waits for a pause
        self._asking = False
        self._draft: _Draft | None = None
        self._undo: _Undo | None = None
        self._tried, self._proposed = -1, -PROPOSED_EVERY  # the turn of the last attempt, and of the last proposal
        self._watched, self._number = object(), 0

    # ---- what is going on

    @property
    def work(self) -> Work:
        """What is being done."""
        if self._exchange.active:
            return Work.REPLACING
        if self._asking:
            return Work.SUMMARISING
        return Work.WAITING if self._wanted or self._draft else Work.NOTHING

    @property
    def can_undo(self) -> bool:
        """The last summary can be undone."""
        return self._undo is not None and self._undo.turn == self._turn and not self._exchange.active

    @property
    def _turn(self) -> int:
        return max((i.turn for i in self._book.items()), default=0)

    @property
    def _kept_from(self) -> int:
        """The first of the newest turns."""
        return self._turn - self._settings().keep_turns + 1

    # ---- what the user wants

    def deleting(self, item_id: str) -> bool:
        """The server has been told to delete this item."""
        return self._exchange.deleting(item_id)

    def summarise(self, before: int | None = None) -> None:
        """At the next pause, summarise the turns before turn ``before`` (None: those beyond the newest ones)."""
        if self._can("summary", self._capabilities.delete and self._capabilities.out_of_band):
            self._wanted = lambda: self._ask(before)

    def clear(self, before: int | None = None) -> None:
        """At the next pause, delete the turns before turn ``before`` (None: all)."""
        if self._can("start clean", self._capabilities.delete):
            self._wanted = lambda: self._clear(selection.ALL if before is None else before)

    def _can(self, what: str, able: bool) -> bool:
        if not able:
            self._fail(what, "this endpoint can't do it")
        return able

    def undo(self) -> None:
        """At the next pause, put back what the last summary replaced."""
        undo = self._undo
        if undo is None or not self.can_undo:
            self._outbox.notify(ContextFailed("undo", "there is no summary of this turn to undo"))
            return
        self._wanted = lambda: self._put_back(undo)

    def edit(self, text: str) -> None:
        """At the next pause, give the summary other words."""
        text = text.strip()
        if self._book.summary is None or not text:
            reason = "the summary needs some words" if self._book.summary else "there is no summary"
            self._outbox.notify(ContextFailed("edit", reason))
            return
        self._wanted = lambda: self._rewrite(text)

    # ---- time

    def tick(self, *, free: bool) -> None:
        """Go on. ``free``: nobody speaks, nothing is under way, and the last turn has been answered."""
        self._exchange.tick(free=free)
        if not free or self._exchange.active or self._asking:
            return
        if self._draft is not None:
            draft, self._draft = self._draft, None
            self._put_in_place(draft)
        elif self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            wanted()
        else:
            self._watch()

    def _watch(self) -> None:
        settings = self._settings()
        state = (self._book.version, self._book.transcript.version, settings)
        if state == self._watched:
            return  # nothing has changed since
        self._watched = state
        able = self._capabilities.delete and self._capabilities.out_of_band
        if settings.mode is Mode.OFF or not able or self._turn == self._tried:
            return
        reads, _ = self._counts.forecast()
        if reads <= settings.budget:
            return
        items = selection.to_summarise(self._book, self._kept_from)
        if sum(i.tokens for i in items if i.kind is not Kind.SUMMARY) < WORTH * settings.budget:
            return
        if settings.mode is Mode.AUTO:
            self._ask(None)
        elif self._turn >= self._proposed + PROPOSED_EVERY:
            self._proposed = self._turn
            self._outbox.notify(SummaryProposed(reads, settings.budget, len(items)))

    # ---- summarising

    def _ask(self, before: int | None) -> None:
        self._tried = self._turn
        items = selection.to_summarise(self._book, self._kept_from if before is None else before)
        if not any(i.text for i in items if i.kind is not Kind.SUMMARY):
            self._fail("summary", "there is nothing to summarise yet")
            return
        covers = tuple(i.item_id for i in items)
        words = self._settings().summary_words
        self._asking = True
        self._out_of_band.ask(
            "summary",
            texts.INSTRUCTIONS.format(words=words),
            texts.question(items),
            lambda text, reason: self._written(covers, text, reason),
            max(texts.LEAST_TOKENS, words * texts.TOKENS_PER_WORD),
        )

    def _written(self, covers: tuple[str, ...], text: str, reason: str) -> None:
        self._asking = False
        if reason:
            self._fail("summary", reason)
        else:
            self._draft = _Draft(covers, text)

    def _put_in_place(self, draft: _Draft) -> None:
        items = selection.still(self._book, draft.covers)
        if not items:
            self._fail("summary", "what it was about is gone")
            return
        before = self._counts.total[0]
        new = self._summary(draft.text)

        def done(outcome: Outcome) -> None:
            if outcome.reason:
                self._fail("summary", outcome.reason)
                return
            gone = tuple(i for i in items if i.item_id in outcome.gone)
            self._undo = _Undo(gone, self._turn)
            after = self._counts.total[0]
            self._outbox.notify(SummaryMade(str(new.item.id), draft.text, before, after, len(gone), len(outcome.kept)))

        self._exchange.begin([new], [i.item_id for i in items], done)

    def _summary(self, text: str) -> New:
        self._number += 1
        return New(texts.message(f"{SUMMARY}{self._number:04d}", "system", SUMMARY_HEADING + text))

    # ---- undoing, editing, clearing

    def _put_back(self, undo: _Undo) -> None:
        summary = self._book.summary
        if summary is None or undo is not self._undo:
            self._fail("undo", "the summary is not the same any more")
            return
        new = selection.to_restore(self._book, undo.items, summary.item_id)

        def done(outcome: Outcome) -> None:
            if outcome.reason:
                self._fail("undo", outcome.reason)
            else:
                self._undo = None
                self._outbox.notify(SummaryUndone(len(new)))

        self._exchange.begin(new, [summary.item_id], done)

    def _rewrite(self, text: str) -> None:
        summary = self._book.summary
        if summary is None:
            self._fail("edit", "there is no summary")
            return
        new = self._summary(text)

        def done(outcome: Outcome) -> None:
            if outcome.reason:
                self._fail("edit", outcome.reason)
            else:
                self._outbox.notify(SummaryEdited(str(new.item.id), text))

        self._exchange.begin([new], [summary.item_id], done)

    def _clear(self, before: int) -> None:
        items = selection.to_clear(self._book, before)
        if not items:
            self._outbox.notify(ContextCleared(0))
            return

        def done(outcome: Outcome) -> None:
            if outcome.reason:
                self._fail("start clean", outcome.reason)
            else:
                self._undo = None
                self._outbox.notify(ContextCleared(len(outcome.gone), len(outcome.kept)))

        self._exchange.begin([], [i.item_id for i in items], done)

    def _fail(self, what: str, reason: str) -> None:
        self._outbox.notify(ContextFailed(what, reason))

    # ---- the server

    def added(self, item_id: str) -> None:
        """The server confirmed an item."""
        self._exchange.added(item_id)

    def deleted(self, item_id: str) -> bool:
        """The server deleted an item; True when it was ours to delete."""
        return self._exchange.deleted(item_id)

    def connection_lost(self) -> None:
        """A summary that is ready is put in place in the next session."""
        self._exchange.connection_lost()

"""Everything about the context in one place: what the engine tells it, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.models import MODELS, ModelTable
from voice_tui.endpoints.realtime.context.exchange import ROOT
from voice_tui.endpoints.realtime.context.items import LABEL, SUMMARY, HeldItems
from voice_tui.endpoints.realtime.context.summary import RollingSummary
from voice_tui.endpoints.realtime.context.texts import message, to_be_told, told_again
from voice_tui.endpoints.realtime.context.topics import Topics
from voice_tui.endpoints.realtime.context.usage import Counts
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.requests import ResponseRequests
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Item, Response
from voice_tui.messages import context as want
from voice_tui.messages.context import ContextChanged, ContextFailed, ContextItem
from voice_tui.messages.context_settings import ContextError, ContextSettings, changed
from voice_tui.messages.memory import RETOLD, RetellTalk
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import RULE, Severity
from voice_tui.messages.tokens import Estimate

INTERVAL_S = 0.25  # faster than that nobody can read
NOT_TOLD = "not told to the new session"
MORE = "The server counts more than the estimates say: frames of items, and what they got wrong."
LESS = "The server counts less than the estimates say."
COMING = "As long as your turns mostly are."
FIXED_SPEAKERS = {want.Kind.INSTRUCTIONS: "System", want.Kind.TOOLS: "System", want.Kind.FACTS: "Memory"}
UNANSWERED_S = 5.0  # a turn that nothing has come of by then stays without an answer


class Context:
    """The context of one conversation.

    Args:
        shared: Of the conversation.
        sender, requests: Of the session.
        out_of_band: Asks the model beside the conversation.
        settings: Where they begin.
        capabilities: What the endpoint can do.
        fixed: What every answer reads before the items, as texts by kind.
        running: Ids of the calls of tools whose output is still to come.
        estimate: Text → tokens.
        models: What is known of models.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        requests: ResponseRequests,
        out_of_band: OutOfBand,
        settings: ContextSettings,
        capabilities: Capabilities,
        fixed: Callable[[], Mapping[want.Kind, str]],
        estimate: Estimate,
        models: ModelTable = MODELS,
        *,
        running: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.settings, self._running, self._fixed, self._estimate = settings, running, fixed, estimate
        self._estimated: dict[str, int] = {}  # tokens of the fixed texts as they are now
        outbox = shared.outbox
        self._outbox, self._transcript, self._sender, self._requests = outbox, shared.transcript, sender, requests
        self.book = HeldItems(outbox, shared.transcript, shared.playback.ledger, estimate)
        self.counts = Counts(
            self.book,
            lambda: sum(item.tokens for item in self._fixed_items()),
            capabilities,
            models,
        )
        self.summary = RollingSummary(
            outbox, sender, self.book, self.counts, out_of_band, lambda: self.settings, capabilities
        )
        self.topics = Topics(outbox, lambda: self.settings, self._topic_left)
        self._notes = 0
        self._due = 0.0
        self._told: ContextChanged | None = None
        self._seen = -1
        self._free_since: float | None = None
        self._retells: list[RetellTalk] = []  # conversations that wait for a session

    # ---- what the user wants

    def intents(self) -> dict[type, Callable[[Any], object]]:
        """Intent → method."""
        return {
            want.Pin: self._pin,
            want.SummariseNow: lambda i: self.summary.summarise(),
            want.UndoSummary: lambda i: self.summary.undo(),
            want.EditSummary: lambda i: self.summary.edit(i.text),
            want.SetContext: self._set,
            want.NewTopic: lambda i: self._new_topic(i.how),
            RetellTalk: self._retell,
        }

    def _pin(self, intent: want.Pin) -> None:
        if self.summary.deleting(intent.item_id):
            self._outbox.notify(ContextFailed("pin", "it is being replaced by a summary just now"))
        elif not self.book.pin(intent.item_id, intent.on):
            self._outbox.notify(ContextFailed("pin", f"there is no item {intent.item_id!r} that can be pinned"))

    def _set(self, intent: want.SetContext) -> None:
        try:
            self.settings = changed(self.settings, **asdict(intent))
        except ContextError as error:
            self._outbox.announce(Severity.ERROR, str(error))

    def _new_topic(self, how: want.How) -> None:
        before = self._turn_of(self.topics.decide(how))
        if how is want.How.START_CLEAN:
            self.summary.clear(before)
        elif how is want.How.SUMMARISE:
            self.summary.summarise(before)

    def _retell(self, talk: RetellTalk) -> None:
        """Let a conversation of the memory go on: its items stand in the transcript, and every session is told them."""
        if not self._outbox.live:
            self._retells.append(talk)
            return
        begins = f"{RETOLD}{talk.talk}"
        if any(item_id.startswith(f"{begins}_") for item_id in self._transcript.order):
            self._outbox.announce(Severity.INFORMATION, f"the conversation of {talk.when} goes on already")
            return
        self._rule(f"{begins}_0", f"what was said {talk.when}")
        for number, said in enumerate(talk.items, 1):
            item_id = f"{begins}_{number}"
            speaker = {"speaker": said.speaker} if said.speaker else {}
            self._transcript.open(item_id, said.role, text=said.text, spoken=False, **speaker)
            self._tell_again(message(item_id, said.role, told_again(said.role, said.speaker, said.text)))
        self._rule(f"{begins}_{len(talk.items) + 1}", "it goes on now")

    def _rule(self, item_id: str, words: str) -> None:
        """A line that nobody said, and that no endpoint knows of: what it tells next stands behind it."""
        self._transcript.open(item_id, RULE, text=words, spoken=False)
        self._transcript.refused(item_id)

    def _topic_left(self, item_id: str) -> None:
        self.summary.summarise(self._turn_of(item_id))

    def _turn_of(self, item_id: str) -> int | None:
        return next((i.turn for i in self.book.items() if item_id and i.item_id == item_id), None)

    @property
    def busy(self) -> bool:
        """Items are being replaced, or the model is asked for a summary of them."""
        return self.summary.work in (want.Work.SUMMARISING, want.Work.REPLACING)

    # ---- what the server says

    def session_created(self, model: str) -> None:
        """A session of this model begins."""
        self.counts.model_name = model

    def takes(self, event: object) -> bool:
        """Look at an event; True when it is about an item that the transcript does not show."""
        match event:
            case se.ConversationItemAdded(item=item, previous_item_id=previous) if isinstance(item.id, str):
                self.book.added(item)
                self.summary.added(item.id)
                if item.id.startswith(LABEL):
                    self._transcript.place(item.id, previous)
                return item.id.startswith((SUMMARY, LABEL))
            case se.ConversationItemDone(item=item) if isinstance(item.id, str):
                self.book.completed(item)
            case se.ConversationItemDeleted(item_id=item_id):
                if self.summary.deleted(item_id):
                    return True
                self.book.deleted(item_id, keep_row=False)
            case se.OutputItemAdded(response_id=response_id, item=item) if isinstance(item.id, str):
                self.counts.output_item(response_id, item.id)
            case se.OutputAudioDelta(item_id=item_id):
                self.book.voiced(item_id)
            case se.InputSpeechStarted(item_id=item_id, audio_start_ms=ms):
                self.book.speech(item_id, start_ms=ms)
            case se.InputSpeechStopped(item_id=item_id, audio_end_ms=ms):
                self.book.speech(item_id, end_ms=ms)
            case se.ResponseCreated():
                self.counts.response_created(self._requests.sent_with)
        return False

    def response_done(self, response: Response) -> None:
        """An answer ended."""
        self.counts.response_done(response)

    # ---- what we tell

    def note(self, text: str, before: str | None, refused: Callable[[], None]) -> None:
        """Tell the model something that nobody said: a system item before the item ``before``, or at the end.

        Args:
            text: What.
            before: The item; None: the end.
            refused: Called when the server did not take it.
        """
        order = self._transcript.order
        at = order.index(before) if before in order else len(order)
        previous = next((i for i in reversed(order[:at]) if self.book.holds(i)), ROOT)
        self._notes += 1
        item = message(f"{LABEL}{self._notes:04d}", "system", text)

        def told(_: ErrorDetails) -> bool:
            refused()
            return True

        self._sender.send(ConversationItemCreate(item=item, previous_item_id=previous), refused=told)

    # ---- losing the connection

    def connection_lost(self) -> None:
        """Everything that the server held is to be told again, see `seed`."""
        self.summary.connection_lost()
        self.book.connection_lost()
        self.counts.connection_lost()

    def history(self) -> list[Item]:
        """All that a session has to be told, in order; the same as long as nothing changes."""
        return to_be_told(self.book.items(), self.book.rowless, self._transcript.forgotten, self._running())

    def seed(self, speak: Callable[[str], bool]) -> None:
        """Tell a new session what was said, in order.

        Args:
            speak: Tells an item as audio; False where there is none, then it is told as text.
        """
        told = {str(item.id): item for item in self.history()}
        for entry in self.book.items():
            item = told.get(entry.item_id)
            if not speak(entry.item_id) and item is not None:
                self._tell_again(item)
        self.book.owed.clear()

    def _tell_again(self, item: Item) -> None:
        item_id = str(item.id)

        def refused(error: ErrorDetails) -> bool:
            self.book.deleted(item_id, keep_row=False)
            self._transcript.update(item_id, note=f"{NOT_TOLD}: {error.message}")
            self._transcript.refused(item_id)
            return False

        row = self._transcript.row(item_id)
        if row is not None and row.note.startswith(NOT_TOLD):
            self._transcript.update(item_id, note="")
        self._sender.send(ConversationItemCreate(item=item), refused=refused)
        self.book.added(item)

    def told(self, items: Iterable[Item]) -> None:
        """A session has been told these items."""
        for item in items:
            self.book.added(item)
        self.book.owed.clear()

    # ---- time

    def tick(self, *, free: bool) -> None:
        """Go on, and tell what changed.

        Args:
            free: Nobody speaks, nothing is under way.
        """
        while self._retells and self._outbox.live:
            self._retell(self._retells.pop(0))
        if self._seen != self._transcript.version:
            self._seen = self._transcript.version
            self.topics.observe(self._transcript)
        if not free:
            self._free_since = None
        elif self._free_since is None:
            self._free_since = self._outbox.now
        self.summary.tick(free=self._free_since is not None and (self._answered() or self._abandoned()))
        if self._outbox.now >= self._due:
            self._due = self._outbox.now + INTERVAL_S
            self._tell()

    def _answered(self) -> bool:
        """The newest message that the server holds is not the user's; what a tool gave late waits for no answer."""
        newest = next((i for i in reversed(self.book.items()) if i.in_server and not i.call_id), None)
        return newest is None or newest.role != "user"

    def _abandoned(self) -> bool:
        """Nothing has happened for so long that nobody will answer any more: it was interrupted before, or failed."""
        return self._free_since is not None and self._outbox.now - self._free_since >= UNANSWERED_S

    def _fixed_items(self) -> tuple[ContextItem, ...]:
        """What every answer reads before the items; only a text that has changed is estimated anew."""
        texts = {kind: text for kind, text in self._fixed().items() if text}
        self._estimated = {text: self._estimated.get(text) or self._estimate(text) for text in texts.values()}
        return tuple(_fixed_item(kind, text, self._estimated[text]) for kind, text in texts.items())

    def _tell(self) -> None:
        total, exact = self.counts.total
        reads, usd = self.counts.forecast()
        items, fixed = self.book.items(), self._fixed_items()
        rest = total - sum(item.tokens for item in (*fixed, *items) if item.in_server)
        fixed += (_fixed_item(want.Kind.REST, MORE if rest > 0 else LESS, rest),) if rest else ()
        state = ContextChanged(
            items, total, exact, self.counts.window, reads, usd, self.settings,
            self.summary.work, self.summary.can_undo, fixed, _fixed_item(want.Kind.NEXT, COMING, reads - total),
        )  # fmt: skip
        if state != self._told:
            self._told = state
            self._outbox.notify(state)


def _fixed_item(kind: want.Kind, text: str, tokens: int) -> ContextItem:
    return ContextItem(kind.value, "system", FIXED_SPEAKERS.get(kind, ""), text, kind, tokens)

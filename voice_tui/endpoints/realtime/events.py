"""The events of the server, and who is told of each: a table, event → method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.answers import NOT_ACTIVE, Answers
from voice_tui.endpoints.realtime.commits import Commits
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.opening import Opening
from voice_tui.endpoints.realtime.recovery import Recovery
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Response
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, given
from voice_tui.messages.talk import Severity
from voice_tui.messages.turns import Stage

TELEPHONE = {"audio/pcmu": "G.711 µ-law", "audio/pcma": "G.711 A-law"}
"""Formats of the wire that carry 8 kHz in 8 bits."""


class ServerEvents:
    """Passes each event on to the parts of a session that it is about.

    Args:
        shared: Of the conversation.
        sender, opening, settings, answers, turns, commits, tools, context, recovery: Of the session.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        opening: Opening,
        settings: SessionSettings,
        answers: Answers,
        turns: ServerTurns,
        commits: Commits,
        tools: ToolCalls,
        context: Context,
        recovery: Recovery,
    ) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self._sender, self._opening, self._settings = sender, opening, settings
        self._answers, self._turns, self._commits = answers, turns, commits
        self._tools, self._context, self._recovery = tools, context, recovery
        content = answers.content
        self._events: dict[type, Callable[[Any], object]] = {
            se.SessionCreated: lambda e: self._opening.created(),
            se.SessionUpdated: lambda e: self._updated(e.session),
            se.Error: lambda e: self._error(e.error),
            se.ConversationItemAdded: self._item_added,
            se.ConversationItemDone: lambda e: content.item_done(e.item),
            se.ConversationItemTruncated: self._item_truncated,
            se.ConversationItemDeleted: self._item_deleted,
            se.ResponseCreated: self._response_created,
            se.ResponseDone: lambda e: self._response_done(e.response),
            se.OutputItemAdded: lambda e: answers.item_added(e.response_id, e.item),
            se.OutputItemDone: self._output_item_done,
            se.OutputAudioDelta: content.audio,
            se.OutputAudioTranscriptDelta: lambda e: content.words(e.item_id, e.content_index, e.delta, written=False),
            se.OutputAudioTranscriptDone: lambda e: content.words_done(
                e.item_id, e.content_index, e.transcript, written=False
            ),
            se.OutputTextDelta: lambda e: content.words(e.item_id, e.content_index, e.delta, written=True),
            se.OutputTextDone: lambda e: content.words_done(e.item_id, e.content_index, e.text, written=True),
            **self._turns.handlers(),
            se.BufferCommitted: self._committed,
            se.UnknownEvent: lambda e: answers.thought() if "reasoning" in e.type else None,
        }

    def take(self, event: object) -> None:
        """Tell whoever it is about; what no rule here is about is tolerated."""
        handler = self._events.get(type(event))
        if handler is not None:
            handler(event)

    # ---- the session

    def _updated(self, session: SessionConfig) -> None:
        self._settings.updated(session)
        if self._settings.settled:
            self._opening.confirmed()
        self._sound(session)

    def _sound(self, session: SessionConfig) -> None:
        """What the server hears, where it says so."""
        hearing = given(given(session.audio, SessionAudio()).input, AudioInput())
        named = given(hearing.format, None)
        if named is not None:
            self._shared.carried(TELEPHONE.get(named.type, ""))

    def settings_refused(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers an update of the session."""
        if not self._settings.rejected(error):
            return False
        if self._settings.settled:
            self._opening.confirmed()  # it talks with some settings of its own: better than silence, and it is said
        return True

    def _error(self, error: ErrorDetails) -> None:
        """Whoever sent the event is told; an error that names none is taken by whom it can only be about."""
        unnamed = error.event_id is None
        if self._sender.refused(error) or error.code == NOT_ACTIVE:
            return
        if unnamed and self.settings_refused(error):
            return
        self._answers.requests.doubt(named=not unnamed)
        if unnamed and self._answers.create_failed(error):
            return
        if unnamed:
            self._answers.repairs.doubt(error.message)
            self._commits.doubt(error.message)
            self._settings.doubt(error.message)
        words = dict.fromkeys(word for word in (error.code or error.type or "error", error.message) if word)
        self._outbox.announce(Severity.ERROR, ": ".join(words))

    # ---- items and responses

    def _committed(self, event: se.BufferCommitted) -> None:
        if self._turns.found(event.item_id):
            self._commits.give_up_on_doubted()  # it answers in order: a commit before would have been named by now
        else:
            self._commits.answered()
        self._turns.committed(event)

    def _response_created(self, event: se.ResponseCreated) -> None:
        self._commits.give_up_on_doubted()
        self._recovery.settle()
        self._answers.response_created(event)

    def _response_done(self, response: Response) -> None:
        interrupted, over = self._answers.was_interrupted(response.id), self._answers.over(response.id)
        self._answers.response_done(response)
        if over:
            return
        self._context.response_done(response)
        self._tools.response_done(response, interrupted=interrupted)

    def _output_item_done(self, event: se.OutputItemDone) -> None:
        self._tools.item_done(event.response_id, event.item)
        self._answers.content.item_done(event.item)

    def _item_added(self, event: se.ConversationItemAdded) -> None:
        item = event.item
        if not isinstance(item.id, str):
            return
        self._transcript.place(item.id, event.previous_item_id)
        if item.type != "message" or item.role not in ("user", "assistant", "system"):
            return
        if item.role == "user" and item.id not in self._transcript:
            spoken = any(p.type == "input_audio" for p in item.content or [])
            self._transcript.open(item.id, "user", text=item.text, spoken=spoken, pending=spoken and not item.text)
        elif item.role != "user" and item.text and item.id not in self._transcript:
            self._transcript.open(item.id, str(item.role), text=item.text, spoken=False)

    def _item_truncated(self, event: se.ConversationItemTruncated) -> None:
        if self._answers.repairs.acknowledged(event.item_id):
            self._shared.waterfall.reach(Stage.TRUNCATED)

    def _item_deleted(self, event: se.ConversationItemDeleted) -> None:
        if not self._answers.repairs.acknowledged(event.item_id):
            self._transcript.remove(event.item_id)

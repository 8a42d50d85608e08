"""One client's session: what each of its events does, and what its microphone brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from voice_tui.audio.stream.pcm import samples_to_ms
from voice_tui.endpoints.realtime.wire import client_events as client
from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Item, ResponseParams
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.endpoints.realtime.wire.server_events import ServerEvent
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.server.answers.items import Emit
from voice_tui.server.answers.plan import ResponsePlan, plan
from voice_tui.server.answers.response import ResponseRunner
from voice_tui.server.answers.writer import ResponseWriter
from voice_tui.server.brains.dialogue import Dialogue
from voice_tui.server.checks import new_id
from voice_tui.server.hearing.input_track import InputTrack
from voice_tui.server.hearing.recognition import Recognition
from voice_tui.server.hearing.turn_detection import Mark, SpeechBegan, SpeechEnded, SpeechPaused, sounds_finished
from voice_tui.server.history import History, HistoryItem, heard
from voice_tui.server.idle import IdleTimer
from voice_tui.server.item_rules import admit
from voice_tui.server.models import ServerModels
from voice_tui.server.rate_limits import TokenBudget
from voice_tui.server.session_config import transcribes, transcription_of, turn_detection_of, updated
from voice_tui.server.tool_checks import offered
from voice_tui.server.wire.connection import ClientWire

CONVERSATION = "realtime.conversation"


class ServerSession:
    """The state of one connection; it knows no socket.

    Args:
        config: The session object as it begins.
        tasks: Where answers and recognition run.
        models: What it hears, thinks and speaks with.
        client_wire: Reads this client.
        send: Takes every event, in order.
        drained: Waits until the client has taken most of what was sent.
    """

    def __init__(
        self,
        config: SessionConfig,
        tasks: asyncio.TaskGroup,
        models: ServerModels,
        client_wire: ClientWire,
        send: Emit,
        drained: Callable[[], Awaitable[None]],
    ) -> None:
        self.config = config
        self._wire = client_wire
        self._tasks, self._studio, self._send, self._drained = tasks, models.studio, send, drained
        self._conversation_id = new_id("conv")
        self._history = History()
        self._microphone = InputTrack(models.probability(), turn_detection_of(config), self._emit)
        self._listening = Recognition(tasks, models, self._history, self._emit)
        self._idle = IdleTimer()
        self._budget = TokenBudget(asyncio.get_running_loop().time)
        self._runners: list[ResponseRunner] = []
        self._pauses: set[asyncio.Task[None]] = set()
        self._handlers: dict[type, Callable[[Any], None]] = {
            client.SessionUpdate: self._update,
            client.InputAudioBufferCommit: self._commit_by_hand,
            client.InputAudioBufferClear: self._clear,
            client.ConversationItemCreate: self._create_item,
            client.ConversationItemRetrieve: self._retrieve_item,
            client.ConversationItemTruncate: self._truncate_item,
            client.ConversationItemDelete: self._delete_item,
            client.ResponseCreate: self._create_response,
            client.ResponseCancel: self._cancel_response,
            client.OutputAudioBufferClear: self._only_elsewhere,
        }
        self._marks: dict[type, Callable[[Any], None]] = {
            SpeechBegan: self._speech_began,
            SpeechPaused: self._speech_paused,
            SpeechEnded: self._speech_ended,
        }
        self._emit(wire.SessionCreated(session=config))
        if client_wire.dialect is Dialect.PREVIEW and not self._only_listens:
            self._emit(wire.ConversationCreated(conversation={"id": self._conversation_id, "object": CONVERSATION}))

    async def receive(self, message: str | bytes) -> None:
        """Take what the client sent; whatever is wrong with it is answered by an ``error`` event."""
        try:
            event = self._wire.read(message)
        except ProtocolError as error:
            self._refuse(error)
            return
        try:
            if isinstance(event, client.InputAudioBufferAppend):
                await self._append(event)
            else:
                self._handlers[type(event)](event)
        except ProtocolError as error:
            self._refuse(self._wire.as_written(error), given(event.event_id, None))

    def close(self) -> None:
        """The connection is gone: stop whatever still runs."""
        for runner in self._runners:
            runner.stop()
        self._listening.stop()
        for task in self._pauses:
            task.cancel()

    # -- events out --

    def _emit(self, event: ServerEvent) -> None:
        event.event_id = new_id("event")
        if not isinstance(event, wire.SessionCreated):
            self._idle.observe(event, self._microphone.position)
        self._send(event)
        if isinstance(event, wire.ResponseDone):
            usage = given(event.response.usage, None)
            left = self._budget.spend(usage.total_tokens if usage else 0)
            self._send(wire.RateLimitsUpdated(event_id=new_id("event"), rate_limits=[left]))

    def _refuse(self, error: ProtocolError, event_id: str | None = None) -> None:
        details = ErrorDetails(
            error.message, "invalid_request_error", error.code, error.param, error.event_id or event_id
        )
        self._emit(wire.Error(error=details))

    # -- the session --

    def _update(self, event: client.SessionUpdate) -> None:
        history = self._history
        self.config = updated(self.config, event.session, has_spoken=history.has_spoken, has_begun=len(history) > 0)
        self._microphone.settings = turn_detection_of(self.config)
        self._emit(wire.SessionUpdated(session=self.config))

    def _only_elsewhere(self, event: client.ClientEvent) -> None:
        name = event.__struct_config__.tag
        raise ProtocolError("invalid_value", f"Invalid value: '{name}'. This connection cannot do that.", "type")

    # -- the microphone --

    async def _append(self, event: client.InputAudioBufferAppend) -> None:
        for i, marks in enumerate(self._microphone.append(event.audio)):
            if i:
                await asyncio.sleep(0)
            for mark in marks:
                self._heard(mark)
        if self._microphone.speaking and transcribes(self.config):
            microphone = self._microphone
            self._listening.listen_ahead(microphone.item_id, lambda: microphone.turn_so_far, microphone.turn_length)
        self._ask_the_silent()

    def _heard(self, mark: Mark) -> None:
        self._marks[type(mark)](mark)

    def _speech_began(self, mark: SpeechBegan) -> None:
        self._microphone.began(mark)
        detection = self._microphone.settings
        if (runner := self._active) and detection and given(detection.interrupt_response, True):
            runner.cancel("turn_detected")

    def _speech_paused(self, mark: SpeechPaused) -> None:
        task = self._tasks.create_task(self._judge_pause(mark.number))
        self._pauses.add(task)
        task.add_done_callback(self._pauses.discard)

    async def _judge_pause(self, number: int) -> None:
        words = await self._listening.words_so_far(self._microphone.turn_so_far)
        if sounds_finished(words) and (mark := self._microphone.finish(number)):
            self._speech_ended(mark)

    def _speech_ended(self, mark: SpeechEnded) -> None:
        self._commit(*self._microphone.ended(mark))
        detection = self._microphone.settings
        if detection and given(detection.create_response, True) and not self._only_listens:
            self._respond_by_itself()

    def _ask_the_silent(self) -> None:
        detection = self._microphone.settings
        timeout_ms = given(detection.idle_timeout_ms, None) if detection else None
        since = self._idle.due(timeout_ms, self._microphone.position)
        if since is None or self._active or self._microphone.speaking or self._only_listens:
            return
        item_id, audio = self._microphone.commit()
        start_ms, end_ms = samples_to_ms(since), samples_to_ms(self._microphone.position)
        self._emit(wire.TimeoutTriggered(audio_start_ms=start_ms, audio_end_ms=end_ms, item_id=item_id))
        self._commit(item_id, audio)
        self._respond_by_itself()

    def _commit_by_hand(self, _: client.InputAudioBufferCommit) -> None:
        self._commit(*self._microphone.commit())

    def _clear(self, _: client.InputAudioBufferClear) -> None:
        self._microphone.clear()

    def _commit(self, item_id: str, audio: bytes) -> None:
        content = [ContentPart("input_audio", transcript=None)]
        item = Item("message", id=item_id, status="completed", role="user", content=content)
        self._emit(wire.BufferCommitted(item_id=item_id, previous_item_id=self._history.last_id))
        self._add(HistoryItem(item, bytearray(audio)))

    # -- items --

    def _add(self, entry: HistoryItem) -> None:
        self._added(entry, self._history.add(entry))

    def _added(self, entry: HistoryItem, previous: str | None) -> None:
        self._emit(wire.ConversationItemAdded(item=entry.item, previous_item_id=previous))
        self._emit(wire.ConversationItemDone(item=entry.item, previous_item_id=previous))
        if entry.audio:
            self._listening.start(entry, report=transcription_of(self.config))

    def _create_item(self, event: client.ConversationItemCreate) -> None:
        item, audio = admit(event.item)
        entry = HistoryItem(item, bytearray(audio))
        self._added(entry, self._history.add_written(entry, event.previous_item_id))

    def _retrieve_item(self, event: client.ConversationItemRetrieve) -> None:
        self._emit(wire.ConversationItemRetrieved(item=self._history.retrieve(event.item_id)))

    def _truncate_item(self, event: client.ConversationItemTruncate) -> None:
        self._history.truncate(event.item_id, event.content_index, event.audio_end_ms)
        self._emit(wire.ConversationItemTruncated(event.item_id, event.content_index, event.audio_end_ms))

    def _delete_item(self, event: client.ConversationItemDelete) -> None:
        self._history.delete(event.item_id)
        self._emit(wire.ConversationItemDeleted(item_id=event.item_id))

    # -- answers --

    @property
    def _active(self) -> ResponseRunner | None:
        """The conversation's answer being made."""
        return next((r for r in self._runners if r.active and not r.writer.plan.out_of_band), None)

    @property
    def _only_listens(self) -> bool:
        """A transcription session has no answers."""
        return self.config.type == "transcription"

    def _create_response(self, event: client.ResponseCreate) -> None:
        if self._only_listens:
            message = "A transcription session gives no answers, only transcripts of what is said."
            raise ProtocolError("invalid_value", message, "type")
        self._respond(given(event.response, ResponseParams()))

    def _respond_by_itself(self) -> None:
        """Answer a turn that turn detection found; nobody asked, so no client event is to blame for an error."""
        try:
            self._respond(ResponseParams())
        except ProtocolError as error:
            self._refuse(error)

    def _respond(self, params: ResponseParams) -> None:
        resolved = plan(self.config, params, self._history)
        if (active := self._active) and not resolved.out_of_band:
            message = (
                f"Conversation already has an active response in progress: {active.writer.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise ProtocolError("conversation_already_has_active_response", message)
        writer = ResponseWriter(resolved, self._conversation_id, self._history, self._emit)
        runner = ResponseRunner(writer, self._studio, lambda: self._told(resolved), self._drained, self._history)
        self._runners = [*(r for r in self._runners if r.active), runner]
        runner.start(self._tasks)

    async def _told(self, resolved: ResponsePlan) -> Dialogue:
        """What the brain is told, once all of it is understood."""
        await self._listening.finished(resolved.context)
        return Dialogue(
            resolved.instructions,
            tuple(told for entry in resolved.context if (told := entry.told)),
            resolved.response_instructions,
            offered(resolved.tools),
            resolved.tool_choice,
            resolved.forced,
            resolved.out_of_band,
            heard(resolved.context),
        )

    def _cancel_response(self, event: client.ResponseCancel) -> None:
        wanted = given(event.response_id, None)
        runner = next((r for r in self._runners if r.active and r.writer.id == wanted), None)
        runner = runner if wanted else self._active
        if runner is None:
            raise ProtocolError("response_cancel_not_active", "Cancellation failed: no active response found")
        runner.cancel("client_cancelled")

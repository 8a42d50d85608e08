"""The Realtime family's half of a conversation: items, responses, and the events about them.

Who sees an event, and in what order, stands in one place, `RealtimeSession.receive`: what is asked beside the
conversation first, for nobody else may see it; the context next, which follows everything the server holds and keeps
its own items to itself; then whoever the event is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from voice_tui.audio.stream.pcm import Pcm, mean_level
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.models import MODELS, ModelTable
from voice_tui.endpoints.realtime.answers import NOT_ACTIVE, Answers
from voice_tui.endpoints.realtime.commits import Commits
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.facts import FactExtraction
from voice_tui.endpoints.realtime.opening import Opening
from voice_tui.endpoints.realtime.order.order import EventOrder
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.recovery import Recovery
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings, function_tool
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.watchdog import AnswerWatch
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Item, Response
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.inputs import Embedded, ToolFinished
from voice_tui.messages.intents import Interrupt, SelectProfile
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.memory import ExtractFacts
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.talk import Severity
from voice_tui.messages.tokens import Estimate, estimate
from voice_tui.messages.turns import Stage

TOLD = "told_settings"  # id of the update that another connection is introduced with
SILENCE = 0.003  # mean |x|: below that, outside a turn, nobody speaks


class RealtimeSession:
    """A session with an endpoint of the Realtime family.

    Args:
        shared: Of the conversation.
        profile: Who the assistant is.
        capabilities: What the endpoint can do.
        models: What is known of models.
        estimate: Counts the tokens of a text, where the server has not.
    """

    def __init__(
        self,
        shared: Shared,
        profile: Profile,
        capabilities: Capabilities,
        models: ModelTable = MODELS,
        estimate: Estimate = estimate,
    ) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self.capabilities = capabilities = replace(capabilities)
        shared.effects.begin(capabilities.observed)
        self._greeting, self._greeted = profile.greeting, False
        self._typed = 0
        self.order = EventOrder(
            shared.outbox,
            finds=lambda: shared.knobs.preset.server_turns,
            unnamed=lambda: self.commits.oldest,
            loud_at=lambda: shared.loud_at,
        )
        self.sender = sender = EventSender(shared.outbox, self.order.names)
        oddities = self.order.oddities
        self.settings = SessionSettings(shared, sender, profile, self._settings_refused, oddities, capabilities)
        self.opening = Opening(shared, capabilities, self.settings.configure, self._go_live)
        self.answers = Answers(shared, sender, capabilities, lambda: self.settings.instructions, oddities)
        self.commits = Commits(shared.outbox, sender)
        self.turns = ServerTurns(shared, self.answers, self.settings, oddities)
        self.out_of_band = OutOfBand(shared.outbox, sender, self.ask_again)
        self.tools = ToolCalls(
            shared.outbox, sender, lambda: self.settings.tools, self._turn, self._floor_free, self.want_answer,
            capabilities=capabilities,
        )  # fmt: skip
        self.watch = AnswerWatch(
            shared, self.answers, lambda: self.tools.active or self.hearing, self._end_answer, capabilities.warm_up_s
        )
        self.context = Context(
            shared,
            sender,
            self.answers.requests,
            self.out_of_band,
            profile.context,
            capabilities,
            self._prompt,
            estimate,
            models,
        )
        self.recovery = Recovery(
            shared, sender, self.settings, self.answers, self.turns, self.tools, self.context,
            self._commit, self.want_answer,
        )  # fmt: skip
        self.facts = FactExtraction(shared.outbox, self.out_of_band, self.context.book.items, capabilities)
        answers = self.answers
        self._events: dict[type, Callable[[Any], object]] = {
            se.SessionCreated: lambda e: self.opening.created(),
            se.SessionUpdated: lambda e: self._updated(e.session),
            se.Error: lambda e: self._error(e.error),
            se.ConversationItemAdded: self._item_added,
            se.ConversationItemDone: lambda e: answers.item_done(e.item),
            se.ConversationItemTruncated: self._item_truncated,
            se.ConversationItemDeleted: self._item_deleted,
            se.ResponseCreated: self._response_created,
            se.ResponseDone: lambda e: self._response_done(e.response),
            se.OutputItemAdded: lambda e: answers.item_added(e.response_id, e.item),
            se.OutputItemDone: self._output_item_done,
            se.OutputAudioDelta: answers.audio,
            se.OutputAudioTranscriptDelta: lambda e: answers.words(e.item_id, e.content_index, e.delta, written=False),
            se.OutputAudioTranscriptDone: lambda e: answers.words_done(
                e.item_id, e.content_index, e.transcript, written=False
            ),
            se.OutputTextDelta: lambda e: answers.words(e.item_id, e.content_index, e.delta, written=True),
            se.OutputTextDone: lambda e: answers.words_done(e.item_id, e.content_index, e.text, written=True),
            **self.turns.handlers(),
            se.BufferCommitted: self._committed,
            se.UnknownEvent: lambda e: answers.thought() if "reasoning" in e.type else None,
        }

    # ---- what is going on

    @property
    def busy(self) -> bool:
        """The floor is the assistant's."""
        return self.answers.thinking or self.sounding

    @property
    def sounding(self) -> bool:
        """Some of an answer is on its way to the ear."""
        return self._shared.playback.sounding

    @property
    def progress(self) -> str:
        """How far the answer that sounds is."""
        return self._shared.playback.progress_of(self.current)

    @property
    def stopping(self) -> str:
        """What an interruption still waits for."""
        return self.answers.stopping

    @property
    def waiting(self) -> str:
        """What is waited for before anything sounds."""
        if self.answers.thinking:
            return "waiting for the answer"
        if self.answers.requests.awaited:
            return "waiting for response.created"
        return self.tools.why if self.tools.active else ""

    @property
    def keeping(self) -> bool:
        """There was a session, and what is said until the next one is kept for it."""
        return self._greeted and not self._outbox.live

    @property
    def hearing(self) -> bool:
        """The server's VAD believes that the user speaks."""
        return self.turns.hearing

    @property
    def current(self) -> str:
        """The answer that sounds or is being made."""
        return self.answers.current_item

    @property
    def server_interrupts(self) -> bool:
        """The server has agreed to cancel its answer by itself when it hears the user."""
        return self.settings.server_interrupts

    def _turn(self) -> int:
        return sum(row.role == "user" for row in self._transcript)

    def _floor_free(self) -> bool:
        detector = self._shared.detector
        talking = detector.speaking or self.turns.hearing or self.answers.thinking
        return not (talking or self.answers.requests.awaited or detector.holding)

    def _prompt(self) -> str:
        tools = [function_tool(tool) for tool in self.settings.tools]
        return self.settings.instructions + (msgspec.json.encode(tools).decode() if tools else "")

    # ---- the assistant

    def interrupt(self, source: str, *, server_cancels: bool = False) -> bool:
        """Stop the assistant now."""
        self.recovery.settle()
        return self.answers.interrupt(source, server_cancels=server_cancels)

    def want_answer(self, instructions: str | None = None) -> None:
        """Ask for an answer, now or as soon as the active response has ended; without a session, in the next one."""
        if not self._outbox.live:
            self._shared.detector.drop_hold()
            return  # what was committed meanwhile is to be answered in any case
        self.answers.want_response(instructions)

    def ask_again(self) -> None:
        """What a request waited for is there: it is made, if it is still wanted."""
        if self.answers.requests.wanted:
            self.want_answer()

    # ---- the user's audio

    def append(self, frames: list[Pcm]) -> None:
        """Send audio, or keep it for the next session."""
        if not self._outbox.live:
            self.recovery.hear(frames)
            return
        pcm = np.concatenate(frames)
        audio = pcm.tobytes()
        open_turn = self._shared.detector.speaking or self.turns.hearing
        silent = not open_turn and mean_level(pcm) < SILENCE
        self.sender.send(ce.InputAudioBufferAppend(audio=audio), silent=silent)
        self._shared.turns.appended(audio, self._shared.detector.row)

    def commit(self, row_id: str) -> None:
        """What was appended is a whole turn."""
        if self._outbox.live:
            self._commit(row_id)
        else:
            self.recovery.committed(row_id)

    def _commit(self, row_id: str) -> None:
        turn = self._shared.turns.committed(row_id)

        def forget() -> None:
            self._shared.turns.refused(turn)
            self._transcript.refused(row_id)

        self.commits.send(forget)
        self._transcript.await_name(row_id)

    def clear(self) -> None:
        """Forget what was appended and not committed."""
        if not self._outbox.live:
            self.recovery.cleared()
            return
        self.sender.send(ce.InputAudioBufferClear())
        self._shared.turns.cleared()

    # ---- words and settings

    def say(self, text: str) -> None:
        """A typed turn, to be answered."""
        self.interrupt("text")
        self._typed += 1
        item = Item(
            "message", id=f"typed_{self._typed:04d}", role="user", content=[ContentPart("input_text", text=text)]
        )
        self._transcript.open(str(item.id), "user", text=text, spoken=False)
        if not self._outbox.live:
            self.recovery.owe()
            return
        self.sender.send(ce.ConversationItemCreate(item=item))
        self._shared.timer.turn_ended(self._outbox.now)
        self.want_answer("")

    def note(self, text: str, before: str | None, refused: Callable[[], None]) -> None:
        """Tell the model something that nobody said."""
        self.context.note(text, before, refused)

    def configure(self) -> None:
        """The preset or a knob changed."""
        self.settings.look()

    def become(self, profile: SelectProfile) -> None:
        """Let the assistant be somebody else."""
        self.settings.select_profile(profile)

    def forget_turn(self) -> None:
        """Another detector takes over."""
        self.recovery.forget_turn()
        self.turns.reset()
        self.order.turns.forget()

    def intents(self) -> Mapping[type, Callable[[Any], object]]:
        """What else a user can want: the context, the prompt, facts."""
        return {
            **self.context.intents(),
            ChangeInstructions: lambda i: self.settings.change_instructions(i.text),
            ExtractFacts: lambda i: self.facts.begin(i.skip),
            Interrupt: lambda i: self._stop_all(),
        }

    def _stop_all(self) -> None:
        self.interrupt("key")
        self.tools.give_up()

    # ---- driving

    def hello(self) -> None:
        """The connection is open."""
        self.opening.hello()

    def receive(self, event: object) -> None:
        """An event of the server. What no rule here is about is tolerated."""
        self.opening.heard()
        if self.out_of_band.takes(event):
            return
        for mended in self.order.mend(event):
            if mended is event or not self._beside(mended):
                self._take(mended)

    def _beside(self, event: object) -> bool:
        """Whether what was made up for belongs to a question beside the conversation, whose beginning was not said."""
        if not self.out_of_band.takes(event):
            return False
        if isinstance(event, se.ResponseCreated):
            self.order.answers.elsewhere(event.response.id)
        return True

    def _take(self, event: object) -> None:
        if isinstance(event, se.SessionCreated):
            self.context.session_created(given(event.session.model, ""))
        if self.context.takes(event):
            return
        handler = self._events.get(type(event))
        if handler is not None:
            handler(event)

    def finished(self, result: ToolFinished | Embedded) -> None:
        """A driver has done what it was asked for."""
        if isinstance(result, Embedded):
            self.context.topics.receive(result.key, result.vector)
        else:
            self.tools.finished(result)

    def tick(self, *, free: bool) -> None:
        """Time has passed."""
        self.opening.tick()
        self.settings.tick()
        self.answers.repairs.tick()
        self.commits.tick()
        self.turns.tick()
        for event in self.order.turns.tick():
            self._take(event)
        for event in self.order.answers.overdue(self._shared.knobs.settings.patience_s):
            self._take(event)
        if self.answers.abandoned:
            self._end_answer("cancelled")
        self.watch.tick()
        self.out_of_band.tick()
        self.tools.tick()
        self.context.tick(free=free)
        self.recovery.tick()

    def _end_answer(self, status: str) -> None:
        """The server's word that an answer has ended is not waited for any more."""
        for event in self.order.answers.close(status):
            self._take(event)

    def settle(self, place: Place) -> None:
        """The next session is held at this place."""
        self.capabilities.become(place.capabilities)
        self._shared.effects.begin(place.capabilities.observed)
        self.settings.settle(place)

    def lost(self) -> None:
        """The connection is gone; a new ``session.created`` will restore the conversation."""
        self.recovery.lost()
        self._forget()

    def _forget(self) -> None:
        """Nothing that was sent will be answered."""
        self.opening.lost()
        self.sender.lost()
        self.settings.connection_lost()
        self.answers.connection_lost()
        self.turns.connection_lost()
        self.commits.connection_lost()
        self.order.connection_lost()
        self.out_of_band.connection_lost()
        self.tools.connection_lost()
        self.context.connection_lost()

    # ---- another connection takes over

    @property
    def portable(self) -> bool:
        """Nothing is under way that would be lost if another connection took over now."""
        under_way = (
            self.recovery.active
            or self.out_of_band.active
            or self.tools.active
            or self.context.busy
            or self._shared.playback.sounding
        )
        return not (under_way or self.settings.changing or any(row.pending for row in self._transcript))

    def introduction(self, place: Place | None = None) -> Introduction | None:
        """The settings as they stand, and the history as text; the events have fixed ids, which no others have."""
        if not (self._outbox.live and (place.capabilities if place else self.capabilities).seed_history):
            return None
        items = (ce.ConversationItemCreate(event_id=f"told_{item.id}", item=item) for item in self.context.history())
        return Introduction(ce.SessionUpdate(event_id=TOLD, session=self.settings.whole(place)), tuple(items))

    def moved(self, told: Introduction, arrived: Sequence[object]) -> None:
        """Another connection has taken over."""
        self._forget()
        self.settings.adopt(TOLD)
        self.context.told([create.item for create in told.history if isinstance(create, ce.ConversationItemCreate)])
        for event in arrived:
            if isinstance(event, se.SessionCreated):
                self.context.session_created(given(event.session.model, ""))
            else:
                self.receive(event)

    # ---- the session

    def _updated(self, session: SessionConfig) -> None:
        self.settings.updated(session)
        if self.settings.settled:
            self.opening.confirmed()

    def _go_live(self) -> None:
        self._outbox.live = True
        self._outbox.clear_error()
        self._shared.reached(Link.LIVE)
        if self._greeted:
            self.recovery.restore(tells=self.capabilities.seed_history)
        if not self._greeted and self._greeting:
            self.say(self._greeting)
        self._greeted = True

    def _settings_refused(self, error: ErrorDetails) -> bool:
        if not self.settings.rejected(error):
            return False
        if self.settings.settled:
            self.opening.confirmed()  # it talks with some settings of its own: better than silence, and it is said
        return True

    def _error(self, error: ErrorDetails) -> None:
        """Whoever sent the event is told; an error that names none is taken by whom it can only be about."""
        unnamed = error.event_id is None
        if self.sender.refused(error) or error.code == NOT_ACTIVE:
            return
        if unnamed and (self._settings_refused(error) or self.answers.create_failed(error)):
            return
        if unnamed:
            self.answers.repairs.doubt(error.message)
            self.commits.doubt()
        self.answers.requests.awaited = False
        self._outbox.announce(Severity.ERROR, f"{error.code or error.type or 'error'}: {error.message}")

    # ---- items and responses

    def _committed(self, event: se.BufferCommitted) -> None:
        self.commits.answered()
        self.turns.committed(event)

    def _response_created(self, event: se.ResponseCreated) -> None:
        self.commits.give_up_on_doubted()
        self.recovery.settle()
        self.answers.response_created(event)

    def _response_done(self, response: Response) -> None:
        interrupted, over = self.answers.was_interrupted(response.id), self.answers.over(response.id)
        self.answers.response_done(response)
        if over:
            return
        self.context.response_done(response)
        self.tools.response_done(response, interrupted=interrupted)

    def _output_item_done(self, event: se.OutputItemDone) -> None:
        self.tools.item_done(event.response_id, event.item)
        self.answers.item_done(event.item)

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
        if self.answers.repairs.acknowledged(event.item_id):
            self._shared.waterfall.reach(Stage.TRUNCATED)

    def _item_deleted(self, event: se.ConversationItemDeleted) -> None:
        if not self.answers.repairs.acknowledged(event.item_id):
            self._transcript.remove(event.item_id)

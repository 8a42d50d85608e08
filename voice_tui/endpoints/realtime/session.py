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

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.models import MODELS, ModelTable
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.commits import Commits
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.events import ServerEvents
from voice_tui.endpoints.realtime.facts import FactExtraction
from voice_tui.endpoints.realtime.floor import Floor
from voice_tui.endpoints.realtime.meter import Meter
from voice_tui.endpoints.realtime.opening import Opening
from voice_tui.endpoints.realtime.order.order import EventOrder
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.recovery import Recovery
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings, function_tool
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.user_audio import UserAudio
from voice_tui.endpoints.realtime.watchdog import AnswerWatch
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.inputs import Embedded
from voice_tui.messages.intents import Interrupt, SelectProfile
from voice_tui.messages.link import Introduction, Link
from voice_tui.messages.memory import ExtractFacts
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.tokens import Estimate, estimate
from voice_tui.messages.tools import AnswerCall, ToolFinished, ToolsFound

TOLD = "told_settings"  # id of the update that another connection is introduced with


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
        self.settings = SessionSettings(
            shared, sender, profile, lambda error: self.events.settings_refused(error), oddities, capabilities
        )
        self.opening = Opening(shared, capabilities, self.settings.configure, self._go_live)
        self.answers = Answers(shared, sender, capabilities, lambda: self.settings.instructions, oddities)
        self.commits = Commits(shared.outbox, sender)
        self.turns = ServerTurns(shared, self.answers, self.settings, oddities)
        self.out_of_band = OutOfBand(shared.outbox, sender, self.ask_again)
        self.tools = ToolCalls(
            shared.outbox, sender, lambda: self.settings.tools, profile.approval,
            Floor(shared, self.answers, self.turns), self.want_answer,
            capabilities=capabilities, keep=lambda item, behind: self.context.book.promise(item, behind),
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
            running=lambda: self.tools.running,
        )
        self.audio = UserAudio(
            shared, sender, self.commits, hearing=lambda: self.hearing, kept_by=lambda: self.recovery
        )
        self.meter = Meter(shared, capabilities, models)
        self.recovery = Recovery(
            shared, sender, self.settings, self.answers, self.turns, self.tools, self.context,
            self.audio.commit_now, self.want_answer,
        )  # fmt: skip
        self.facts = FactExtraction(shared.outbox, self.out_of_band, self.context.book.items, capabilities)
        self.events = ServerEvents(
            shared, sender, self.opening, self.settings, self.answers, self.turns, self.commits, self.tools,
            self.context, self.recovery,
        )  # fmt: skip

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
    def working(self) -> str:
        """Names of the tools that are at work."""
        return self.tools.working

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
        self.audio.append(frames)

    def commit(self, row_id: str) -> None:
        """What was appended is a whole turn."""
        self.audio.commit(row_id)

    def clear(self) -> None:
        """Forget what was appended and not committed."""
        self.audio.clear()

    # ---- words and settings

    def say(self, text: str) -> None:
        """A typed turn, to be answered."""
        self.interrupt("text")
        self._typed += 1
        item = Item(
            "message", id=f"typed_{self._typed:04d}", role="user", content=[ContentPart("input_text", text=text)]
        )
        self._transcript.open(str(item.id), "user", text=text, spoken=False)
        self.tools.withdraw()
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
            AnswerCall: self.tools.answer,
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
        self.meter.look(event, self.out_of_band.purpose_of(event))
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
        self.events.take(event)

    def finished(self, result: ToolFinished | ToolsFound | Embedded) -> None:
        """A driver has done what it was asked for, or has found tools."""
        if isinstance(result, Embedded):
            self.context.topics.receive(result.key, result.vector)
        elif isinstance(result, ToolsFound):
            self.settings.equip(result)
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
                self.meter.look(event)
                self.context.session_created(given(event.session.model, ""))
            else:
                self.receive(event)

    # ---- the session

    def _go_live(self) -> None:
        self._outbox.live = True
        self._outbox.clear_error()
        self._shared.reached(Link.LIVE)
        if self._greeted:
            self.recovery.restore(tells=self.capabilities.seed_history)
        if not self._greeted and self._greeting:
            self.say(self._greeting)
        self._greeted = True

"""The Realtime family's half of a conversation: items, responses, and the events about them.

The parts of a session are put together here, and what the conversation may ask of it is passed on to them. An event of
the server takes the way of `Arrivals`; what a session is over several connections stands in `Connections`.
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
from voice_tui.endpoints.realtime.arrivals import Arrivals
from voice_tui.endpoints.realtime.commits import Commits
from voice_tui.endpoints.realtime.connections import Connections
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
from voice_tui.endpoints.realtime.session_parts import function_tool
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.user_audio import UserAudio
from voice_tui.endpoints.realtime.watchdog import AnswerWatch
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages.context import ChangeInstructions, Kind
from voice_tui.messages.inputs import Embedded
from voice_tui.messages.intents import Interrupt, SelectProfile
from voice_tui.messages.link import Introduction
from voice_tui.messages.measures import Moment, Origin
from voice_tui.messages.memory import ExtractFacts
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.tokens import Estimate, estimate
from voice_tui.messages.tools import AnswerCall, ToolFinished, ToolsFound


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
        self._greeting, self._typed = profile.greeting, 0
        self.order = EventOrder(
            shared.outbox,
            finds=lambda: shared.knobs.preset.server_turns,
            unnamed=lambda: self.commits.oldest,
            loud_at=lambda: shared.loud_at,
            stopped=lambda response_id: self.answers.was_interrupted(response_id),
            owed=lambda: self.answers.requests.unbegun,
        )
        self.sender = sender = EventSender(shared.outbox, self.order.written)
        oddities = self.order.oddities
        self.settings = SessionSettings(
            shared, sender, profile, lambda error: self.events.settings_refused(error), oddities, capabilities
        )
        self.opening = Opening(shared, capabilities, self.settings.configure, lambda: self.connections.go_live())
        self.answers = Answers(shared, sender, capabilities, lambda: self.settings.instructions, oddities)
        self.commits = Commits(shared.outbox, sender)
        self.turns = ServerTurns(shared, self.answers, self.settings, oddities)
        self.out_of_band = OutOfBand(
            shared.outbox, sender, self.ask_again, lambda: self.answers.idle, self.order.answers.called
        )
        self.tools = ToolCalls(
            shared.outbox, sender, lambda: self.settings.tools, profile.approval,
            Floor(shared, self.answers, self.turns), self.want_answer,
            capabilities=capabilities, keep=lambda item, behind: self.context.book.promise(item, behind),
        )  # fmt: skip
        self.watch = AnswerWatch(
            shared,
            self.answers,
            lambda: self.tools.active or self.hearing,
            lambda status: self.arrivals.end_answer(status),
            capabilities.warm_up_s,
        )
        self.context = Context(
            shared,
            sender,
            self.answers.requests,
            self.out_of_band,
            profile.context,
            capabilities,
            self._fixed,
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
        self.arrivals = Arrivals(self.opening, self.order, self.meter, self.out_of_band, self.context, self.events)
        self.connections = Connections(
            shared, capabilities, self.settings, self.context, self.recovery, self.arrivals,
            forget=(
                self.opening.lost, sender.lost, self.settings.connection_lost, self.answers.connection_lost,
                self.turns.connection_lost, self.commits.connection_lost, self.order.connection_lost,
                self.out_of_band.connection_lost, self.tools.connection_lost, self.context.connection_lost,
            ),
            under_way=lambda: self.out_of_band.active or self.tools.active,
            greet=self._greet,
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
        return self.connections.greeted and not self._outbox.live

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

    def _fixed(self) -> dict[Kind, str]:
        """What every answer reads before the items."""
        tools = [function_tool(tool) for tool in self.settings.tools]
        facts = "\n".join(line for line in self.settings.persona.profile.extra_instructions if line.strip())
        return {
            Kind.INSTRUCTIONS: self.settings.instructions.removesuffix(facts).rstrip("\n"),
            Kind.FACTS: facts,
            Kind.TOOLS: msgspec.json.encode(tools).decode() if tools else "",
        }

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

    def say(self, text: str, *, greeting: bool = False) -> None:
        """A typed turn, to be answered; a greeting is none of the user's."""
        interrupting = self.interrupt("text")
        self._typed += 1
        item = Item(
            "message", id=f"typed_{self._typed:04d}", role="user", content=[ContentPart("input_text", text=text)]
        )
        self._transcript.open(str(item.id), "user", text=text, spoken=False, interrupting=interrupting,
                              greeting=greeting)  # fmt: skip
        self.tools.withdraw()
        self._shared.timer.ended(Origin.ENTER, self._outbox.ms, "text")
        if not self._outbox.live:
            self.recovery.owe()
            return
        self.sender.send(ce.ConversationItemCreate(item=item))
        self._shared.timer.reach(Moment.COMMITTED)
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
        """An event of the server."""
        self.arrivals.receive(event)

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
        self.arrivals.tick(self._shared.knobs.settings.patience_s)
        if self.answers.abandoned:
            self.arrivals.end_answer("cancelled")
        self.watch.tick()
        self.out_of_band.tick()
        self.tools.tick()
        self.context.tick(free=free)
        self.recovery.tick()

    # ---- one connection after the other

    def settle(self, place: Place) -> None:
        """The next session is held at this place."""
        self.connections.settle(place)

    def lost(self) -> None:
        """The connection is gone."""
        self.connections.lost()

    @property
    def portable(self) -> bool:
        """Nothing is under way that would be lost if another connection took over now."""
        return self.connections.portable

    def introduction(self, place: Place | None = None) -> Introduction | None:
        """What another connection has to be told before it takes over."""
        return self.connections.introduction(place)

    def moved(self, told: Introduction, arrived: Sequence[object]) -> None:
        """Another connection has taken over."""
        self.connections.moved(told, arrived)

    def _greet(self) -> None:
        if self._greeting:
            self.say(self._greeting, greeting=True)

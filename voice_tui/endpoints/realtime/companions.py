"""What runs beside the talking: questions to the model, tools, and the context. The engine's one door to all three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.speakers.speakers import Speakers
from voice_tui.conversation.transcript import Transcript
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.context.estimates import Estimate
from voice_tui.endpoints.realtime.context.topics import Vector
from voice_tui.endpoints.realtime.facts import FactExtraction
from voice_tui.endpoints.realtime.out_of_band import OutOfBand
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Response
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.inputs import ToolFinished
from voice_tui.messages.memory import ExtractFacts
from voice_tui.messages.profile import Capabilities, Profile


class Companions:
    """Asides, tools and context of one conversation; all arguments are the engine's."""

    def __init__(
        self,
        bus: Outbox,
        transcript: Transcript,
        answers: Answers,
        listening: ServerTurns,
        tuning: SessionSettings,
        profile: Profile,
        capabilities: Capabilities,
        estimate: Estimate,
    ) -> None:
        self._transcript, self._answers, self._listening, self._tuning = transcript, answers, listening, tuning
        self.asides = OutOfBand(bus, self._aside_ended)
        self.tools = ToolCalls(
            bus, lambda: tuning.tools, self._turn, self._floor_free, answers.want_response, deletes=capabilities.delete
        )
        self.context = Context(
            bus, transcript, answers, self.asides, profile.context, capabilities, self._prompt, estimate
        )
        self.speakers = Speakers(bus, transcript, answers, listening, tuning, self.context.book.holds)
        self.extracting = FactExtraction(bus, self.asides, self.context.book.items, able=capabilities.out_of_band)

    def intents(self) -> dict[type, Callable[[Any], object]]:
        """Intent → method."""
        return {
            **self.context.intents(),
            **self.speakers.intents(),
            ChangeInstructions: lambda i: self._tuning.change_instructions(i.text),
            ExtractFacts: lambda i: self.extracting.begin(i.skip),
        }

    def takes(self, event: object) -> bool:
        """Look at an event; True when nobody else must see it."""
        if self.asides.takes(event):
            return True
        self.speakers.takes(event)
        match event:
            case se.SessionCreated(session=session):
                self.context.session_created(given(session.model, ""))
            case se.OutputItemDone(response_id=response_id, item=item):
                self.tools.item_done(response_id, item)
        return self.context.takes(event)

    def response_done(self, response: Response, *, interrupted: bool) -> None:
        """An answer ended, and everybody else knows it."""
        self.context.response_done(response)
        self.tools.response_done(response, interrupted=interrupted)

    def refused(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers something of ours."""
        return self.asides.refused(error) or self.context.refused(error) or self.speakers.refused(error)

    def tool_finished(self, result: ToolFinished) -> None:
        """The answer to `CallTool`."""
        self.tools.finished(result)

    def embedded(self, key: str, vector: Sequence[float] | Vector | None) -> None:
        """The answer to `Embed`."""
        self.context.receive_embedding(key, vector)

    def tick(self, *, free: bool) -> None:
        """Go on; ``free``: nobody speaks and nothing is under way."""
        self.asides.tick()
        self.tools.tick()
        self.speakers.tick()
        self.context.tick(free=free)

    def connection_lost(self) -> None:
        """The session is gone."""
        self.asides.connection_lost()
        self.tools.connection_lost()
        self.context.connection_lost()
        self.speakers.connection_lost()

    def _turn(self) -> int:
        return sum(row.role == "user" for row in self._transcript)

    def _floor_free(self) -> bool:
        answers, asking = self._answers, self._answers.asking
        return not (self._listening.speaking or answers.thinking or asking.awaited or asking.hold.active)

    def _aside_ended(self) -> None:
        """A server that makes one response at a time refuses an answer beside ours; then it was asked for again."""
        if self._answers.asking.wanted:
            self._answers.want_response()

    def _prompt(self) -> str:
        tools = [tool.on_wire() for tool in self._tuning.tools]
        return self._tuning.instructions + (msgspec.json.encode(tools).decode() if tools else "")

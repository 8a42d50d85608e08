"""The engine's context management against the embedded server's session, event by event over the codec, no socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from tests.support.context_story import CLOCK
from tests.support.fakes import FakePlayer
from tests.support.server_fakes import Client, ScriptedBrain, open_session
from voice_tui.conversation.engine import Engine
from voice_tui.endpoints.families import REALTIME
from voice_tui.endpoints.realtime.session import RealtimeSession
from voice_tui.endpoints.realtime.wire.codec import decode_server_event
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush, Play, Send, SetGain
from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    How,
    Kind,
    NewTopic,
    Pin,
    SummariseNow,
    SummaryMade,
    UndoSummary,
)
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.inputs import Arrived, Ticked, UserWanted
from voice_tui.messages.intents import Intent
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.talk import SendText
from voice_tui.messages.tools import CallTool, ToolFinished
from voice_tui.server.brains.demo.brain import think
from voice_tui.server.brains.dialogue import Call, Dialogue

NOW = datetime(2026, 11, 23, 9, 5)


class Thinking(ScriptedBrain):
    """The demo brain, without its clock."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call, None]:
        self.asked.append(conversation)
        for piece in think(conversation, NOW):
            yield piece


class Joined:
    """Engine and session, each told what the other says."""

    def __init__(self, client: Client, settings: ContextSettings) -> None:
        profile = Profile(greeting="", tools=(CLOCK,), context=settings)
        self.engine = Engine(lambda shared: RealtimeSession(shared, profile, Capabilities()))
        self.client, self.player, self.now = client, FakePlayer(), 100.0
        self.codec = REALTIME.codec("", "", NO_DEVIATIONS)
        self.notices: list[n.Notice] = []
        self.calls: list[CallTool] = []
        self.taken = 0

    async def settle(self, ms: int = 0) -> None:
        """Until nothing more happens; then time goes by."""
        for _ in range(200):
            await asyncio.sleep(0)
            events = self.client.events[self.taken :]
            self.taken += len(events)
            for event in events:
                self.engine.receive(Arrived(decode_server_event(json.dumps(event))))
            await self.carry_out()
            if self.player.ring.handed < self.player.ring.written:
                self.play()
        for _ in range(ms // 100):
            self.now += 0.1
            self.engine.receive(Ticked(self.now))
            await self.carry_out()

    def play(self) -> None:
        while self.player.ring.handed < self.player.ring.written:
            for progress in self.player.render():
                self.engine.receive(progress)
        for _ in range(10):
            for progress in self.player.render():
                self.engine.receive(progress)

    async def carry_out(self) -> None:
        for command in self.engine.commands():
            match command:
                case Send(event):
                    await self.client.send_raw(self.codec.encode(event).decode())
                case Play() | Flush() | SetGain():
                    self.player.take(command)
                case CallTool():
                    self.calls.append(command)
        self.notices += self.engine.notices()

    async def want(self, intent: Intent) -> None:
        self.engine.receive(UserWanted(intent))
        for _ in range(8):
            await self.settle(200)

    @property
    def context(self) -> ContextChanged:
        return [x for x in self.notices if isinstance(x, ContextChanged)][-1]

    @property
    def words(self) -> list[str]:
        return [i.text for i in self.context.items if i.in_server]

    def told(self, kind: type) -> list[n.Notice]:
        return [x for x in self.notices if isinstance(x, kind)]

    @property
    def reads(self) -> list[int]:
        """Input tokens of each answer, by the server."""
        return [x.input_tokens for x in self.notices if isinstance(x, n.UsageCounted) and not x.purpose]


@asynccontextmanager
async def joined(mode: Mode = Mode.OFF, budget: int = 8_000) -> AsyncIterator[Joined]:
    async with open_session(Thinking()) as client:
        both = Joined(client, ContextSettings(mode=mode, budget=budget, keep_turns=1, summary_words=60))
        both.engine.receive(Ticked(both.now))
        await both.settle(100)
        assert [x.link for x in both.notices if isinstance(x, n.LinkChanged)][-1] is n.Link.LIVE
        yield both


TURNS = ("My name is Alice.", "I have 3 cats.", "Tell me something.", "We decided to meet on Friday.", "Fine.")


async def test_a_summary_replaces_the_turns_and_keeps_the_name() -> None:
    async with joined() as both:
        for text in TURNS:
            await both.want(SendText(text))
        before = both.context.total
        await both.want(SummariseNow())
        assert both.told(ContextFailed) == []
        [made] = both.told(SummaryMade)
        assert isinstance(made, SummaryMade)
        assert "Alice" in made.text
        assert made.kept == 0
        assert made.after < before
        assert both.context.items[0].kind is Kind.SUMMARY
        assert both.words[1] == "Fine."
        believed = both.context.total
        await both.want(SendText("And now?"))
        assert both.reads[-1] == pytest.approx(believed, abs=25), "what was believed is what the server then counted"


async def test_undo_brings_the_words_back() -> None:
    async with joined() as both:
        for text in TURNS:
            await both.want(SendText(text))
        words = both.words
        await both.want(SummariseNow())
        await both.want(UndoSummary())
        assert both.told(ContextFailed) == []
        assert both.words == words


async def test_a_pinned_fact_survives_starting_clean() -> None:
    async with joined() as both:
        for text in TURNS:
            await both.want(SendText(text))
        await both.want(Pin(both.context.items[0].item_id))
        await both.want(NewTopic(How.START_CLEAN))
        assert both.words == ["My name is Alice."]
        assert len(both.told(ContextCleared)) == 1
        assert both.told(ContextFailed) == []


async def test_sixty_turns_stay_within_the_budget() -> None:
    async with joined(Mode.AUTO, budget=1_500) as both:
        await both.want(SendText("My name is Alice."))
        for number in range(60):
            await both.want(SendText(f"I have bought {number} apples for the party on Friday."))
        assert both.told(ContextFailed) == []
        assert len(both.told(SummaryMade)) >= 2
        assert len(both.reads) == 61
        assert max(both.reads) <= 1_500
        assert "Alice" in both.words[0]


async def test_a_tool_call_goes_round() -> None:
    async with joined() as both:
        await both.want(SendText("Please use the clock tool."))
        [call] = both.calls
        assert call.name == "clock"
        both.engine.receive(ToolFinished(call.call_id, '{"time": "12:05"}'))
        await both.settle(500)
        await both.settle(500)
        kinds = [i.kind for i in both.context.items]
        assert kinds == [Kind.TYPED, Kind.CALL, Kind.OUTPUT, Kind.SPOKEN]
        assert both.engine.idle

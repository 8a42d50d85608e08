"""Any sequence of what a user, a server, a microphone and a loudspeaker can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import UNSET

from tests.support.fakes import numbers
from tests.support.harness import CLASSIC
from tests.support.watched import MS, Watched, beside
from voice_tui.audio.stream.pcm import FRAME
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages import notices as n
from voice_tui.messages.checks import ApplyCalibration, Calibrate, StopCheck, TestEcho
from voice_tui.messages.context import (
    ChangeInstructions,
    EditSummary,
    How,
    NewTopic,
    Pin,
    SetContext,
    SummariseNow,
    UndoSummary,
)
from voice_tui.messages.intents import ChangeSetting, SelectPreset
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SendText
from voice_tui.messages.tools import ToolFinished

PATIENCE_MS = 900  # of a client whose server has not ended an answer that was stopped; the least there is
STEP_MS = 300  # what happens in a step is answered in the next


class AnyConversation(RuleBasedStateMachine):
    """The server answers what it was sent in order, when it likes as long as a client waits, and acts by itself too.

    What a client does about a server that leaves it waiting for longer is told by the tests of each patience.
    """

    @initialize(
        preset=st.sampled_from(CLASSIC),
        greeting=st.sampled_from(["", "Hello"]),
        echoes=st.booleans(),
        refuses=st.booleans(),
    )
    def begin(self, preset: str, greeting: str, echoes: bool, refuses: bool) -> None:
        self.echoes, self.refuses = echoes, refuses  # metadata comes back; truncations are refused without a name
        self.story = Watched(preset, greeting)
        self.connected = self.vad = self.owes = False
        self.hearing: str | None = None
        self.buffered = 0  # samples
        self.counter = 0
        self.item: str | None = None  # the answer being generated
        self.known: set[str] = set()  # items of this session
        self.unwritten: list[str] = []  # user items without a transcript
        self.waited = 0  # ms: since the server had answered everything
        self.session_created()
        self.handle()

    def name(self, kind: str) -> str:
        self.counter += 1
        return f"{kind}{self.counter}"

    # ---- the connection

    @precondition(lambda self: not self.connected)
    @rule()
    def session_created(self) -> None:
        self.connected, self.vad = True, True
        self.since = len(self.story.audio)
        self.story.inbox.clear()
        self.known.clear()
        self.story.server.session_created()

    @precondition(lambda self: self.connected)
    @rule(sure=st.integers(0, 9))
    def connection_lost(self, sure: int) -> None:
        if sure:  # else it would be lost in every other step
            return
        self.connected = self.story.live = self.owes = False
        self.hearing = self.item = None
        self.buffered = self.story.open_requests = 0
        self.unwritten.clear()
        self.story.asides.clear()
        self.story.calls.clear()
        self.story.lose_connection()
        self.story.inbox.clear()

    # ---- the user and the devices

    def passes(self, ms: int, happens: Callable[[int], None]) -> None:
        """Let time pass; a server that a client would give up answers before that.

        Args:
            ms: So much, a multiple of 10.
            happens: Called with the length of each piece of it.
        """
        while ms > 0:
            step = min(ms, STEP_MS)
            if self.waited + step > PATIENCE_MS:
                self.answers_everything()
            happens(step)
            self.waited, ms = self.waited + step, ms - step

    def answers_everything(self) -> None:
        while self.connected and self.story.inbox:
            self.handle()
        if self.owes and not self.story.server.active:
            self.answers_by_itself()
        self.waited = 0

    @rule(frames=st.integers(1, 40), level=st.sampled_from([0.0, 0.01, 0.017, 0.1]))
    def microphone(self, frames: int, level: float) -> None:
        before, taken = len(self.story.audio), self.story.captured
        streaming = self.story.live and self.preset == "server-vad"
        self.passes(frames * 10, lambda ms: self.story.speak(ms, level))
        if streaming:
            sent = (len(self.story.audio) - before) // (2 * FRAME)
            assert abs(sent - (self.story.captured - taken)) <= 1, "the server hears everything"

    @rule(ms=st.sampled_from([10, 50, 300, 2_000]))
    def loudspeaker(self, ms: int) -> None:
        self.passes(ms, self.story.play)

    @rule(
        intent=st.one_of(
            st.just(Interrupt()),
            st.just(SendText("words")),
            st.builds(PushToTalk, st.sampled_from([True, False, None])),
            st.builds(Mute, st.booleans()),
            st.builds(SelectPreset, st.sampled_from(CLASSIC)),
            st.builds(ChangeSetting, st.just("debounce_ms"), st.sampled_from([0, 100])),
            st.builds(ChangeSetting, st.just("max_silence_ms"), st.sampled_from([100, 800])),
            st.builds(ChangeSetting, st.just("threshold"), st.sampled_from([0.3, 0.6])),
            st.sampled_from([Calibrate(), TestEcho(), StopCheck(), ApplyCalibration()]),
        )
    )
    def user(self, intent: Any) -> None:
        self.story.want(intent)

    @rule(
        intent=st.sampled_from(
            [
                SummariseNow(),
                UndoSummary(),
                EditSummary("Other words."),
                SetContext(mode="auto", budget=500, keep_turns=1),
                SetContext(mode="off"),
                *[NewTopic(how) for how in How],
                ChangeInstructions("Be brief."),
            ]
        )
    )
    def user_of_the_context(self, intent: Any) -> None:
        self.story.want(intent)

    @precondition(lambda self: self.known)
    @rule(at=st.integers(0, 20))
    def pins(self, at: int) -> None:
        self.story.want(Pin(sorted(self.known)[at % len(self.known)]))

    @precondition(lambda self: self.story.calls)
    @rule()
    def tool_finishes(self) -> None:
        self.story.engine.receive(ToolFinished(self.story.calls.pop(0), "noon"))
        self.story.drain()

    @rule(check=st.sampled_from([Calibrate(), TestEcho()]), ms=st.integers(0, 5_000), level=st.sampled_from([0.0, 0.1]))
    def checks_for_a_while(self, check: Any, ms: int, level: float) -> None:
        """Far enough to come to its end, in steps that the other rules would take too long for."""
        self.story.want(check)
        self.passes(ms // 10 * 10, lambda step: self.story.speak(step, level))

    @property
    def preset(self) -> str:
        assert self.story.settings
        return self.story.settings.preset

    # ---- the server, answering

    @precondition(lambda self: self.connected and self.story.inbox)
    @rule()
    def handle(self) -> None:
        event = self.story.inbox.popleft()
        server = self.story.server
        match event:
            case ce.SessionUpdate():
                if event.session.audio:  # else it is about other things
                    assert event.session.audio.input
                    self.vad = event.session.audio.input.turn_detection not in (None, UNSET)
                self.story.live = True
                server.session_updated()
            case ce.InputAudioBufferAppend(audio=audio):
                self.buffered += len(audio) // 2
            case ce.InputAudioBufferClear():
                self.buffered, self.hearing = 0, None
                server.cleared()
            case ce.InputAudioBufferCommit():
                assert not self.vad, "a commit by hand while the server takes the turns"
                assert self.buffered >= 100 * MS
                self.commit(self.name("U"))
            case ce.ConversationItemCreate(item=item):
                self.known.add(str(item.id))
                server.item_added(item)
            case ce.ResponseCreate() if beside(event):
                self.story.asides.append(event)
            case ce.ResponseCreate() if server.active:
                self.story.open_requests = 0
                server.rejects(event, "conversation_already_has_active_response")
            case ce.ResponseCreate(response=wishes):
                self.owes, self.story.open_requests = False, 0
                mark = given(wishes.metadata, None) if wishes and self.echoes else None
                server.response_created(self.name("R"), metadata=mark)
            case ce.ResponseCancel(response_id=response) if response == server.active:
                self.stop("client_cancelled")
            case ce.ResponseCancel():
                server.rejects(event, "response_cancel_not_active")
            case ce.ConversationItemTruncate(item_id=item_id, audio_end_ms=ms):
                assert item_id in self.known, "an item of another session"
                if self.refuses and not self.story.open_requests:
                    server.rejects(None, None, "it is shorter than that")
                else:
                    server.truncated(item_id, ms)
            case ce.ConversationItemDelete(item_id=item_id):
                assert item_id in self.known
                assert item_id != self.item, "it is still being made"
                server.deleted(item_id)
            case _:
                raise AssertionError(f"nobody should send {event}")

    @precondition(lambda self: self.story.asides)
    @rule(status=st.sampled_from(["completed", "completed", "failed", "cancelled"]))
    def answers_beside(self, status: str) -> None:
        wishes = self.story.asides.popleft().response
        response = Response(self.name("B"), conversation_id=None)
        if self.echoes and wishes:
            response.metadata = given(wishes.metadata, None)
        deliver = self.story._event
        deliver(se.ResponseCreated(response=response))
        deliver(se.OutputTextDelta(response_id=response.id, item_id="T", delta="They talked."))
        done = Response(response.id, status, conversation_id=None, metadata=response.metadata)
        deliver(se.ResponseDone(response=done))

    def commit(self, item: str) -> None:
        self.buffered, self.hearing = 0, None
        self.known.add(item)
        self.unwritten.append(item)
        self.story.server.committed(item)

    def stop(self, reason: str) -> None:
        if self.item:
            self.story.server.item_done(self.item, "incomplete")
            self.item = None
        self.story.server.response_done("cancelled", reason)

    # ---- the server, by itself

    @precondition(lambda self: self.story.live and self.vad and not self.hearing)
    @rule(cancel_first=st.booleans())
    def hears(self, cancel_first: bool) -> None:
        self.hearing = self.name("U")
        if self.story.server.active and cancel_first:
            self.stop("turn_detected")
        self.story.server.speech_started(self.hearing)
        if self.story.server.active and self.preset == "server-vad":
            self.stop("turn_detected")

    @precondition(lambda self: self.hearing)
    @rule()
    def hears_the_end(self) -> None:
        assert self.hearing
        item, self.owes = self.hearing, True
        self.story.server.speech_stopped(item)
        self.commit(item)

    @precondition(lambda self: self.owes and not self.story.server.active)
    @rule()
    def answers_by_itself(self) -> None:
        self.owes, self.story.open_requests = False, 0  # whose answer it is, a client cannot see
        self.story.server.response_created(self.name("R"))

    @precondition(lambda self: self.unwritten)
    @rule(text=st.sampled_from(["", "some words"]))
    def writes_down(self, text: str) -> None:
        self.story.server.transcribed(self.unwritten.pop(0), text)

    @precondition(lambda self: self.story.server.active)
    @rule(ms=st.sampled_from([0, 7, 200, 900]))
    def generates(self, ms: int) -> None:
        if self.item is None:
            self.item = self.name("A")
            self.known.add(self.item)
            self.story.items[self.item] = 1_000 + 7 * len(self.story.items)
            self.story.server.output_item(self.item)
        else:
            voice = np.full(ms * MS, self.story.items[self.item], np.int16)
            self.story.server.says(self.item, " word", samples=voice)

    @precondition(lambda self: self.story.server.active)
    @rule()
    def calls_a_tool(self) -> None:
        call = self.name("C")
        self.known.add(call)
        item = Item("function_call", id=call, call_id=call, name="clock", arguments="{}", status="completed")
        response = str(self.story.server.active)
        self.story._event(se.OutputItemAdded(response_id=response, item=item))
        self.story.server.item_added(item)
        self.story._event(se.OutputItemDone(response_id=response, item=item))

    @precondition(lambda self: self.story.server.active)
    @rule(status=st.sampled_from(["completed", "completed", "failed", "incomplete"]), item_only=st.booleans())
    def has_generated(self, status: str, item_only: bool) -> None:
        if self.item:
            self.story.server.item_done(self.item)
            self.item = None
        if not item_only:
            self.story.server.response_done(status)

    # ---- what always holds

    @invariant()
    def the_screen_shows_the_transcript(self) -> None:
        if hasattr(self, "story"):
            assert self.story.rows == list(self.story.shared.transcript)
            ids = [row.item_id for row in self.story.rows]
            assert len(ids) == len(set(ids))

    @invariant()
    def no_audio_is_sent_twice_or_out_of_order(self) -> None:
        """To one session: the next is sent again what the one before may not have had."""
        if hasattr(self, "story"):
            frames = [k for k in numbers(self.story.audio[self.since :]) if k]  # a muted frame is all zeros
            assert frames == sorted(set(frames))

    def teardown(self) -> None:
        """Everything comes to its end, and nothing is left that waits."""
        if not hasattr(self, "story"):
            return
        story = self.story
        if not self.connected:
            self.session_created()
        if self.preset == "push-to-talk":
            story.want(PushToTalk(False))
        if self.preset == "step1-fixed-window":
            story.want(SelectPreset("server-vad"))  # it would record for ever
        for _ in range(20):
            while story.inbox:
                self.handle()
            if self.hearing:
                self.hears_the_end()
            if self.owes and not story.server.active:
                self.answers_by_itself()
            if story.server.active:
                self.has_generated("completed", False)
            while story.asides:
                self.answers_beside("completed")
            while story.calls:
                self.tool_finishes()
            while self.unwritten:
                self.writes_down("some words")
            while story.player.ring.handed < story.player.ring.written:
                story.play(1_000)
            story.silence(1_000)
        assert story.engine.idle, story.phase
        assert story.doing() is n.Phase.LISTENING
        assert [row for row in story.rows if row.pending] == []
        assert [row for row in story.rows if row.cut and row.cut.ack is n.Ack.PENDING] == []

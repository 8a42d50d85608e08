"""Any interleaving of talk, tools, summaries, refusals and lost connections: nothing pinned goes, no words are lost."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.budget import one_in
from tests.support.context_story import CLOCK, Talk
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages import context as want
from voice_tui.messages.context import Kind, Work
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.talk import Interrupt, SendText
from voice_tui.messages.tools import ToolFinished


class Strict(Talk):
    """Checks each deletion as it is sent."""

    pinned: frozenset[str] = frozenset()

    def serve(self) -> None:
        for event in self.out:
            if isinstance(event, ce.ConversationItemDelete):
                assert event.item_id not in self.pinned, "a pinned item is never deleted"
        super().serve()


class AnyContext(RuleBasedStateMachine):
    """The user says one word of their own in each turn; the model's summaries repeat the words that they were shown."""

    @initialize(mode=st.sampled_from(Mode), echoes=st.booleans())
    def begin(self, mode: Mode, echoes: bool) -> None:
        self.talk = Strict(ContextSettings(mode=mode, budget=500, keep_turns=1), tools=(CLOCK,), echoes=echoes)
        self.talk.connect()
        self.said: set[str] = set()
        self.unwritten: list[str] = []
        self.connected = True
        self.clearing = False
        self.refusals = 0
        self.count = 0
        self.talk.refuse = self.refuse

    def refuse(self, event: ce.ClientEvent) -> str | None:
        # What restores a conversation and what keeps calls whole is taken: a server refuses what it does not know.
        match event:
            case ce.ConversationItemDelete(item_id=item_id) if not item_id.startswith(("C", "tool")):
                refusable = self.talk.session.context.summary.work is Work.REPLACING
            case ce.ConversationItemCreate(item=item):
                refusable = str(item.id).startswith("summary")
            case _:
                refusable = False
        if not (self.refusals and refusable):
            return None
        self.refusals -= 1
        return "no"

    def word(self) -> str:
        self.count += 1
        return f"w{self.count}w"

    # ---- talk

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule(written=st.booleans())
    def speaks(self, written: bool) -> None:
        word = self.word()
        item_id = self.talk.user(f"I said {word} then", written=written)
        if written:
            self.said.add(word)
        else:
            self.unwritten.append(f"{item_id} {word}")

    @precondition(lambda self: self.connected and self.unwritten)
    @rule()
    def is_written_down(self) -> None:
        item_id, word = self.unwritten.pop(0).split()
        self.talk.server.transcribed(item_id, f"I said {word} then")
        if item_id in self.talk.ids:
            self.said.add(word)

    @precondition(lambda self: self.connected)
    @rule()
    def types(self) -> None:
        word = self.word()
        self.talk.want(SendText(f"I typed {word} now"))
        self.said.add(word)

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule(ms=st.sampled_from([200, 1_000]))
    def answers(self, ms: int) -> None:
        self.talk.answer("So it is.", ms)

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule()
    def is_interrupted(self) -> None:
        item_id = self.talk.begin("So it is, and more.", 2_000)
        self.talk.play(300)
        self.talk.want(Interrupt())
        self.talk.play(100)
        self.talk.finish(item_id, status="cancelled")

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule(interrupted=st.booleans())
    def calls_a_tool(self, interrupted: bool) -> None:
        [call] = self.talk.call(("clock", "{}"), finish=False)
        if interrupted:
            self.talk.want(Interrupt())
        self.talk.play(50)
        self.talk.finish(call, status="cancelled" if interrupted else "completed")

    @precondition(lambda self: self.talk.calls)
    @rule()
    def tool_finishes(self) -> None:
        self.talk.engine.receive(ToolFinished(self.talk.calls.pop(0).call_id, "noon"))
        self.talk.drain()

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule(turns=st.integers(1, 4))
    def chats(self, turns: int) -> None:
        """Turns with their answers."""
        self.talk.serve()
        for _ in range(turns):
            word = self.word()
            self.talk.turn(f"I said {word} then")
            self.said.add(word)

    # ---- the context

    @precondition(lambda self: self.connected)
    @rule(served=st.booleans())
    def summarises(self, served: bool) -> None:
        """As far as the deletions that are on their way."""
        self.talk.want(want.SummariseNow())
        self.talk.wait(200)
        if self.talk.asked:
            self.summary_is_written("completed")
        self.talk.tick(10)
        if served:
            self.talk.wait(200)

    @precondition(lambda self: self.connected and self.talk.session.context.summary.can_undo)
    @rule()
    def undoes(self) -> None:
        self.talk.want(want.UndoSummary())
        self.talk.wait(100)

    @precondition(lambda self: self.talk.ids)
    @rule(at=st.integers(0, 30), on=st.sampled_from([True, True, False]))
    def pins(self, at: int, on: bool) -> None:
        item_id = self.talk.ids[at % len(self.talk.ids)]
        self.talk.serve()
        self.talk.want(want.Pin(item_id, on))
        self.talk.pinned = frozenset(i.item_id for i in self.talk.session.context.book.items() if i.pinned)

    @rule(
        intent=st.sampled_from(
            [
                want.SummariseNow(),
                want.UndoSummary(),
                want.NewTopic(want.How.SUMMARISE),
                want.NewTopic(want.How.CARRY_ON),
            ]
        )
    )
    def wants(self, intent: want.ContextIntent) -> None:
        self.talk.want(intent)

    @rule()
    def wants_to_start_clean(self) -> None:
        self.clearing = True
        self.talk.want(want.NewTopic(want.How.START_CLEAN))

    @precondition(lambda self: self.connected)
    @rule()
    def edits(self) -> None:
        summary = self.talk.session.context.book.summary
        if summary is not None and self.talk.session.context.summary.work is Work.NOTHING:
            self.talk.want(want.EditSummary(f"Edited: {summary.text}"))

    @precondition(lambda self: self.talk.asked)
    @rule(status=st.sampled_from(["completed", "completed", "failed", "cancelled"]))
    def summary_is_written(self, status: str) -> None:
        words = re.findall(r"w\d+w", self.talk.question())
        self.talk.write(f"They said {' '.join(words)}.", status=status)

    @rule(count=st.integers(1, 4))
    def will_refuse(self, count: int) -> None:
        self.refusals = count

    # ---- time and the connection

    @rule(ms=st.sampled_from([50, 200, 1_000, 6_000, 12_000]))
    def time_passes(self, ms: int) -> None:
        if self.connected:
            self.talk.wait(ms)
        else:
            self.talk.tick(ms)

    @rule(ms=st.sampled_from([10, 100]))
    def time_passes_before_the_server_answers(self, ms: int) -> None:
        self.talk.tick(ms)

    @precondition(lambda self: self.connected and not self.talk.server.active)
    @rule(sure=st.integers(0, 4))
    def connection_is_lost(self, sure: int) -> None:
        if sure:
            return
        self.connected = False
        self.unwritten.clear()
        self.talk.calls.clear()
        self.talk.lose_connection()
        self.talk.asked.clear()
        self.talk.play(1_000)

    @precondition(lambda self: not self.connected)
    @rule()
    def connects(self) -> None:
        self.connected = True
        self.refusals = 0
        self.talk.connect()

    # ---- what always holds

    @invariant()
    def no_words_are_lost(self) -> None:
        if not hasattr(self, "talk") or not self.connected:
            return
        held = " ".join(self.talk.words) + " ".join(
            e.item.text for e in self.talk.out if isinstance(e, ce.ConversationItemCreate)
        )
        if self.clearing:
            self.said = {word for word in self.said if word in held}
            self.clearing = self.talk.session.context.summary.work is not Work.NOTHING
        lost = [word for word in sorted(self.said) if word not in held]
        assert not lost, f"{lost}: {self.talk.words}"

    @invariant()
    def outputs_have_their_calls(self) -> None:
        if hasattr(self, "talk") and self.connected:
            items = [h.item for h in self.talk.held]
            calls = {i.call_id for i in items if i.type == "function_call"}
            assert {i.call_id for i in items if i.type == "function_call_output"} <= calls

    def teardown(self) -> None:
        """Everything comes to an end, and the book is right."""
        if not hasattr(self, "talk"):
            return
        if not self.connected:
            self.connects()
        self.refusals = 0
        self.talk.serve()
        self.talk.turn("Bye.")  # a turn that stayed without an answer would keep the summary waiting
        for _ in range(4):
            self.talk.wait(13_000)
            self.talk.play(1_000)
            while self.talk.asked:
                self.summary_is_written("completed")
            while self.talk.due or self.talk.session.answers.requests.awaited:
                self.talk.answer("So it is.", 200)
        self.no_words_are_lost()
        book = [i for i in self.talk.context.items if i.in_server]
        differ = {i.item_id for i in book} ^ set(self.talk.ids)
        assert not differ, f"{differ}: {book}, {self.talk.held}"
        order = [i.item_id for i in book if i.kind is not Kind.SUMMARY]
        truly = [i for i in self.talk.ids if not i.startswith("summary")]
        assert order == truly, f"{order} {truly}"
        assert self.talk.engine.idle, self.talk.phase
        assert self.talk.context.work is Work.NOTHING, f"{self.talk.context.work} {self.talk.held[-1]}"
        calls = [h.item.call_id for h in self.talk.held if h.item.call_id]
        assert all(calls.count(one) == 2 for one in calls), "every call has its output"


AnyContext.TestCase.settings = settings(one_in(4), stateful_step_count=40)
TestAnyContext = AnyContext.TestCase

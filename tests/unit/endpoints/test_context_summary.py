"""The rolling summary, as stories: what goes, what stays, when, and what happens when it fails."""

from __future__ import annotations

from dataclasses import replace

from tests.support.context_story import CLOCK, Talk
from tests.support.summary_story import OFF, conversation, failures, summarised, told
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages.context import SUMMARY_HEADING as HEADING
from voice_tui.messages.context import Kind, Pin, SummariseNow, SummaryMade, SummaryProposed, UndoSummary, Work
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.tools import ToolFinished

# ---- how it is done


def test_older_turns_become_one_message_at_the_start() -> None:
    talk = conversation()
    before = talk.total
    talk.want(SummariseNow())
    talk.wait(50)
    assert talk.question() == "User: Question 1.\nAssistant: Answer 1.\nUser: Question 2.\nAssistant: Answer 2."
    assert talk.context.work is Work.SUMMARISING
    talk.write("They asked twice.")
    rows = list(talk.rows)
    talk.wait(100)
    assert talk.words == [HEADING + "They asked twice.", "Question 3.", "Answer 3.", "Question 4.", "Answer 4."]
    assert talk.held[0].item.role == "system"
    assert talk.rows == rows, "what was said stays on the screen"
    [made] = told(talk, SummaryMade)
    assert isinstance(made, SummaryMade)
    assert (made.text, made.removed, made.kept, made.before) == ("They asked twice.", 4, 0, before)
    assert made.after < before
    items = talk.context.items
    assert [(i.kind, i.in_server) for i in items[:5]] == [
        (Kind.SUMMARY, True),
        *[(Kind.SPOKEN, False)] * 4,
    ]
    talk.turn("Question 5.")
    assert talk.order[-2:] == talk.ids[-2:], "what comes next stands at the end"
    assert talk.context.total == talk.total, "the server's count wins"


def test_the_earlier_summary_goes_into_the_next() -> None:
    talk = summarised(text="One and two.")
    talk.turn("Question 5.")
    talk.want(SummariseNow())
    talk.wait(50)
    assert talk.question().splitlines()[:2] == ["Earlier summary: One and two.", "User: Question 3."]
    talk.write("One to three.")
    talk.wait(100)
    assert talk.words[:2] == [HEADING + "One to three.", "Question 4."]


def test_what_was_not_heard_is_left_out_and_speakers_are_named() -> None:
    talk = Talk(replace(OFF, keep_turns=1)).connect()
    user = talk.user("My name is Alice.")
    talk.shared.transcript.update(user, speaker="Alice")
    answer = talk.begin("Hello Alice and a very long tail that nobody will hear at all", 6_000)
    talk.finish(answer)
    talk.play(1_000)
    talk.user("Stop.")
    talk.serve()
    talk.play(100)
    talk.answer("Yes.")
    talk.want(SummariseNow())
    talk.wait(100)
    assert "User (Alice): My name is Alice." in talk.question()
    assert "Assistant: Hello" in talk.question()
    assert "tail" not in talk.question()


def test_pinned_items_stay_where_they_are() -> None:
    talk = conversation()
    talk.want(Pin(talk.ids[1]))
    talk.want(SummariseNow())
    talk.wait(100)
    assert "Answer 1." not in talk.question()
    talk.want(Pin(talk.ids[2]))  # while the summary is being written
    talk.write("Short.")
    talk.wait(100)
    assert talk.words[1:3] == ["Answer 1.", "Question 2."]


def test_what_was_not_written_down_stays() -> None:
    talk = Talk(OFF).connect()
    talk.user("Mumbled.", written=False)
    talk.answer("Pardon?")
    for _ in range(3):
        talk.turn("Clear.")
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write("Short.")
    talk.wait(100)
    assert talk.words[1] == "Mumbled."


def test_system_messages_stay_and_labels_go_with_their_turn() -> None:
    talk = Talk(OFF).connect()
    for name, item_id in (("Rule.", "rule"), ("Alice spoke.", "label_1")):
        part = ContentPart("input_text", text=name)
        talk._create(Item("message", id=item_id, role="system", content=[part]), None)
    for _ in range(3):
        talk.turn("Hello.")
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write("Short.")
    talk.wait(100)
    assert talk.ids[1] == "rule"
    assert "label_1" not in talk.ids


def test_a_call_goes_with_its_output() -> None:
    talk = Talk(replace(OFF, keep_turns=1), tools=(CLOCK,)).connect()
    talk.user("What time is it?")
    [call] = talk.call(("clock", "{}"))
    talk.engine.receive(ToolFinished(call, "noon"))
    talk.drain()
    talk.serve()
    talk.answer("Noon.")
    talk.turn("Thanks.")
    talk.want(SummariseNow())
    talk.wait(100)
    assert "Assistant called clock({})\nclock gave: noon" in talk.question()
    talk.write("It was noon.")
    talk.wait(100)
    assert [h.item.type for h in talk.held] == ["message"] * 3
    talk.want(UndoSummary())
    talk.wait(100)
    assert [h.item.type for h in talk.held][:3] == ["message", "function_call", "function_call_output"]


# ---- when


def test_a_long_conversation_stays_under_its_budget_and_keeps_what_is_pinned_and_named() -> None:
    talk = Talk(ContextSettings(mode=Mode.AUTO, budget=8_000)).connect()
    fact, _ = talk.turn("I am allergic to nuts.", "Noted.", 1_000)
    talk.want(Pin(fact))
    talk.turn("By the way, my name is Alice.", "Hello Alice.", 1_000)
    written = 0
    for number in range(60):
        talk.turn(f"Tell me more about number {number}.", "It is a long story. " * 80, 1_000)
        talk.wait(100)
        if talk.asked:
            names = "Alice" if "Alice" in talk.question() else "nobody"
            talk.write(f"{names} asked about numbers up to {number}.")
            written += 1
            talk.wait(100)
    assert len(talk.reads) == 62
    assert max(talk.reads) <= 8_000
    assert 2 <= written <= 12
    assert "I am allergic to nuts." in talk.words
    assert "Alice" in talk.words[0]
    assert sum(h.item.role == "system" for h in talk.held) == 1
    assert failures(talk) == []


def test_it_is_proposed_now_and_then_when_one_wants_to_be_asked() -> None:
    talk = Talk(ContextSettings(mode=Mode.ASK, budget=500, keep_turns=2)).connect()
    for _ in range(4):
        talk.turn("Hello.", "A long answer indeed.", 10_000)
    talk.wait(1_000)
    [proposal] = told(talk, SummaryProposed)
    assert isinstance(proposal, SummaryProposed)
    assert proposal.tokens > proposal.budget == 500
    assert proposal.items == 2
    assert talk.asked == []
    for _ in range(4):
        talk.turn("Hello.")
    assert len(told(talk, SummaryProposed)) == 2


def test_off_does_nothing() -> None:
    talk = Talk(ContextSettings(mode=Mode.OFF, budget=500, keep_turns=2)).connect()
    for _ in range(6):
        talk.turn("Hello.", "A long answer indeed.", 10_000)
        talk.wait(100)
    assert talk.asked == []
    assert told(talk, SummaryProposed) == []


def test_nothing_is_asked_or_replaced_between_a_turn_and_its_answer() -> None:
    talk = conversation()
    talk.user("And?")
    talk.want(SummariseNow())
    talk.wait(500)
    assert talk.asked == [], "the answer is due"
    answer = talk.begin("Yes.", 2_000)
    talk.wait(100)
    talk.finish(answer)
    talk.wait(100)
    assert talk.asked == [], "it is still heard"
    talk.play(2_100)
    talk.wait(100)
    assert len(talk.asked) == 1
    talk.server.speech_started("U9")
    talk.write("Short.")
    talk.wait(500)
    assert told(talk, SummaryMade) == [], "the user speaks"
    talk.server.speech_stopped("U9")
    talk.server.committed("U9", talk.ids[-1])
    talk.wait(500)
    assert not [i for i in talk.ids if i.startswith("summary")]
    assert talk.context.work is Work.WAITING


def test_the_old_items_wait_for_the_pause_that_comes_after_the_new_one() -> None:
    talk = conversation()
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.tick(10)
    talk.server.speech_started("U9")  # before the server has confirmed the summary
    talk.serve()
    talk.wait(500)
    assert talk.words[:2] == [HEADING + "Short.", "Question 1."]
    talk.server.cleared()
    talk.wait(100)
    assert talk.words[:2] == [HEADING + "Short.", "Question 3."]

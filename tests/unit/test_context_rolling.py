"""The rolling summary, as stories: what goes, what stays, when, and what happens when it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.context_story import CLOCK, Talk
from voice_tui.conversation import notices as n
from voice_tui.conversation.context.exchange import PATIENCE_S
from voice_tui.conversation.context.intents import (
    EditSummary,
    How,
    NewTopic,
    Pin,
    SetContext,
    SummariseNow,
    UndoSummary,
)
from voice_tui.conversation.context.notices import (
    ContextCleared,
    ContextFailed,
    Kind,
    SummaryEdited,
    SummaryMade,
    SummaryProposed,
    SummaryUndone,
    Work,
)
from voice_tui.conversation.context.settings import ContextSettings, Mode
from voice_tui.conversation.context.writing import HEADING
from voice_tui.conversation.inputs import ToolFinished
from voice_tui.conversation.intents import SendText
from voice_tui.conversation.profile import Capabilities
from voice_tui.protocol import client_events as ce
from voice_tui.protocol.items import ContentPart, Item

OFF = ContextSettings(mode=Mode.OFF, keep_turns=2)


def told(talk: Talk, kind: type) -> list[object]:
    return [x for x in talk.notices if isinstance(x, kind)]


def failures(talk: Talk) -> list[tuple[str, str]]:
    return [(x.what, x.reason) for x in talk.notices if isinstance(x, ContextFailed)]


def conversation(turns: int = 4, settings: ContextSettings = OFF, **how: object) -> Talk:
    talk = Talk(settings, **how).connect()  # type: ignore[arg-type]  # as the story takes them
    for number in range(1, turns + 1):
        talk.turn(f"Question {number}.", f"Answer {number}.")
    return talk


def summarised(turns: int = 4, text: str = "They talked.", **how: object) -> Talk:
    talk = conversation(turns, **how)  # type: ignore[arg-type]
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write(text)
    talk.wait(100)
    return talk


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
    talk.engine.transcript.update(user, speaker="Alice")
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
    talk.engine.receive_tool(ToolFinished(call, "noon"))
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


# ---- when it fails


@pytest.mark.parametrize("status", ["failed", "cancelled", "incomplete"])
def test_a_summary_that_is_not_written_leaves_all_as_it_was(status: str) -> None:
    talk = conversation()
    held = list(talk.held)
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Half", status=status)
    talk.wait(500)
    assert talk.held == held
    assert failures(talk) == [("summary", f"the response was {status}")]


def test_an_automatic_one_that_fails_is_tried_again_after_the_next_turn() -> None:
    talk = Talk(ContextSettings(mode=Mode.AUTO, budget=500, keep_turns=2)).connect()
    for _ in range(3):
        talk.turn("Hello.", "A long answer indeed.", 10_000)
    talk.wait(100)
    talk.write("Half", status="failed")
    talk.wait(5_000)
    assert talk.asked == []
    talk.turn("Hello.")
    talk.wait(100)
    assert len(talk.asked) == 1


def test_a_refused_message_leaves_all_as_it_was() -> None:
    talk = conversation()
    held = list(talk.held)
    talk.refuse = lambda event: "no room" if isinstance(event, ce.ConversationItemCreate) else None
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.wait(500)
    assert talk.held == held
    assert failures(talk) == [("summary", "no room")]
    assert not any(x.severity is n.Severity.ERROR for x in talk.told(n.Announced))


def test_refused_deletions_take_the_summary_away_again() -> None:
    talk = conversation()
    held = list(talk.held)
    talk.refuse = lambda event: (
        "not that" if isinstance(event, ce.ConversationItemDelete) and event.item_id[0] in "UA" else None
    )
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.wait(500)
    assert talk.held == held
    assert failures(talk) == [("summary", "not that")]
    assert all(i.in_server for i in talk.context.items)


def test_when_some_deletions_are_refused_the_summary_stays_for_what_is_gone() -> None:
    talk = conversation()
    stubborn = talk.ids[1]
    talk.refuse = lambda event: (
        "not that" if isinstance(event, ce.ConversationItemDelete) and event.item_id == stubborn else None
    )
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.wait(500)
    assert talk.words[:2] == [HEADING + "Short.", "Answer 1."]
    [made] = told(talk, SummaryMade)
    assert isinstance(made, SummaryMade)
    assert (made.removed, made.kept) == (3, 1)


def test_a_server_that_does_not_answer_is_not_waited_for() -> None:
    talk = conversation()
    held = list(talk.held)
    talk.silent = lambda event: isinstance(event, ce.ConversationItemCreate)
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.wait(round(PATIENCE_S * 1000) + 200)
    assert talk.held == held
    assert failures(talk) == [("summary", "the server did not answer")]
    assert talk.context.work is Work.NOTHING
    talk.silent = lambda event: False
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write("Again.")
    talk.wait(100)
    assert talk.words[0] == HEADING + "Again."


def test_an_item_that_is_gone_already_is_gone() -> None:
    talk = conversation()
    talk.want(SummariseNow())
    talk.wait(50)
    del talk.held[0]  # and nobody said so
    talk.write("Short.")
    talk.wait(500)
    assert talk.words[:2] == [HEADING + "Short.", "Question 3."]
    assert failures(talk) == []


def test_an_endpoint_that_cannot_is_not_asked() -> None:
    talk = conversation(capabilities=Capabilities(delete=False))
    talk.want(SummariseNow())
    talk.want(NewTopic(How.START_CLEAN))
    talk.wait(500)
    assert talk.asked == []
    assert failures(talk) == [
        ("summary", "this endpoint can't do it"),
        ("start clean", "this endpoint can't do it"),
    ]


def test_there_may_be_nothing_to_summarise() -> None:
    talk = conversation(2)
    talk.want(SummariseNow())
    talk.wait(100)
    assert failures(talk) == [("summary", "there is nothing to summarise yet")]


# ---- losing the connection


def test_the_next_session_is_told_the_summary_and_what_is_left() -> None:
    talk = summarised()
    talk.lose_connection()
    talk.connect()
    assert talk.words == [HEADING + "They talked.", "Question 3.", "Answer 3.", "Question 4.", "Answer 4."]
    talk.turn("Question 5.")
    talk.want(SummariseNow())
    talk.wait(100)
    assert talk.question().startswith("Earlier summary: They talked.\nUser: Question 3.")


def test_losing_it_again_before_anything_is_confirmed_loses_nothing() -> None:
    talk = summarised()
    talk.lose_connection()
    talk.server.session_created()
    talk.lose_connection()
    talk.silent = lambda event: isinstance(event, ce.ConversationItemCreate)
    talk.connect()
    talk.silent = lambda event: False
    talk.lose_connection()
    talk.connect()
    assert talk.words == [HEADING + "They talked.", "Question 3.", "Answer 3.", "Question 4.", "Answer 4."]


def test_losing_it_while_the_summary_is_written_leaves_all_as_it_was() -> None:
    talk = conversation()
    words = talk.words
    talk.want(SummariseNow())
    talk.wait(50)
    talk.lose_connection()
    talk.connect()
    talk.wait(500)
    assert talk.words == words
    assert failures(talk) == [("summary", "the connection was lost")]


def test_losing_it_before_the_summary_is_confirmed_leaves_all_as_it_was() -> None:
    talk = conversation()
    words = talk.words
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.tick(10)
    talk.lose_connection()
    talk.connect()
    assert talk.words == words


@pytest.mark.parametrize("deleted", [0, 2])
def test_losing_it_once_the_summary_is_there_completes_it(deleted: int) -> None:
    talk = conversation()
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.tick(10)
    left = deleted

    def silent(event: ce.ClientEvent) -> bool:
        nonlocal left
        if isinstance(event, ce.ConversationItemDelete):
            left -= 1
        return left < 0

    talk.silent = silent
    talk.serve()
    talk.tick(10)
    talk.serve()
    talk.silent = lambda event: False
    talk.lose_connection()
    talk.connect()
    assert talk.words == [HEADING + "Short.", "Question 3.", "Answer 3.", "Question 4.", "Answer 4."]
    assert len(told(talk, SummaryMade)) == 1


# ---- undoing, editing, starting clean


def test_undo_puts_everything_back_as_text_in_order() -> None:
    talk = conversation()
    talk.engine.transcript.update(talk.ids[0], speaker="Alice")
    words = talk.words
    talk.want(Pin(talk.ids[1]))
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write("Short.")
    talk.wait(100)
    assert talk.context.can_undo
    talk.want(UndoSummary())
    talk.wait(200)
    assert talk.words == ["User (Alice): Question 1.", *words[1:]]
    assert told(talk, SummaryUndone) == [SummaryUndone(3)]
    assert [row.text for row in talk.rows] == words
    assert not talk.context.can_undo
    talk.turn("Question 5.")
    assert talk.order == talk.ids


def test_undo_brings_back_the_summary_before() -> None:
    talk = summarised(text="One and two.")
    talk.turn("Question 5.")
    talk.want(SummariseNow())
    talk.wait(100)
    talk.write("One to three.")
    talk.wait(100)
    talk.want(UndoSummary())
    talk.wait(200)
    assert talk.words[:3] == [HEADING + "One and two.", "Question 3.", "Answer 3."]


def test_undo_ends_with_the_next_turn() -> None:
    talk = summarised()
    talk.turn("Question 5.")
    assert not talk.context.can_undo
    talk.want(UndoSummary())
    talk.wait(100)
    assert failures(talk) == [("undo", "there is no summary of this turn to undo")]


def test_undo_that_is_refused_half_way_leaves_the_summary() -> None:
    talk = summarised()
    words, created = talk.words, 0

    def refuse(event: ce.ClientEvent) -> str | None:
        nonlocal created
        created += isinstance(event, ce.ConversationItemCreate)
        return "enough" if created == 3 and isinstance(event, ce.ConversationItemCreate) else None

    talk.refuse = refuse
    talk.want(UndoSummary())
    talk.wait(300)
    assert talk.words == words
    assert failures(talk) == [("undo", "enough")]
    talk.turn("Question 5.")
    assert talk.order[-2:] == talk.ids[-2:]


def test_edit_replaces_the_summary() -> None:
    talk = summarised()
    talk.want(EditSummary(" Better words. "))
    talk.wait(100)
    assert talk.words[0] == HEADING + "Better words."
    assert len([i for i in talk.ids if i.startswith("summary")]) == 1
    assert [x.text for x in told(talk, SummaryEdited) if isinstance(x, SummaryEdited)] == ["Better words."]
    talk.want(UndoSummary())
    talk.wait(200)
    assert talk.words[:2] == ["Question 1.", "Answer 1."]


def test_edit_needs_a_summary_and_words() -> None:
    talk = conversation()
    talk.want(EditSummary("Words."))
    assert failures(talk) == [("edit", "there is no summary")]
    talk = summarised()
    talk.want(EditSummary("  "))
    assert failures(talk) == [("edit", "the summary needs some words")]


def test_starting_clean_keeps_pinned_items_system_messages_and_the_summary() -> None:
    talk = summarised()
    pinned = talk.ids[2]
    talk.want(Pin(pinned))
    talk.want(NewTopic(How.START_CLEAN))
    talk.wait(200)
    assert talk.words == [HEADING + "They talked.", "Answer 3."]
    assert told(talk, ContextCleared) == [ContextCleared(3)]
    talk.turn("Something else.")
    assert talk.order[-2:] == talk.ids[-2:], "and what comes next stands at the end of the screen"


def test_the_budget_can_be_changed_while_one_talks() -> None:
    talk = Talk(ContextSettings(mode=Mode.AUTO, keep_turns=2)).connect()
    for _ in range(4):
        talk.turn("Hello.", "A long answer indeed.", 10_000)
    talk.wait(100)
    assert talk.asked == []
    talk.want(SetContext(budget=500))
    talk.wait(100)
    assert len(talk.asked) == 1


def test_a_turn_that_stays_without_an_answer_does_not_keep_it_waiting_for_ever() -> None:
    talk = conversation()
    talk.want(SendText("Hello?"))
    talk.serve()
    answer = talk.begin("", 0)
    talk.finish(answer, status="failed")
    del talk.held[-1]
    talk.server.deleted(answer)
    talk.want(SummariseNow())
    talk.wait(3_000)
    assert talk.asked == []
    talk.wait(3_000)
    assert len(talk.asked) == 1


def test_what_is_being_replaced_can_no_longer_be_pinned_but_until_then_it_can() -> None:
    talk = conversation()
    first, second = talk.ids[:2]
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.tick(10)
    talk.want(Pin(first))
    talk.serve()
    talk.silent = lambda event: isinstance(event, ce.ConversationItemDelete)
    talk.wait(100)
    talk.want(Pin(second))
    assert failures(talk) == [("pin", "it is being replaced by a summary just now")]
    assert first in talk.ids
    assert all(i.item_id != second or not i.pinned for i in talk.context.items)


def test_when_everything_is_pinned_by_then_the_summary_goes_again() -> None:
    talk = conversation()
    held = list(talk.held)
    talk.want(SummariseNow())
    talk.wait(50)
    talk.write("Short.")
    talk.tick(10)
    for item_id in talk.ids[:4]:
        talk.want(Pin(item_id))
    talk.serve()
    talk.wait(500)
    assert talk.held == held
    assert failures(talk) == [("summary", "everything that was to go is pinned now")]

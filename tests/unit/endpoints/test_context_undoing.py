"""Undoing and editing a summary, starting clean, and what the budget and pins do meanwhile."""

from __future__ import annotations

from tests.support.context_story import Talk
from tests.support.summary_story import conversation, failures, summarised, told
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages.context import SUMMARY_HEADING as HEADING
from voice_tui.messages.context import (
    ContextCleared,
    EditSummary,
    How,
    NewTopic,
    Pin,
    SetContext,
    SummariseNow,
    SummaryEdited,
    SummaryUndone,
    UndoSummary,
)
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.talk import SendText

# ---- undoing, editing, starting clean


def test_undo_puts_everything_back_as_text_in_order() -> None:
    talk = conversation()
    talk.shared.transcript.update(talk.ids[0], speaker="Alice")
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

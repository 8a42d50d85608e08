"""What is left when a summary fails, is refused, or the connection is lost in the middle of it."""

from __future__ import annotations

import pytest

from tests.support.context_story import Talk
from tests.support.summary_story import conversation, failures, summarised, told
from voice_tui.endpoints.realtime.context.exchange import PATIENCE_S
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages import notices as n
from voice_tui.messages.context import SUMMARY_HEADING as HEADING
from voice_tui.messages.context import How, NewTopic, SummariseNow, SummaryMade, Work
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.profile import Capabilities

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

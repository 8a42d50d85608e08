"""A conversation of the memory goes on: what was said in it is told to the endpoint, once, and is read."""

from __future__ import annotations

from tests.support.context_story import Talk
from voice_tui.messages.memory import PastItem, RetellTalk
from voice_tui.messages.talk import RULE, Announced

PAST = RetellTalk(
    4,
    "yesterday 18:30",
    (PastItem("user", "", "I have a dog."), PastItem("assistant", "", "How nice."), PastItem("user", "Ben", "Me too.")),
)
WORDS = ["I have a dog.", "How nice.", "User (Ben): Me too."]


def held(talk: Talk) -> list[str]:
    return [item.words for item in talk.held]


def test_it_is_told_at_once_and_asks_for_no_answer() -> None:
    talk = Talk().connect()
    talk.turn("Hello.", "Good morning.")
    before = len(held(talk))
    talk.want(PAST)
    talk.serve()
    assert held(talk)[before:] == WORDS
    assert not talk.due
    rows = [(row.role, row.text) for row in talk.session.context.book.transcript]
    assert rows[2:] == [
        (RULE, "what was said yesterday 18:30"),
        ("user", "I have a dog."),
        ("assistant", "How nice."),
        ("user", "Me too."),
        (RULE, "it goes on now"),
    ]
    assert [i.text for i in talk.context.items if i.in_server][-3:] == ["I have a dog.", "How nice.", "Me too."]


def test_what_is_wanted_before_there_is_a_connection_is_told_to_the_first_session_and_to_each_later_one() -> None:
    talk = Talk()
    talk.want(PAST)
    talk.connect().tick(1)
    talk.serve()
    assert held(talk) == WORDS
    talk.lose_connection()
    talk.connect()
    assert held(talk) == WORDS


def test_twice_is_once() -> None:
    talk = Talk().connect()
    talk.want(PAST)
    talk.serve()
    talk.want(PAST)
    talk.serve()
    assert held(talk) == WORDS
    assert any("goes on already" in notice.text for notice in talk.notices if isinstance(notice, Announced))

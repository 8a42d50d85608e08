"""What the notices of a recording say about its answers and cuts."""

from __future__ import annotations

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Cut, Interrupted, Row, RowChanged, RowRemoved
from voice_tui.messages.tools import ToolBegan
from voice_tui.messages.turns import LedgerChanged
from voice_tui.replay.judge.facts import Answer, Facts, OwnCut, facts_of, joined_by_answers
from voice_tui.tape.told import Told


def told(t: float, notice: Notice) -> Told:
    return Told(t, notice)


def ledger(t: float, heard_ms: int, item_id: str = "a", received_ms: int = 8_000) -> Told:
    return told(t, LedgerChanged(item_id, received_ms, received_ms, heard_ms, heard_ms))


def row(t: float, item_id: str, role: str = "assistant", **how: object) -> Told:
    return told(t, RowChanged(Row(item_id, role, role, **how), None))  # type: ignore[arg-type]  # by name


CUT = [
    row(1.0, "a", text="All right, here is"),
    ledger(1.1, 100),
    ledger(2.0, 900),
    told(2.5, Interrupted("a", "local", True, 0)),
    row(2.6, "a", text="All right,", unheard="here is a story", cut=Cut(1_400, 8_000, Ack.REJECTED)),
]


def test_an_answer_that_was_cut() -> None:
    (answer,) = facts_of(CUT).answers
    assert answer == Answer(1_000, 2_501, 1_400, 8_000, complete=False, kept_words=4)


def test_an_answer_that_stood_still_as_it_was_cut_was_spoken_until_then() -> None:
    facts = facts_of(CUT)
    assert joined_by_answers([Stretch(1_000, 2_000)], facts) == [Stretch(1_000, 2_500)]
    whole = facts_of([*CUT[:-1], row(2.6, "a", text="All right.", cut=Cut(8_000, 8_000, Ack.NONE))])
    assert joined_by_answers([Stretch(1_000, 2_000)], whole) == [Stretch(1_000, 2_000)], "nothing was left of it"


@pytest.mark.parametrize("ack", [Ack.PENDING, Ack.REJECTED, Ack.NONE])
def test_the_model_keeps_what_it_was_not_seen_to_forget(ack: Ack) -> None:
    known = [*CUT, row(3.0, "a", text="All right,", unheard="here is a story", cut=Cut(1_400, 8_000, ack))]
    assert facts_of(known).answers[0].kept_words == 4
    forgotten = [*CUT, row(3.0, "a", text="All right,", unheard="here is", cut=Cut(1_400, 8_000, Ack.ACKNOWLEDGED))]
    assert facts_of(forgotten).answers[0].kept_words == 0


def test_an_answer_that_came_whole() -> None:
    (answer,) = facts_of([row(1.0, "a", text="Yes."), ledger(1.2, 200, received_ms=600), ledger(1.6, 600)]).answers
    assert (answer.complete, answer.kept_words, answer.heard_ms) == (True, None, 600)
    (written,) = facts_of([row(1.0, "a", text="Yes.", spoken=False), ledger(1.2, 200)]).answers
    assert not written.complete


@pytest.mark.parametrize(
    ("behind", "needless"),
    [
        ([], True),
        ([row(2.7, "u", "user", text="", interrupting=True)], True),
        ([row(2.7, "u", "user", text="Stop", interrupting=True)], False),
        ([row(2.4, "u", "user", interrupting=True), row(9.0, "u", "user", text="Stop", interrupting=True)], False),
        ([row(2.7, "u", "user", text="A", interrupting=True), told(3.0, RowRemoved("u"))], True),
        ([row(2.7, "u", "user", text="And later?")], True),  # another turn, which cut nobody
    ],
)
def test_a_cut_is_needless_where_nobody_said_a_word(behind: list[Told], needless: bool) -> None:
    assert facts_of([*CUT, *behind]).cuts == (OwnCut(2_500, needless),)


def test_each_of_two_cuts_has_its_own_row() -> None:
    again = [
        row(2.55, "u", "user", text="Stop", interrupting=True),
        told(2.7, Interrupted("a", "server", True, 0)),
        row(2.75, "v", "user", text="", interrupting=True),
    ]
    assert facts_of([*CUT, *again]).cuts == (OwnCut(2_500, False), OwnCut(2_700, True))


def test_a_cut_behind_which_nothing_was_left_is_not_needless() -> None:
    ended = [*CUT[:-1], row(2.6, "a", text="All right.", cut=Cut(8_000, 8_000, Ack.NONE))]
    assert facts_of(ended).cuts == (OwnCut(2_500, False),)


def test_who_presses_a_key_wants_it() -> None:
    assert facts_of([*CUT[:3], told(2.5, Interrupted("a", "key", True, 0)), CUT[-1]]).cuts == ()


def test_a_tool_counts_once_it_is_called() -> None:
    asked = told(4.0, ToolBegan("c", "time", "{}", asks=True))
    assert facts_of([asked, told(5.0, ToolBegan("c", "time", "{}"))]).tools == (5_000,)


ANSWER = Answer(1_000, 5_000, 3_000, 9_000, complete=False, kept_words=0)


def test_a_pause_inside_an_answer_belongs_to_the_agents_speech() -> None:
    heard = [Stretch(1_000, 2_000), Stretch(2_700, 3_000), Stretch(6_000, 7_000)]
    assert joined_by_answers(heard, Facts()) == heard
    assert joined_by_answers(heard, Facts((ANSWER,))) == [Stretch(1_000, 3_000), Stretch(6_000, 7_000)]


def test_an_agent_that_is_cut_in_a_pause_spoke_until_then() -> None:
    cut = OwnCut(3_800, needless=False)
    assert joined_by_answers([Stretch(1_000, 3_000)], Facts((ANSWER,), (cut,))) == [Stretch(1_000, 3_800)]
    late = OwnCut(9_000, needless=False)
    assert joined_by_answers([Stretch(1_000, 3_000)], Facts((ANSWER,), (late,))) == [Stretch(1_000, 3_000)]


def test_what_was_typed_while_nobody_was_connected_is_a_turn_from_when_it_was_sent() -> None:
    def typed(t: float, item_id: str, **how: object) -> Told:
        return row(t, item_id, "user", text="Hello.", spoken=False, **how)

    lost, back = told(2.0, LinkChanged(Link.RECONNECTING)), told(9.0, LinkChanged(Link.LIVE))
    before, during = typed(1.0, "t1"), [typed(3.0, "t2"), typed(4.0, "t2", pending=True), typed(5.0, "t3")]
    assert facts_of([before, lost, *during, back, typed(10.0, "t4")]).typed == (1_000, 9_000, 9_000, 10_000)
    assert facts_of([before, lost, *during]).typed == (1_000, 3_000, 5_000), "nobody came back"
    cut = typed(3.0, "t2", interrupting=True)
    assert facts_of([lost, cut, back]).typed == (3_000,), "it interrupted what still sounded"


def test_the_greeting_is_no_turn_that_was_typed() -> None:
    told = [row(0.5, "g", "user", text="Hello", greeting=True, spoken=False), row(4.0, "u", "user", spoken=False)]
    assert facts_of(told).typed == (4_000,)

"""The transcript: rows stand in conversation order, whatever order things arrive in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import RowRemoved


class Screen:
    """A transcript, and what a screen makes of its notices."""

    def __init__(self) -> None:
        self.bus = Outbox()
        self.transcript = Transcript(self.bus)
        self.rows = RowOrder()

    def show(self) -> list[str]:
        for notice in self.bus.notices:
            if isinstance(notice, RowRemoved):
                assert notice.item_id in self.rows.ids, "only what was shown is taken away"
            self.rows.observe(notice)
        self.bus.notices.clear()
        assert list(self.rows) == list(self.transcript), "the screen shows the transcript"
        return list(self.rows.ids)


def arrive(transcript: Transcript, item: str, previous: str | None, *, first: str) -> None:
    """``open`` before ``place`` as for assistant items, or the other way round as for seeded ones."""
    if first == "open":
        transcript.open(item, "assistant")
        transcript.place(item, previous)
    else:
        transcript.place(item, previous)
        transcript.open(item, "user")


CHAIN = [f"i{k}" for k in range(7)]
ORDERS = st.permutations(CHAIN)
WAYS = st.lists(st.sampled_from(["open", "place"]), min_size=7, max_size=7)


@given(ORDERS, WAYS, st.booleans())
def test_a_chain_that_arrives_in_any_order_ends_in_conversation_order(
    order: list[str], ways: list[str], twice: bool
) -> None:
    screen = Screen()
    previous = dict(zip(CHAIN[1:], CHAIN, strict=False))
    for item, way in zip(order, ways, strict=True):
        arrive(screen.transcript, item, previous.get(item), first=way)
        if twice:  # committed and item.added both say where an item stands
            screen.transcript.place(item, previous.get(item))
        screen.show()
    assert screen.show() == CHAIN


@given(ORDERS, st.sets(st.sampled_from(CHAIN), max_size=4))
def test_items_without_a_row_keep_their_place_in_the_chain(order: list[str], rowless: set[str]) -> None:
    screen = Screen()
    previous = dict(zip(CHAIN[1:], CHAIN, strict=False))
    for item in order:
        screen.transcript.place(item, previous.get(item))
        if item not in rowless:
            screen.transcript.open(item, "user")
    assert screen.show() == [item for item in CHAIN if item not in rowless]


@given(st.lists(st.tuples(st.sampled_from(CHAIN), st.sampled_from([None, *CHAIN]), st.integers(0, 3)), max_size=25))
def test_whatever_a_server_says_of_predecessors_the_screen_follows(
    claims: list[tuple[str, str | None, int]],
) -> None:
    screen = Screen()
    for item, previous, what in claims:
        if what == 0:
            screen.transcript.remove(item)
        elif what == 1:
            screen.transcript.open(item, "user")
        else:
            screen.transcript.place(item, previous)
        screen.show()


def test_an_item_inserted_between_two_stands_between_them() -> None:
    screen = Screen()
    for item, previous in (("a", None), ("c", "a"), ("b", "a")):
        arrive(screen.transcript, item, previous, first="open")
    assert screen.show() == ["a", "b", "c"]


def test_a_long_conversation_that_moves_as_a_whole_does_not_run_out_of_stack() -> None:
    screen = Screen()
    names = [f"i{k}" for k in range(1_200)]
    for item, previous in zip(names[1:], names, strict=False):
        arrive(screen.transcript, item, previous, first="open")
    arrive(screen.transcript, names[0], None, first="open")
    assert [row.item_id for row in screen.transcript] == names


def test_the_answer_stands_behind_the_turn_whose_words_come_late() -> None:
    screen = Screen()
    screen.transcript.open("u", "user", pending=True)
    arrive(screen.transcript, "a", "u", first="open")
    screen.transcript.update("u", text="late words", pending=False)
    assert screen.show() == ["u", "a"]
    assert next(iter(screen.rows)).text == "late words"


def test_a_placeholder_becomes_the_item_that_the_server_commits() -> None:
    screen = Screen()
    local = screen.transcript.open_unnamed("user", interrupting=True)
    screen.transcript.open("a", "assistant")
    assert screen.show() == [local, "a"]
    screen.transcript.await_name(local)
    screen.transcript.named("u")
    assert screen.show() == ["u", "a"]
    assert next(iter(screen.rows)).interrupting


def test_two_placeholders_are_named_in_the_order_of_their_commits() -> None:
    screen = Screen()
    one, two = screen.transcript.open_unnamed("user"), screen.transcript.open_unnamed("user")
    for placeholder in (one, two):
        screen.transcript.await_name(placeholder)
    screen.transcript.named("u1")
    screen.transcript.named("u2")
    screen.transcript.named("u3")
    assert screen.show() == ["u1", "u2"]


def test_a_placeholder_that_was_removed_takes_nobodys_name() -> None:
    screen = Screen()
    one, two = screen.transcript.open_unnamed("user"), screen.transcript.open_unnamed("user")
    screen.transcript.await_name(one)
    screen.transcript.await_name(two)
    screen.transcript.remove(one)
    screen.transcript.named("u2")
    assert screen.show() == ["u2"]


def test_a_name_that_is_known_already_leaves_one_row() -> None:
    screen = Screen()
    local = screen.transcript.open_unnamed("user")
    screen.transcript.open("u", "user")
    screen.transcript.await_name(local)
    screen.transcript.named("u")
    assert screen.show() == ["u"]


def test_nothing_is_told_of_a_change_that_changes_nothing() -> None:
    screen = Screen()
    screen.transcript.open("u", "user", text="hello")
    screen.show()
    screen.transcript.update("u", text="hello")
    screen.transcript.open("u", "user")
    screen.transcript.update("nobody", text="hello")
    assert screen.bus.notices == []


def test_an_item_that_stands_right_already_is_not_told_again() -> None:
    screen = Screen()
    arrive(screen.transcript, "a", None, first="open")
    arrive(screen.transcript, "b", "a", first="open")
    screen.show()
    screen.transcript.place("b", "a")
    assert screen.bus.notices == []


def test_a_word_at_the_end_costs_the_same_however_long_the_talk_is() -> None:
    """Words come fifty times a second, and nearly all of them belong to the last row."""

    def looked_at(rows: int) -> int:
        looks = 0

        class Name(str):
            def __eq__(self, other: object) -> bool:
                nonlocal looks
                looks += 1
                return str.__eq__(self, str(other))

            __hash__ = str.__hash__

        transcript = Transcript(Outbox())
        for number in range(rows):
            transcript.open(Name(number), "user")
        looks = 0
        transcript.update(str(rows - 1), text="Hello.")
        return looks

    assert looked_at(2_000) == looked_at(20)

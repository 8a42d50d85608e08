"""The playback ledger: how much of each answer was received, handed over, heard and cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from voice_tui.audio.stream.ledger import LEVELLED, PlaybackLedger
from voice_tui.audio.stream.pcm import RATE


def ledger(*parts: tuple[str, int]) -> PlaybackLedger:
    """A ledger with items received and queued."""
    made = PlaybackLedger()
    for item, samples in parts:
        made.receive(item, 0, samples)
        made.queue(item, 0, samples)
    return made


def test_handed_over_goes_to_the_items_in_order() -> None:
    books = ledger(("a", 1_000), ("b", 500))
    books.progress(1_200, 300)
    assert [(x.handed, x.sounded) for x in (books.account("a"), books.account("b"))] == [(1_000, 300), (200, 0)]
    assert books.ahead == 300
    assert books.current is books.account("a"), "what sounds now counts, not what is handed over"


def test_an_item_that_comes_back_goes_on_where_it_stopped() -> None:
    books = ledger(("a", 100), ("b", 50), ("a", 100))
    books.progress(170, 160)
    assert (books.account("a").handed, books.account("a").sounded, books.account("b").handed) == (120, 110, 50)


def test_positions_never_go_back_and_never_pass_the_queue() -> None:
    books = ledger(("a", 1_000))
    books.progress(5_000, 9_000)
    books.progress(10, 5)
    assert (books.handed, books.sounding) == (1_000, 1_000)
    assert not books.playing


def test_a_cut_takes_what_was_queued_and_not_handed_over() -> None:
    books = ledger(("a", 1_000), ("b", 1_000), ("c", 1_000))
    books.progress(900, 800)
    books.cut(1_500, 3_000)
    assert [i for i in "abc" if books.account(i).cut] == ["b", "c"]
    assert [books.account(i).handed for i in "abc"] == [1_000, 500, 0]
    assert not books.account("a").cut
    assert not books.playing


def test_what_is_queued_after_the_cut_is_played_from_its_own_first_sample() -> None:
    books = ledger(("a", 1_000))
    books.receive("b", 0, 400)
    books.queue("b", 0, 400)
    books.cut(250, 1_000)
    books.progress(1_100, 1_050)
    assert (books.account("a").handed, books.account("b").handed, books.account("b").sounded) == (250, 100, 50)
    assert books.current is books.account("b")


def test_milliseconds_are_rounded_down() -> None:
    books = ledger(("a", RATE))
    books.progress(RATE - 1, 0)
    assert (books.account("a").handed_ms, books.account("a").received_ms) == (999, 1_000)


def test_what_is_received_and_not_yet_queued_is_unplayed() -> None:
    books = PlaybackLedger()
    account = books.receive("a", 0, 10)
    assert account.unplayed
    books.queue("a", 0, 10)
    books.progress(10, 0)
    assert not account.unplayed


def test_content_parts_of_an_item_are_kept_apart() -> None:
    books = PlaybackLedger()
    books.receive("a", 0, 10)
    books.receive("a", 1, 20)
    assert [(x.part, x.received) for x in books.of_answer("a")] == [(0, 10), (1, 20)]
    assert books.of_answer("b") == []


def test_how_loud_it_was_is_known_of_the_newest_parts_only() -> None:
    ledger, loud = PlaybackLedger(), np.full(RATE, 9_000, np.int16)
    for number in range(2 * LEVELLED):
        account = ledger.receive(f"answer {number}", 0, RATE)
        account.sounds.feed(loud)
        ledger.queue(account.answer, 0, RATE)
        ledger.progress(ledger.queued, ledger.queued)
    known = [ledger.account(f"answer {number}").sounds.last(0, RATE) for number in range(2 * LEVELLED)]
    assert known == [None] * LEVELLED + [RATE] * LEVELLED
    old = ledger.account("answer 0")
    assert old.audible == 0
    old.sounds.feed(loud)
    assert old.sounds.last(0, 2 * RATE) == 2 * RATE


def test_what_was_not_played_yet_keeps_its_levels() -> None:
    ledger = PlaybackLedger()
    for number in range(2 * LEVELLED):
        ledger.receive(f"answer {number}", 0, RATE).sounds.feed(np.full(RATE, 9_000, np.int16))
    assert ledger.account("answer 0").sounds.last(0, RATE) == RATE


def test_a_sound_of_nobody_takes_its_place_and_is_credited_to_none() -> None:
    books = ledger(("a", 100))
    books.queue_sound(50)
    books.receive("a", 0, 100)
    books.queue("a", 0, 100)
    books.progress(120, 110)
    assert (books.account("a").handed, books.account("a").sounded, books.current) == (100, 100, None)
    assert books.speaking
    books.progress(180, 160)
    assert (books.account("a").handed, books.account("a").sounded) == (130, 110)


def test_a_sound_of_nobody_plays_and_does_not_speak() -> None:
    books = PlaybackLedger()
    books.queue_sound(100)
    assert (books.playing, books.speaking, books.to_be_spoken, books.ahead) == (True, False, False, 100)
    books.cut(30, 100)
    assert not books.playing


NOBODY = "nobody"


@dataclass
class Piece:
    item: str
    start: int
    stop: int


class AnyPlayback(RuleBasedStateMachine):
    """Any order of audio, hand-overs and cuts, against a list of pieces with their positions."""

    def __init__(self) -> None:
        super().__init__()
        self.books = PlaybackLedger()
        self.pieces: list[Piece] = []
        self.held = 0  # received, not queued
        self.item = 0
        self.queued = self.handed = self.sounding = 0
        self.heard: dict[str, int] = {}
        self.before = (0, 0)

    @rule(samples=st.integers(1, 2_000), fresh=st.booleans())
    def audio(self, samples: int, fresh: bool) -> None:
        self.item += fresh
        name = f"i{self.item}"
        self.books.receive(name, 0, samples)
        self.books.queue(name, 0, samples)
        self.pieces.append(Piece(name, self.queued, self.queued + samples))
        self.queued += samples

    @rule(samples=st.integers(1, 2_000))
    def sound_of_nobody(self, samples: int) -> None:
        self.books.queue_sound(samples)
        self.pieces.append(Piece(NOBODY, self.queued, self.queued + samples))
        self.queued += samples

    @rule(handed=st.integers(0, 3_000), behind=st.integers(0, 3_000))
    def plays(self, handed: int, behind: int) -> None:
        self._hand_over(min(self.queued, self.handed + handed))
        self.sounding = max(self.sounding, self.handed - behind)
        self.books.progress(self.handed, self.sounding)

    def _hand_over(self, to: int) -> None:
        for piece in self.pieces:
            new = min(piece.stop, to) - max(piece.start, self.handed)
            self.heard[piece.item] = self.heard.get(piece.item, 0) + max(0, new)
        self.handed = to

    @precondition(lambda self: self.queued > self.handed)
    @rule(share=st.floats(0, 1))
    def cut(self, share: float) -> None:
        at = self.handed + int((self.queued - self.handed) * share)
        self._hand_over(at)
        lost = {piece.item for piece in self.pieces if piece.stop > at} - {NOBODY}
        before = {item for item in self.heard if self.books.account(item).cut}
        self.books.cut(at, self.queued)
        assert {item for item in {*self.heard, *lost} - {NOBODY} if self.books.account(item).cut} == before | lost
        self.handed = self.sounding = self.queued
        self.item += 1  # nothing of a cut answer is ever queued again
        self.pieces.clear()

    @invariant()
    def the_books_balance(self) -> None:
        for item in {f"i{k}" for k in range(self.item + 1)}:
            for account in self.books.of_answer(item):
                assert 0 <= account.sounded <= account.handed <= account.queued <= account.received
                assert account.handed == self.heard.get(item, 0)
        assert self.books.sounding <= self.books.handed <= self.books.queued == self.queued
        assert self.books.playing == (self.sounding < self.queued)
        spoken = [piece for piece in self.pieces if piece.item != NOBODY]
        assert self.books.speaking == any(piece.stop > self.books.sounding for piece in spoken)
        assert self.books.to_be_spoken == any(piece.stop > self.books.handed for piece in spoken)
        assert self.books.ahead == self.queued - self.handed
        assert (self.books.handed, self.books.sounding) >= self.before, "positions never go back"
        self.before = (self.books.handed, self.books.sounding)


TestAnyPlayback = AnyPlayback.TestCase


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_everything_heard_of_one_item_is_what_was_handed_over_before_the_fade(received: int, handed: int) -> None:
    books = ledger(("a", received))
    books.cut(min(handed, received), received)
    assert books.account("a").handed == min(handed, received)
    assert books.account("a").cut == (handed < received)


def test_a_cut_answer_counts_nothing_that_comes_after_the_cut() -> None:
    books = ledger(("a", 1_000))
    books.cut(250, 1_000)
    books.receive("a", 0, 500)
    books.queue("a", 0, 500)
    books.progress(1_400, 1_300)
    assert (books.account("a").handed, books.account("a").unplayed) == (250, False)

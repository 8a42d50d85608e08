"""An answer that comes more slowly than it is spoken is gathered first, and the phase stands still meanwhile."""

from __future__ import annotations

from itertools import pairwise

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation.supply import FIRST_S, MOST_S, STARVED_S
from voice_tui.messages import notices as n
from voice_tui.messages.talk import Interrupt, Phase, SendText

PIECE_MS = 100


def begun(item: str = "a1") -> Harness:
    h = Harness().connect()
    h.want(SendText("Tell me."))
    h.server.response_created()
    h.server.output_item(item)
    return h


def arrive(h: Harness, pieces: int, *, late_ms: int = 0, item: str = "a1") -> None:
    """Pieces of 100 ms, each of which takes so much longer than that."""
    for _ in range(pieces):
        h.server.says(item, "word ", PIECE_MS)
        h.play(PIECE_MS + late_ms)


def phases(h: Harness) -> list[Phase]:
    told = [notice.phase for notice in h.notices if isinstance(notice, n.PhaseChanged)]
    return [phase for i, phase in enumerate(told) if i == 0 or phase is not told[i - 1]]


def gathered_s(h: Harness) -> float:
    played = sum(len(play.pcm) // 2 for play in h.played)
    return h.shared.playback.ledger.of_answer("a1")[0].received / RATE - played / RATE


def said(h: Harness) -> list[str]:
    return [x.text for x in h.told(n.Announced)]


def test_what_comes_in_time_is_played_at_once() -> None:
    h = begun()
    for _ in range(20):
        h.server.says("a1", "word ", 2 * PIECE_MS)
        h.play(PIECE_MS)
        assert gathered_s(h) == 0
    assert said(h) == []


def test_after_a_gap_some_of_the_answer_is_gathered_before_it_goes_on_and_that_is_said_once() -> None:
    h = begun()
    arrive(h, 2, late_ms=50)
    assert gathered_s(h) > 0
    arrive(h, 30, late_ms=50)
    assert len(said(h)) == 1
    assert 0 < gathered_s(h) <= MOST_S


def test_the_phase_does_not_flicker_with_the_gaps() -> None:
    h = begun()
    arrive(h, 60, late_ms=50)
    assert phases(h)[-2:] == [Phase.THINKING, Phase.ASSISTANT_SPEAKING]
    assert phases(h).count(Phase.ASSISTANT_SPEAKING) == 1
    h.server.item_done("a1")
    h.server.response_done()
    h.play(round(MOST_S * 1_000) + PIECE_MS)
    assert phases(h)[-1] is Phase.LISTENING


def test_each_gap_makes_the_next_one_rarer() -> None:
    h = begun()
    arrive(h, 1, late_ms=10)
    gaps = []
    for step in range(400):
        before = gathered_s(h)
        arrive(h, 1, late_ms=10)
        if before == 0 and gathered_s(h) > 0:
            gaps.append(step)
    between = [b - a for a, b in pairwise(gaps)]
    assert len(between) >= 2
    assert between == sorted(between)
    assert between[-1] > 2 * between[0]


def test_the_end_of_an_answer_is_not_waited_for_and_everything_is_played() -> None:
    h = begun()
    arrive(h, 2, late_ms=50)
    assert gathered_s(h) > 0
    h.server.item_done("a1")
    assert gathered_s(h) == 0


def test_what_is_gathered_is_played_where_nothing_more_comes() -> None:
    h = begun()
    arrive(h, 2, late_ms=50)
    assert gathered_s(h) > 0
    h.play(round(STARVED_S * 1_000))
    assert gathered_s(h) == 0
    assert phases(h)[-1] is Phase.THINKING, "the answer is still being made, and nothing of it sounds"


def test_an_interruption_drops_what_is_gathered() -> None:
    h = begun()
    arrive(h, 2, late_ms=50)
    h.want(Interrupt())
    h.play(PIECE_MS)
    assert h.shared.playback.ledger.of_answer("a1")[0].cut


def test_after_answers_without_a_gap_nothing_is_gathered_any_more() -> None:
    h = begun()
    arrive(h, 2, late_ms=50)
    h.server.item_done("a1")
    h.server.response_done()
    h.play(1_000)
    for number in range(2, 5):
        item = f"a{number}"
        h.want(SendText("Go on."))
        h.server.response_created(f"R{number}")
        h.server.output_item(item)
        for _ in range(10):
            h.server.says(item, "word ", 4 * PIECE_MS)
            h.play(PIECE_MS)
        h.server.item_done(item)
        h.server.response_done()
        h.play(5_000)
    before = len(h.played)
    h.want(SendText("And?"))
    h.server.response_created("R9")
    h.server.output_item("a9")
    h.server.says("a9", "word", round(FIRST_S * 500))
    assert len(h.played) == before + 1, "it is played at once"

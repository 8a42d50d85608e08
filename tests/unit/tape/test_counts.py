"""How many turns a recording has."""

from __future__ import annotations

from voice_tui.drivers.recording.summary import Summary
from voice_tui.messages.talk import Row, RowChanged
from voice_tui.tape.circumstances import Counting, Counts


def test_the_greeting_is_nobodys_turn() -> None:
    counting = Counting()
    for row in (
        Row("g", "user", "You", "Hello", spoken=False, greeting=True),
        Row("a", "assistant", "AI", "Good evening!"),
        Row("u", "user", "You", "Hi.", spoken=False),
        Row("b", "assistant", "AI", "Hello again!"),
    ):
        counting.observe(RowChanged(row, None))
    assert counting.counts == Counts(1, 2, 0, 0)


def test_one_turn_is_one() -> None:
    def line(turns: int) -> str:
        return Summary("n", "/n", "", 1.0, 1, "e", "m", "natural", turns, 1, turns, 0, "", True, "", {}).line

    assert "1 turn, 1 interruption  e" in line(1)
    assert "2 turns, 2 interruptions  e" in line(2)

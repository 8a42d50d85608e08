"""Words from pieces and final versions: nothing is lost, nothing stands twice."""

from __future__ import annotations

import pytest

from voice_tui.conversation.spoken_text import GrowingText


@pytest.mark.parametrize(
    ("finals", "text"),
    [
        (["One."], "One."),
        (["One.", "Two."], "One. Two."),
        (["One.", "One. Two."], "One. Two."),
        (["One.", "One."], "One."),
        (["One.", "", "Two."], "One. Two."),
        (["One. ", "Two."], "One. Two."),
    ],
)
def test_final_words_come_once_again_or_sentence_by_sentence(finals: list[str], text: str) -> None:
    growing = GrowingText()
    for final in finals:
        growing.settle(final)
    assert growing.text == text


def test_final_words_win_over_the_pieces_and_pieces_stay_where_none_are_final() -> None:
    growing = GrowingText()
    growing.add("hallo wor")
    growing.settle("Hello world.")
    growing.add(" And")
    assert growing.text == "Hello world. And"
    growing.settle("")
    assert growing.text == "Hello world. And"


def test_a_sentence_that_is_said_twice_stands_twice() -> None:
    growing = GrowingText()
    for _ in range(2):
        growing.add("No.")
        growing.settle("No.")
    assert growing.text == "No. No."

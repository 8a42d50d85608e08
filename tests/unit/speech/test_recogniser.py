"""What is made of the words that the model gives."""

from __future__ import annotations

import numpy as np
import pytest

from voice_tui.speech import recogniser
from voice_tui.speech.recogniser import LocalRecogniser, tidied


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("It is not, however,, during this.", "It is not, however, during this."),
        ("however, , and , then", "however, and, then"),
        (", and then", "and then"),
        ("1,000, or so,", "1,000, or so,"),
        ("Well... yes, no", "Well... yes, no"),
        (",,", ""),
        ("", ""),
    ],
)
def test_of_several_commas_one_is_left(given: str, words: str) -> None:
    assert tidied(given) == words


def test_pieces_of_a_long_recording_are_joined_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(("It is not, however,", ", during this."))

    class Model:
        def __init__(self, *_: object) -> None: ...

        def transcribe(self, audio: object) -> str:
            return next(said)

    ears = LocalRecogniser.__new__(LocalRecogniser)
    monkeypatch.setattr(ears, "_model", Model(), raising=False)
    monkeypatch.setattr(recogniser, "judge", lambda audio: [1.0] * 2_000)
    monkeypatch.setattr(recogniser, "quiet_cuts", lambda probabilities: [1_000])
    assert ears.transcribe(np.ones(24_000, np.int16)) == "It is not, however, during this."

"""The local voice and ears of a run are loaded when they are needed, and once."""

from __future__ import annotations

import numpy as np
import pytest

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.cli import wiring

PCM = np.zeros(240, np.int16)


class Counted:
    """Any local model."""

    made = 0

    def __init__(self, threads: int = 0) -> None:
        type(self).made += 1

    def synthesise(self, text: str, voice: str) -> Pcm:
        return PCM


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    kind = type("Fresh", (Counted,), {})
    monkeypatch.setattr(wiring, "find_spec", lambda name: object())
    for name in ("synthesiser.LocalSynthesiser", "recogniser.LocalRecogniser"):
        monkeypatch.setattr(f"voice_tui.speech.{name}", kind)
    return kind


def test_the_callers_voice_is_loaded_with_its_first_sentence_and_not_again(counted: type[Counted]) -> None:
    synthesise = wiring.synthesiser()
    assert synthesise is not None
    assert counted.made == 0
    for _ in range(3):
        assert synthesise("Hello.") is PCM
    assert counted.made == 1


def test_our_own_recogniser_is_not_loaded_by_being_there(counted: type[Counted]) -> None:
    options = wiring.recogniser()
    assert options is not None
    assert counted.made == 0


@pytest.mark.parametrize("make", [wiring.synthesiser, wiring.recogniser])
def test_what_is_not_installed_is_not_offered(make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "find_spec", lambda name: None)
    assert callable(make)
    assert make() is None

"""A conversation that lasts leaves nothing open behind its turns."""

from __future__ import annotations

import pytest

from tests.simulation.soak import soak
from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE


def test_what_is_open_early_in_a_talk_is_all_that_is_open_late() -> None:
    found = soak(1.2, "server-vad", warm=0.3)
    assert found.turns > 6
    assert found.interruptions > 1
    assert not found.leaks, f"{found.early} became {found.late}"


@pytest.mark.outside
def test_a_long_talk_takes_no_more_memory_than_its_first_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_tui.server.history.AUDIO_KEPT", 30 * RATE * BYTES_PER_SAMPLE)
    found = soak(6, "server-vad", warm=2)
    assert not found.leaks, f"{found.early} became {found.late}"
    assert found.growth <= 0.05, f"{found.early} became {found.late}"

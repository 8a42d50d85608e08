from __future__ import annotations

import sys
from io import StringIO

import numpy as np
import pytest

from voice_tui.audio.stream.pcm import FRAME
from voice_tui.cli.progress import LONG, watched


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "frames", "shown"), [(Terminal, LONG, True), (Terminal, LONG - 1, False)])
def test_a_line_follows_a_long_recording_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: type[StringIO], frames: int, shown: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", where := stream())
    with watched("Hearing", np.zeros(frames * FRAME, np.int16)) as watch:
        begun = where.getvalue()
        assert list(watch(range(frames))) == list(range(frames))
    assert bool(begun) is shown
    assert ("Hearing" in where.getvalue(), "100%" in where.getvalue()) == (shown, shown)


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", where := StringIO())
    with watched("Hearing", np.zeros(LONG * FRAME, np.int16)) as watch:
        assert list(watch([1, 2])) == [1, 2]
    assert where.getvalue() == ""

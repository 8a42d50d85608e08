from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_tui.audio.stream.pcm import FRAME
from voice_tui.cli.progress import LONG, watched
from voice_tui.cli.recorded import recorded


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


@pytest.mark.parametrize(
    ("stream", "large", "shown"), [(Terminal, 10, True), (Terminal, 1_000, False), (StringIO, 10, False)]
)
def test_that_a_large_file_is_read_is_said_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stream: type[StringIO], large: int, shown: bool
) -> None:
    soundfile.write(tmp_path / "a.wav", np.ones(100, np.int16), 24_000)
    monkeypatch.setattr(sys, "stderr", where := stream())
    monkeypatch.setattr("voice_tui.cli.recorded.LARGE", large)
    assert len(recorded(tmp_path / "a.wav")) == 100
    assert where.getvalue() == (f"voice-tui: {tmp_path / 'a.wav'}: reading 0 MB\n" if shown else "")

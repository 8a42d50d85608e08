"""Which recording a talk is judged by: its own, wherever it lies and whatever lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_tui.messages.recording import RecordingChanged
from voice_tui.rehearsal.kept import Kept


def test_it_is_the_one_that_was_told_and_not_the_last_of_the_folder(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.observe(RecordingChanged(True, str(tmp_path / "talk-10")))  # beside talk-9, which is sorted behind it
    kept.observe(RecordingChanged(False, str(tmp_path / "talk-10")))
    assert kept.path == tmp_path / "talk-10"


def test_a_talk_that_was_not_recorded_is_not_judged(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    with pytest.raises(OSError, match="nothing was recorded"):
        _ = kept.path
    kept.observe(RecordingChanged(False, problem="recording: /proc/x: No such file or directory"))
    with pytest.raises(OSError, match="recording: /proc/x: No such file or directory"):
        _ = kept.path


def test_nor_is_one_whose_recording_ended_early(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.observe(RecordingChanged(True, str(tmp_path / "talk")))
    kept.observe(RecordingChanged(False, str(tmp_path / "talk"), "the disk is full: the recording ends here"))
    with pytest.raises(OSError, match="the disk is full"):
        _ = kept.path

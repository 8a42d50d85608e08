"""Recording and replay as a user does it: in a terminal, with the whole program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.terminal import Terminal
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.replay.tape import check

pytestmark = pytest.mark.wall_clock


def test_a_talk_in_the_console_is_recorded_and_lives_again_in_the_console(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    terminal = Terminal(tmp_path, "--record", str(folder), "--mic", "none", "--speaker", "none", "--no-memory")
    try:
        terminal.until("REC")
        terminal.until("live")
        terminal.press("What is nine plus four?\r")
        terminal.until("is 13")
        terminal.press("\x11")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    (found,) = shelf.kept(folder)
    talk = open_recording(found.path)
    assert talk.session.ended
    assert talk.session.endpoint == "embedded"
    verdict = check(talk)
    assert verdict.first is None
    assert verdict.same

    again = Terminal(tmp_path, "replay", str(found.path))
    try:
        again.until("1×")
        again.press("....")  # eight times as fast
        again.until("is 13")
        again.press("\x11")
        assert again.ended() == 0
        assert again.sane
        assert "Traceback" not in again.text
    finally:
        again.close()

"""Recording, as the screens show it."""

from __future__ import annotations

import pytest

from tests.support.stage import staged
from voice_tui.messages.recording import Record, RecordingChanged
from voice_tui.ui.common.status import StatusBar

FOLDER = "/home/alice/recordings/2026-01-05T12-04-07"


@pytest.mark.parametrize("key", ["f9", "alt+r"])
async def test_a_key_records_whatever_has_the_focus(key: str) -> None:
    async with staged() as stage:
        await stage.pilot.press(*"hello", key)
        assert stage.sent() == [Record()]
        await stage.pilot.press("escape", "K", key)
        assert stage.sent() == [Record()]


async def test_a_red_mark_stands_in_the_status_bar_of_every_screen_while_it_records() -> None:
    async with staged() as stage:
        bar = stage.app.screen.query_one(StatusBar)
        assert "REC" not in str(bar.render())
        await stage.say(RecordingChanged(True, FOLDER))
        assert "● REC" in str(bar.render())
        spans = [span for span in bar.render().spans if "$error" in str(span.style)]
        assert spans, "it is red"
        await stage.pilot.press("escape", "K")
        assert "● REC" in str(stage.app.screen.query_one(StatusBar).render())
        await stage.say(RecordingChanged(False, FOLDER))
        assert "REC" not in str(stage.app.screen.query_one(StatusBar).render())


async def test_where_it_is_kept_is_said_once_and_an_end_by_itself_is_not_said_twice() -> None:
    async with staged() as stage:
        await stage.say(RecordingChanged(True, FOLDER), RecordingChanged(False, FOLDER, "the disk is full"))
        assert [note.message for note in stage.app._notifications] == [f"Recording to {FOLDER}"]
        await stage.say(RecordingChanged(True, FOLDER), RecordingChanged(False, FOLDER))
        assert [note.message for note in stage.app._notifications][2:] == [f"The recording is over: {FOLDER}"]

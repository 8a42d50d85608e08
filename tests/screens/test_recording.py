"""Recording, as the screens show it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from tests.support.stage import Stage, staged
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.recorder import Recorder
from voice_tui.endpoints.families import REALTIME
from voice_tui.messages.recording import Record, RecordingChanged
from voice_tui.tape.circumstances import Circumstances
from voice_tui.ui.common.status import StatusBar
from voice_tui.ui.recordings.screen import RecordingsScreen

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
        assert stage.news() == [f"Recording to {FOLDER}"]
        await stage.say(RecordingChanged(True, FOLDER), RecordingChanged(False, FOLDER))
        assert stage.news()[1:] == [f"The recording is over: {FOLDER}"]


# ---- the screen


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds one talk with a barge-in, and one that can't be read."""
    folder = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "server-vad", equipment=lambda world: {"recording": options})
    (folder / "broken").mkdir()
    (folder / "broken" / shelf.SESSION).write_text("{")
    return folder


@asynccontextmanager
async def shown(folder: Path) -> AsyncIterator[tuple[Stage, RecordingsScreen]]:
    async with staged(recordings=folder) as stage:
        await stage.pilot.press("escape", "O")
        screen = stage.app.screen
        assert isinstance(screen, RecordingsScreen)
        await settled(stage)
        yield stage, screen


async def settled(stage: Stage) -> None:
    """What is read on another thread has been read."""
    await stage.app.workers.wait_for_complete()
    await stage.pilot.pause()


def words_of(screen: RecordingsScreen) -> list[str]:
    return [str(screen.list.get_option_at_index(i).prompt) for i in range(screen.list.option_count)]


async def test_a_list_has_a_line_for_each_recording_whatever_is_wrong_with_one(folder: Path) -> None:
    async with shown(folder) as (_, screen):
        first, second = words_of(screen)
        assert first.startswith("! broken: ")
        assert "2026-05-28 " in second
        assert second.rstrip().endswith("embedded · demo · server-vad")


async def test_enter_reads_what_was_said_and_escape_leads_back_step_by_step(folder: Path) -> None:
    async with shown(folder) as (stage, screen):
        await stage.pilot.press("down", "enter")
        await settled(stage)
        text = "\n".join("".join(piece for piece, _ in line) for line in screen.words._lines)
        assert "Please tell me a long story." in text
        assert "✂ cut at " in text
        await stage.pilot.press("escape")
        assert screen.list.display
        await stage.pilot.press("escape")
        assert stage.app.screen is stage.app.console_screen


async def test_what_cannot_be_read_cannot_be_opened_or_exported(folder: Path) -> None:
    async with shown(folder) as (_, screen):
        acts = {command.id for command in screen.acting()}
        assert {"recordings.delete", "recordings.copy"} <= acts
        assert not {"recordings.open", "recordings.export"} & acts


async def test_x_writes_the_sound_once_and_never_over_something(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with shown(folder) as (stage, screen):
        for words in ("Written to ", "File exists"):
            await stage.pilot.press("end", "x")
            await settled(stage)
            assert words in str(screen.query_one("#recordings-said", Static).render())
        assert [Path(name).suffix for name in os.listdir(tmp_path)] == [".wav"]


async def test_delete_asks_first_and_another_line_is_another_question(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    async with shown(copy) as (stage, screen):
        await stage.pilot.press("d", "down", "d")
        assert len(shelf.kept(copy)) == 2
        assert "again: delete 2026" in str(screen.query_one("#recordings-said", Static).render())
        await stage.pilot.press("d")
        await settled(stage)
        await settled(stage)
        assert [each.path.name for each in shelf.kept(copy)] == ["broken"]
        assert len(words_of(screen)) == 1


async def test_without_recordings_it_says_how_to_make_one(tmp_path: Path) -> None:
    async with shown(tmp_path) as (_, screen):
        assert "F9 keeps the conversation" in str(screen.query_one("#recordings-empty", Static).render())
        assert not screen.list.display


async def test_one_that_begins_appears(tmp_path: Path) -> None:
    async with shown(tmp_path) as (stage, screen):
        begins = Circumstances("", 0.0, "realtime", "natural", endpoint="my host")
        kept = Recorder(RecordingOptions(tmp_path, beside=False), begins, REALTIME, 0.0, 1e9)
        await stage.say(RecordingChanged(True, str(kept.path)))
        await settled(stage)
        (words,) = words_of(screen)
        assert words.startswith("● 2001-09-09")
        await stage.pilot.press("d")
        assert "being recorded now" in str(screen.query_one("#recordings-said", Static).render())
        kept.close(begins)

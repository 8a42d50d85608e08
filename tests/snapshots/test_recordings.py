"""Pictures of the recordings, and of the mark while one is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.snapshots.stories import interrupted
from tests.snapshots.test_screens import SIZES, THEMES, Snap, staged
from tests.support.matrix import taking_turns
from voice_tui.drivers.recording.summary import Summary
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import Ack, Cut, Row
from voice_tui.ui.recordings.screen import Found, RecordingsScreen
from voice_tui.ui.recordings.wording import words

FOLDER = Path("/home/alice/.local/share/voice-tui/recordings")
NEWEST = Summary(
    "2026-01-05T12-01-40", "", "2026-01-05T12:01:40+01:00", 147.0, 21_400_000, "embedded", "demo brain", "natural",
    4, 4, 1, 0, "at work", True, "", {},
)  # fmt: skip
OLDER = (
    replace(
        NEWEST, name="2026-01-04T09-30-00", when="2026-01-04T09:30:00+01:00", seconds=3_187.0, size=462_800_000,
        turns=91,
        endpoint="my-resource.openai.azure.com", model="gpt-realtime-2.1", preset="server-vad",
        interruptions=17, state="",
    ),
    replace(NEWEST, name="b", when="2026-01-03T21:07:12+01:00", seconds=41.0, size=6_100_000, state="cut short"),
    replace(NEWEST, name="c", when="2026-01-03T20:55:01+01:00", seconds=9.4, size=940_000, state="", whole=False),
)  # fmt: skip
FOUND: list[Found] = [
    *((FOLDER / each.name, each) for each in (NEWEST, *OLDER)),
    (FOLDER / "from-elsewhere", "session.json: edition: 2 is not 1, the only one that can be read here"),
]
SAID = [
    Row("a", "user", "You", "Please tell me a long story."),
    Row("b", "assistant", "AI", "All right, here is the story of the lighthouse that learned to listen. On",
        "a black rock at the edge of the northern sea there stood a lighthouse",
        cut=Cut(3_850, 15_540, Ack.ACKNOWLEDGED)),
    Row("c", "user", "You", "Excuse me how much is twelve times seven.", interrupting=True),
    Row("d", "assistant", "AI", "That is 84."),
]  # fmt: skip


def pictured(snap_compare: Snap, size: tuple[int, int], view: str, *more: Notice, theme: str = "studio") -> None:
    app, begin = staged(interrupted, *more, theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        if view != "status":
            app.action_open("recordings")
            await pilot.pause()
            await app.workers.wait_for_complete()
            screen = app.screen
            assert isinstance(screen, RecordingsScreen)
            screen._show(FOUND if view != "empty" else [])
            if view == "words":
                screen._show_words(words(SAID))
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(
    ("view", "size"), taking_turns(["list", "words", "empty"], SIZES, lambda size: f"{size[0]}x{size[1]}")
)
def test_recordings(snap_compare: Snap, view: str, size: tuple[int, int]) -> None:
    pictured(snap_compare, size, view)


@pytest.mark.parametrize("theme", THEMES)
def test_recordings_theme(snap_compare: Snap, theme: str) -> None:
    pictured(snap_compare, (80, 24), "list", RecordingChanged(True, str(FOLDER)), theme=theme)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_mark_while_it_records(snap_compare: Snap, size: tuple[int, int]) -> None:
    pictured(snap_compare, size, "status", RecordingChanged(True, str(FOLDER)))

"""Pictures of the screen of setup."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.snapshots.scenarios import SCENARIOS
from tests.snapshots.test_screens import SIZES, Snap, staged
from tests.support.matrix import taking_turns
from voice_tui.drivers.handshake import Handshake
from voice_tui.endpoints.providers import Endpoint
from voice_tui.ui.outset import Outset
from voice_tui.ui.setup.entry import Keeping, Shelf

SHELVES = (
    Shelf(Path("/home/alice/talk/.env"), "for what you start here"),
    Shelf(Path("/home/alice/.config/voice-tui/.env"), "for everything you start"),
)
URI = "https://my-resource.openai.azure.com/openai/v1/realtime?model=my-realtime"
ANSWERS = {
    "empty": None,
    "let in": Handshake("", 0.41, session=True),
    "refused": Handshake("HTTP 401, the key was refused: check AZURE_OPENAI_API_KEY"),
}


def pictured(snap_compare: Snap, size: tuple[int, int], view: str, theme: str = "studio") -> None:
    answer = ANSWERS[view]

    async def shake(endpoint: Endpoint) -> Handshake:
        assert answer is not None
        return answer

    keeping = Keeping(SHELVES, Path("/home/alice/.config/voice-tui/config.toml"), shake, dict)
    app, begin = staged(SCENARIOS["listening"], theme=theme, outset=Outset(keeping=keeping))

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_open("setup")
        await pilot.pause()
        for field in app.screen.query(Input):
            field.cursor_blink = False
        if answer is not None:
            app.screen.query_one("#setup-address", Input).value = URI
            app.screen.query_one("#setup-key", Input).value = "a1b2c3d4e5f6a7b8c9d0e1f2"
            await pilot.pause()
            await pilot.press("enter")
            await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("view", "size"), taking_turns(list(ANSWERS), SIZES, lambda size: f"{size[0]}x{size[1]}"))
def test_setup(snap_compare: Snap, view: str, size: tuple[int, int]) -> None:
    pictured(snap_compare, size, view)


def test_setup_on_paper(snap_compare: Snap) -> None:
    pictured(snap_compare, (120, 36), "let in", "paper")

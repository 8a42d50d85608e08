"""Pictures of the ears: a knob in hand, all knobs on a small screen, two sets and a noise, no microphone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import pytest
from textual.pilot import Pilot

from tests.snapshots.scenarios import SCENARIOS, SCOPED
from tests.snapshots.test_screens import Snap, staged
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.noise import NoiseChanged
from voice_tui.messages.notices import Notice
from voice_tui.ui.app import VoiceTuiApp

PICTURES: dict[str, tuple[str, tuple[int, int], str, Sequence[Notice], Sequence[str]]] = {
    "knob-in-hand": ("scope-interruption", (120, 36), "studio", (), ("tab", "right")),
    "all-knobs": ("scope-interruption", (80, 24), "paper", (), ("tab", "m", "down", "down")),
    "two-sets": ("scope-echo", (200, 60), "studio", (NoiseChanged("call-centre.wav", 10.0),), ("escape", "B")),
    "no-device": ("listening", (80, 24), "studio", (DevicesChanged("", "Headphones", "no input device"),), ("f11",)),
}
"""Name → scenario, size, theme, what is told besides, keys."""


@pytest.mark.parametrize("name", PICTURES)
def test_ears(snap_compare: Snap, name: str) -> None:
    scenario, size, theme, told, keys = PICTURES[name]
    app, listen = staged({**SCENARIOS, **SCOPED}[scenario], *told, theme=theme)

    assert snap_compare(app, terminal_size=size, run_before=_pressing(app, listen, keys))


def _pressing(
    app: VoiceTuiApp, listen: Callable[[Pilot[int]], Awaitable[None]], keys: Sequence[str]
) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def play(pilot: Pilot[int]) -> None:
        await listen(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        app.console_screen.rest()
        await pilot.pause()

    return play

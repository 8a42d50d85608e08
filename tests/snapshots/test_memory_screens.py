"""The memory's screens in three sizes, every theme, and without colour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.snapshots.scenarios import SCENARIOS
from tests.snapshots.test_screens import THEMES, Snap, in_sizes, staged
from tests.support.memory_scenes import FOUND, KNOWN, PAST, STATE, TALKS, Step
from voice_tui.messages.memory import FactsListed, FactsProposed, MemoryChanged, TalkRead, TalksListed
from voice_tui.ui.app import VoiceTuiApp

LISTED: tuple[Step, ...] = ("alt+y", FactsListed("", KNOWN, len(KNOWN)), TalksListed(TALKS, "", len(TALKS)))
SEARCHED: tuple[Step, ...] = (*LISTED, "slash", *"sister", FactsListed("sister", KNOWN[1:2], len(KNOWN)))
SCENES: dict[str, tuple[Step, ...]] = {
    "facts": (STATE, *LISTED),
    "empty": (STATE, "alt+y", FactsListed("", (), 0), TalksListed(())),
    "search": (STATE, *SEARCHED),
    "not-found": (STATE, *LISTED, "slash", *"boat", FactsListed("boat", (), len(KNOWN))),
    "edit": (STATE, *LISTED, "down", "enter"),
    "deleted": (STATE, *LISTED, "down", "d"),
    "wipe": (STATE, *LISTED, "w", *"wip"),
    "conversations": (STATE, *LISTED, "c"),
    "read": (STATE, *LISTED, "c", "enter", TalkRead(TALKS[0], PAST), "slash", *"soup", "enter"),
    "private": (MemoryChanged(on=True, private=True), *LISTED),
    "off": (MemoryChanged(on=False), "alt+y"),
    "found": (STATE, FactsProposed(()), "alt+y", "k", FactsProposed(FOUND), "down", "space"),
}


def played(name: str, theme: str = "studio") -> tuple[VoiceTuiApp, Callable[[Pilot[int]], Awaitable[None]]]:
    app, listen = staged(SCENARIOS["listening"], theme=theme)

    async def play(pilot: Pilot[int]) -> None:
        await listen(pilot)
        for step in SCENES[name]:
            if isinstance(step, str):
                await pilot.press(step)
            else:
                app.take(step)
            await pilot.pause()
        for line in app.screen.query("Input"):
            line.cursor_blink = False  # type: ignore[attr-defined]  # an Input's
        await pilot.pause()

    return app, play


@pytest.mark.parametrize(("name", "size"), in_sizes(SCENES))
def test_memory(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    app, play = played(name)
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("name", ["deleted", "found"])
@pytest.mark.parametrize("theme", THEMES)
def test_memory_theme(snap_compare: Snap, theme: str, name: str) -> None:
    app, play = played(name, theme)
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)


@pytest.mark.parametrize("name", ["deleted", "found"])
def test_memory_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, play = played(name)
    assert snap_compare(app, terminal_size=(80, 24), run_before=play)

"""Pictures of the context screen, of offers, of the meter, and of the editors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.snapshots.context_scenarios import CONTEXTS, FILLED, OFFERS
from tests.snapshots.scenarios import Steps
from tests.snapshots.stories import Telling, assistant_speaking, listening
from tests.snapshots.test_screens import SIZES, THEMES, Snap, in_sizes, staged
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.ui.app import VoiceTuiApp

PROMPT = "You are an interviewer. You talk with a guest, {user_name}, about {subject}.\nSpeak {language}."
Play = Callable[[Pilot[int]], Awaitable[None]]


def pictured(
    steps: Steps, keys: list[str], *, telling: Telling = listening, theme: str = "studio", **more: Any
) -> tuple[VoiceTuiApp, Play]:
    app, begin = staged(telling, *steps, theme=theme, **more)

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        await pilot.press(*keys)
        await pilot.pause()
        for area in app.screen.query(TextArea):
            area.cursor_blink = False

    return app, play


def checked(snap_compare: Snap, app: VoiceTuiApp, play: Play, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("name", "size"), in_sizes(CONTEXTS, SIZES[:2]))
def test_context(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    keys, steps = CONTEXTS[name]
    app, play = pictured(steps, ["alt+k", *keys])
    checked(snap_compare, app, play, size)


@pytest.mark.parametrize("name", ["filled", "after-a-summary"])
def test_context_on_a_large_screen(snap_compare: Snap, name: str) -> None:
    keys, steps = CONTEXTS[name]
    app, play = pictured(steps, ["alt+k", *keys])
    checked(snap_compare, app, play, (200, 60))


@pytest.mark.parametrize("theme", THEMES)
def test_context_theme(snap_compare: Snap, theme: str) -> None:
    keys, steps = CONTEXTS["filled"]
    app, play = pictured(steps, ["alt+k", *keys], theme=theme)
    checked(snap_compare, app, play, (120, 36))


def test_context_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    keys, steps = CONTEXTS["over-budget"]
    app, play = pictured(steps, ["alt+k", *keys])
    checked(snap_compare, app, play, (80, 24))


@pytest.mark.parametrize(("name", "size"), in_sizes(OFFERS, SIZES[:2]))
def test_offer(snap_compare: Snap, name: str, size: tuple[int, int]) -> None:
    keys, steps = OFFERS[name]
    app, play = pictured(steps, keys, telling=assistant_speaking)
    checked(snap_compare, app, play, size)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda s: f"{s[0]}x{s[1]}")
def test_meter(snap_compare: Snap, size: tuple[int, int]) -> None:
    app, play = pictured([FILLED], [])
    checked(snap_compare, app, play, size)


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("ack", [Ack.NONE, Ack.ACKNOWLEDGED, Ack.REJECTED])
def test_prompt_editor(snap_compare: Snap, ack: Ack, size: tuple[int, int]) -> None:
    answer = InstructionsChanged(PROMPT, ack, "the instructions are too long" if ack is Ack.REJECTED else "")
    app, begin = staged(listening, instructions=PROMPT, details={"subject": "their work", "language": "English"})

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_open("prompt")
        await pilot.pause()
        app.screen.query_one(TextArea).cursor_blink = False
        if ack is not Ack.NONE:
            await pilot.press("ctrl+j")
            app.take(answer)
        await pilot.pause()

    checked(snap_compare, app, play, size)

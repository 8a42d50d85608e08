"""An application under test with a strict fake of the voice side; time stands still."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from textual.pilot import Pilot

from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Ack, Row, RowChanged, SettingsChanged
from voice_tui.ui.app import VoiceTuiApp


class StrictLink:
    """A voice side that accepts exactly one start, one stop, and requests in between."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.state = "new"
        self.stopped_on: threading.Thread | None = None
        self.sink: Callable[[Notice], None] | None = None

    def start(self, sink: Callable[[Notice], None]) -> None:
        assert self.state == "new"
        self.state = "started"
        self.sink = sink

    def send(self, request: Request) -> None:
        assert self.state == "started"
        self.sent.append(request)

    def stop(self, timeout: float = 2.0) -> None:
        assert self.state == "started"
        assert timeout <= 2.0
        self.state = "stopped"
        self.stopped_on = threading.current_thread()


class Stage:
    """A running application and its fake voice side; time stands still."""

    def __init__(self, size: tuple[int, int], **more: Any) -> None:
        self.seconds = 0.0
        self.link = StrictLink()
        self.app = VoiceTuiApp(
            self.link, theme="studio", clock=lambda: self.seconds, now=lambda: datetime(2026, 1, 5, 12, 4, 7), **more
        )
        self.app.animation_level = "none"
        self.size = size
        self.pilot: Pilot[int]

    async def say(self, *notices: Notice) -> None:
        assert self.link.sink is not None
        for notice in notices:
            self.link.sink(notice)
        self.app.beat.catch_up()
        await self.pilot.pause()

    def news(self) -> list[str]:
        """What was said in the status bar beside errors, oldest first."""
        return [piece.text for piece in self.app.state.news.said]

    def sent(self) -> list[Request]:
        sent, self.link.sent = self.link.sent, []
        return sent


@asynccontextmanager
async def staged(size: tuple[int, int] = (120, 36), **more: Any) -> AsyncIterator[Stage]:
    stage = Stage(size, **more)
    async with stage.app.run_test(size=size) as pilot:
        stage.pilot = pilot
        await pilot.pause()
        assert stage.link.state == "started"
        yield stage
    assert stage.link.state == "stopped"


def settings(preset: str, ack: Ack = Ack.NONE) -> SettingsChanged:
    return SettingsChanged(preset, PRESETS[preset].settings, PRESETS[preset].knobs, ack)


def lines(n: int) -> list[RowChanged]:
    return [RowChanged(Row(f"i{i}", "user", "You", f"line {i}"), f"i{i - 1}" if i else None) for i in range(n)]

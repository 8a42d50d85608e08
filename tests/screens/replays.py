"""A recorded talk in the console under test, whose time passes only when that is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.talk import Interrupted
from voice_tui.ui.replay.app import ReplayApp
from voice_tui.ui.replay.console import ReplayConsole


class Stage:
    """A replay under test, whose time passes only when that is said."""

    def __init__(self, talk: RecordedTalk) -> None:
        self.seconds = 0.0
        self.app = ReplayApp(talk, theme="studio", real=lambda: self.seconds)
        self.app.animation_level = "none"
        self.pilot: Pilot[int]

    async def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.app.tick()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        for _ in range(20):
            await self.pilot.pause()
            if self.app.console_screen.ready:
                break
        await self.pilot.pause()

    def news(self) -> list[str]:
        return [piece.text for piece in self.app.state.news.said]

    @property
    def words(self) -> str:
        rows = self.app.console_screen.transcript.rows
        told = [rows.block(item_id).row for item_id in rows.order]
        return "\n".join(f"{row.role}: {row.text}" for row in told)


@asynccontextmanager
async def replayed(talk: RecordedTalk, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Stage]:
    stage = Stage(talk)
    async with stage.app.run_test(size=size) as pilot:
        stage.pilot = pilot
        await pilot.pause()
        assert isinstance(stage.app.screen, ReplayConsole)
        yield stage


def cut_at(talk: RecordedTalk) -> float:
    return next(told.t for told in talk.notices() if isinstance(told.notice, Interrupted))

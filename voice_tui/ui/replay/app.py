"""The application of a replay: notices come from a recording, and nothing goes beyond the screens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual import on
from textual.screen import Screen

from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.drivers.recording.wire import recorded_wire
from voice_tui.messages.intents import Request
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.talk import RULE, Announced, Row, RowChanged
from voice_tui.replay.judge.label_book import LabelBook
from voice_tui.replay.judge.labels import LabelError
from voice_tui.replay.judge.recording import HearingSettings, write_down
from voice_tui.replay.judge.transcript import Transcript, local_ears
from voice_tui.tape.circumstances import Circumstances, family_of
from voice_tui.tape.told import Told
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import clock
from voice_tui.ui.console.screen import Console
from voice_tui.ui.inspector.log import EventLog
from voice_tui.ui.replay.console import Labelled, ReplayConsole
from voice_tui.ui.replay.desk import Desk
from voice_tui.ui.replay.player import Player
from voice_tui.ui.replay.scrubber import Scrubber
from voice_tui.ui.replay.sound import Sound
from voice_tui.ui.themes import DEFAULT_THEME

TICK_S = 1 / 30
SAID_S = 3.0  # what was announced so long ago is not said again
SCREENS = (
    "help",
    "context",
    "speakers",
    "cost",
    "latency",
    "why",
    "judge",
    "inspector",
    "words",
)  # those that show a talk, and do nothing
NOBODY = "This is a replay: nobody is on the line."


def _before(session: Circumstances) -> list[Told]:
    """The line above a talk whose beginning nobody kept."""
    if session.whole:
        return []
    words = f"The recording begins here, {clock(session.lasted_s)} into the conversation."
    return [Told(0.0, RowChanged(Row("begin", RULE, "", words, spoken=False), None))]


class ReplayApp(VoiceTuiApp):
    """The console lives a talk again.

    Args:
        talk: The recording.
        sound: What lets one hear it; None: it is silent.
        theme, themes_folder, plain_signs, keys_file: As in the console.
        real: Seconds, monotonic.
    """

    TITLE = "voice-tui replay"
    REPLAYS = True
    CSS_PATH = ["../app.tcss", "../common/shell.tcss", "../console/screen.tcss", "../console/voice.tcss", "screen.tcss"]

    def __init__(
        self,
        talk: RecordedTalk,
        *,
        sound: Sound | None = None,
        theme: str = DEFAULT_THEME,
        themes_folder: Path | None = None,
        plain_signs: bool = False,
        keys_file: Path | None = None,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        session = talk.session
        told, offset_ms = [*_before(session), *talk.notices()], round(session.talk_s * 1000)
        self._book, self._book_problem = LabelBook(talk.talk), ""
        try:
            self._book.read()
        except LabelError as error:
            self._book_problem = str(error)
        self.desk = Desk(told, self._book, offset_ms)
        self.player = Player(told, session.seconds or talk.seconds, self.desk.marks)
        self._sound, self._talk = sound, talk
        self._recorded: EventLog | None = None
        self._written: Transcript | None = None
        self._real, self._seen, self._unread = real, real(), talk.unread
        began = datetime.fromisoformat(session.when)
        super().__init__(
            None,
            theme=theme,
            endpoint=session.endpoint,
            model=session.model,
            themes_folder=themes_folder,
            plain_signs=plain_signs,
            keys_file=keys_file,
            instructions=session.profile.instructions,
            details=session.profile.details,
            lasted_s=session.lasted_s,
            clock=lambda: self.player.now,
            now=lambda: began + timedelta(seconds=self.player.now),
        )
        self._takes = {}
        self.make["judge"] = lambda kind: kind(self.state, lambda: self.desk.timeline(self.player.position))
        self.make["inspector"] = self._inspector
        self.make["words"] = lambda kind: kind(self.state, self._words)

    def _inspector(self, kind: Callable[..., Shell[Any]], about: str = "") -> Shell[Any]:
        """All that went over the wire; it is read once somebody asks."""
        if self._recorded is None:
            self._recorded = EventLog(recorded_wire(self._talk.path, family_of(self._talk.session).inspection))
        return kind(self.state, self._recorded, about, at=self.player.position)

    def _words(self) -> Transcript:
        """What our own recogniser hears; it listens once."""
        if self._written is None:
            self._written = write_down(self._talk.talk, HearingSettings(), local_ears())
        return self._written

    def make_console(self, state: State) -> Console:
        """The console with a scrubber."""
        return ReplayConsole(state, self.player, self.desk)

    def get_default_screen(self) -> Screen[None]:
        """Nothing: the console above it is another one after each step back."""
        return Screen()

    def on_mount(self) -> None:
        """Show the console; time passes."""
        self.push_screen(self.console_screen)
        if self._unread:
            self.notify(f"{self._unread} notices of another version can't be shown here.", severity="warning")
        if self._book_problem:
            self.notify(self._book_problem, title="Labels", severity="warning", timeout=12, markup=False)
        self.set_interval(TICK_S, self.tick)

    # ---- what is told

    def tick(self) -> None:
        """So much time has passed as has passed since the last time."""
        now = self._real()
        passed, self._seen = now - self._seen, now
        if self.console_screen.ready:
            for each in self.player.advance(passed):
                self.take(each.notice)
            if self._sound is not None:
                audible = self.player.playing and self.player.speed == 1.0
                self._sound.follow(self.player.position, now, audible=audible)

    async def on_unmount(self) -> None:
        """Nothing is heard any more."""
        if self._sound is not None:
            await asyncio.to_thread(self._sound.stop)
        if self._recorded is not None:
            await asyncio.to_thread(self._recorded.store.close)

    def take(self, notice: Notice) -> None:
        """Show it; whether a recording is made or something remembered is none of a replay's."""
        if not isinstance(notice, RecordingChanged | MemoryChanged):
            super().take(notice)

    @on(Console.Ready)
    def _catch_up(self) -> None:
        self._show(self.player.rest())

    def _show(self, told: Iterable[Told]) -> None:
        recent = self.player.position - SAID_S
        for each in told:
            if isinstance(each.notice, Announced) and each.t < recent:
                self.state.take(each.notice)
            else:
                self.take(each.notice)

    @on(Labelled)
    def _labelled(self) -> None:
        """Marks and figures change with what somebody says."""
        self.desk.changed()
        self.player.marks = self.desk.marks
        self.console_screen.rest()

    @on(Scrubber.Sought)
    async def _sought(self, event: Scrubber.Sought) -> None:
        """Go on from there: what comes later is told, or else everything anew on a fresh console."""
        if not self.player.seek(event.t):
            self._show(self.player.rest())
            return
        known = self.state
        fresh = State(
            known.clock, known.now, known.commands, profiles=known.profiles, endpoints=known.endpoints,
            lasted_s=known.lasted_s, replayed=True,
        )  # fmt: skip
        fresh.themes = known.themes
        vars(known).update(vars(fresh))  # whoever holds it goes on holding it
        self.state.news.clear()
        self.console_screen = self.make_console(known)
        await self.switch_screen(self.console_screen)

    # ---- nobody is on the line

    def send(self, request: Request) -> None:
        """There is nobody who could do it."""
        self.notify(NOBODY, timeout=3, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is asked of the voice side does not act, nor do screens that do something."""
        if action == "obey" or (action == "open" and parameters[0] not in SCREENS):
            return False
        return super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Leave."""
        self.exit()

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; how the talk ended is no result of the replay."""
        self.state.hung_up = None
        super().exit(result, return_code, message)

"""The application: it passes notices to the console and requests to the voice side, and ends both in order."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from textual import on
from textual.app import App
from textual.screen import Screen
from textual.widgets import Input

from voice_tui.messages.checks import CheckKind, CheckNotice
from voice_tui.messages.context import ChangeInstructions, How
from voice_tui.messages.intents import Request, SelectProfile
from voice_tui.messages.link import Stopped
from voice_tui.messages.memory import MemoryChanged, MemoryNotice
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import Enrol, SpeakersChanged
from voice_tui.ui.checks.screen import Check
from voice_tui.ui.commands import BINDINGS, COMMANDS
from voice_tui.ui.console.screen import Console
from voice_tui.ui.console.transcript import TranscriptPane
from voice_tui.ui.context.screen import ContextScreen
from voice_tui.ui.editor.screen import Editor, PromptModel, prompt_hint, prompt_verdict
from voice_tui.ui.help.screen import Help
from voice_tui.ui.memory.flow import MemoryDesk
from voice_tui.ui.memory.screen import MemoryScreen
from voice_tui.ui.messages import LevelPosted, NoticePosted, VoiceLink, posted
from voice_tui.ui.palette import VoiceCommands
from voice_tui.ui.speakers.screen import SpeakersScreen
from voice_tui.ui.themes import DEFAULT_THEME, load_themes, packaged_folder

log = logging.getLogger(__name__)

STOP_S = 2.0  # a voice thread that takes longer is left behind


class VoiceTuiApp(App[int]):
    """The terminal instrument.

    Args:
        link: The voice side, or None to be fed by hand (tests).
        theme: Name of the theme; an unknown one is said in a toast and replaced by the default.
        endpoint, model: Shown until the connection says it better.
        themes_folder: The user's own theme files.
        profiles: What the palette can switch to.
        instructions, details: The system prompt of the first session and what fills its placeholders.
        clock: Seconds, monotonic.
        now: The time of day.

    Attributes:
        fatal: Why the voice side ended by itself, one line; the command line prints it once the terminal is restored.
        loaded_themes: Names of our themes, in the order found.
    """

    TITLE = "voice-tui"
    # Textual does not load the style sheet of a default screen by itself.
    CSS_PATH = ["app.tcss", "console/screen.tcss"]
    BINDINGS = [*BINDINGS]
    COMMANDS = {VoiceCommands}
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        link: VoiceLink | None,
        *,
        theme: str = DEFAULT_THEME,
        endpoint: str = "",
        model: str = "",
        themes_folder: Path | None = None,
        profiles: Sequence[SelectProfile] = (),
        instructions: str = "",
        details: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.console_screen = Console(clock, now, endpoint=endpoint, model=model)
        super().__init__()
        self.profiles = tuple(profiles)
        self.prompt = PromptModel(instructions, details or {})
        self.clock = clock
        self.fatal = ""
        self.speakers = SpeakersChanged()
        self.memory = MemoryDesk(self)
        self._link = link
        self._started = False
        self._early: list[Notice] | None = []  # until the widgets are there
        found = load_themes((packaged_folder(), themes_folder))
        for each in found.themes.values():
            self.register_theme(each)
        self.loaded_themes = list(found.themes)
        self._complaints = list(found.errors)
        if theme not in found.themes:
            self._complaints.append(f"theme: {theme!r} does not exist, there are {', '.join(self.loaded_themes)}")
            theme = DEFAULT_THEME
        self.theme = theme

    def get_default_screen(self) -> Screen[None]:
        """The console is the screen at the bottom of the stack."""
        return self.console_screen

    def on_mount(self) -> None:
        """Say what was wrong with the themes."""
        if self._complaints:
            # No markup: the reasons quote what the user wrote.
            self.notify("\n".join(self._complaints), title="Themes", severity="warning", timeout=12, markup=False)

        if not self.is_headless:
            self._leave_on_signals()

    def _leave_on_signals(self) -> None:
        """End in order when the terminal is closed or somebody says kill."""
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            with suppress(NotImplementedError, AttributeError):  # Windows has neither loop handlers nor SIGHUP
                loop.add_signal_handler(getattr(signal, name), self.exit)

    def _fatal_error(self) -> None:
        """A crash is one line on the terminal and the whole story in the log (Textual has no public hook for it)."""
        error = self._exception
        log.error("the console crashed", exc_info=error)
        self.fatal = f"the console crashed ({type(error).__name__}: {error}), see the log file"
        self._close_messages_no_wait()

    @on(Console.Ready)
    def _console_ready(self) -> None:
        """Show what came early, then let the voice side begin."""
        early, self._early = self._early or [], None
        for notice in early:
            self.console_screen.show(notice)
        if self._link is not None:
            self._link.start(self.receive)
            self._started = True

    async def on_unmount(self) -> None:
        """End the voice side on whatever way out, without holding up the loop that restores the terminal."""
        if self._link is not None and self._started:
            await asyncio.to_thread(self._link.stop, STOP_S)

    def receive(self, notice: Notice) -> None:
        """The sink of the voice side: from any thread, never blocks."""
        self.post_message(posted(notice))

    def send(self, request: Request) -> None:
        """Tell the voice side what the user wants."""
        self.prompt.sent(request)
        if self._link is not None:
            self._link.send(request)

    @on(NoticePosted)
    def _noticed(self, event: NoticePosted) -> None:
        notice = event.notice
        if isinstance(notice, Stopped):
            self.fatal = notice.error
            self.exit(1 if notice.error else 0, return_code=1 if notice.error else 0)
        elif isinstance(notice, CheckNotice):
            for screen in self._checks:
                screen.show(notice)
        elif isinstance(notice, MemoryNotice):
            self.memory.show(notice)
            if isinstance(notice, MemoryChanged):
                self._show(notice)
        elif isinstance(notice, SpeakersChanged):
            self.speakers = notice
            for each in self.screen_stack:
                if isinstance(each, SpeakersScreen):
                    each.show(notice)
        else:
            self.prompt.take(notice)
            self._show(notice)
            for above in self.screen_stack:
                if isinstance(above, ContextScreen | Editor):
                    above.show(notice)

    def _show(self, notice: Notice) -> None:
        if self._early is None:
            self.console_screen.show(notice)
        else:
            self._early.append(notice)

    @on(LevelPosted)
    def _measured(self, event: LevelPosted) -> None:
        self._show(event.notice)

    @on(Console.Wanted)
    @on(Check.Wanted)
    @on(ContextScreen.Wanted)
    @on(Editor.Wanted)
    def _wanted(self, event: Console.Wanted | Check.Wanted | ContextScreen.Wanted | Editor.Wanted) -> None:
        self.send(event.request)

    def action_obey(self, command: str) -> None:
        """Send the request of a command of the table."""
        request = COMMANDS[command].wanted(self.console_screen.voice.front_end.front_end)
        if request is not None:
            self.send(request)

    def action_help(self) -> None:
        """Explain."""
        self.push_screen(Help())

    def action_check(self, kind: str) -> None:
        """Calibrate, or test for an echo."""
        if not self._checks:
            self.push_screen(Check(CheckKind(kind)))

    def action_context(self) -> None:
        """Everything the assistant reads."""
        if self.screen is self.console_screen:
            self.push_screen(ContextScreen(self.console_screen.offer.model, self.clock))

    def action_answer(self, how: str) -> None:
        """Answer the offer, if there is one."""
        request = self.console_screen.offer.answer(How(how))
        if request is not None:
            self.send(request)

    def action_edit_prompt(self) -> None:
        """Change the system prompt while one talks."""
        prompt = self.prompt
        hint = prompt_hint(prompt.details)
        self.push_screen(Editor("System prompt", prompt.template, ChangeInstructions, prompt_verdict, hint))

    @property
    def _checks(self) -> list[Check]:
        """The check on the screen, under the palette perhaps."""
        return [screen for screen in self.screen_stack if isinstance(screen, Check)]

    def action_speakers(self, number: int = 0) -> None:
        """Who speaks; with a number, ask for that speaker's name."""
        if self.screen is self.console_screen:
            self.push_screen(SpeakersScreen(self.speakers, number))

    @on(TranscriptPane.SpeakerClicked)
    def _speaker_clicked(self, event: TranscriptPane.SpeakerClicked) -> None:
        self.action_speakers(event.voice)

    @on(SpeakersScreen.Wanted)
    def _speakers_wanted(self, event: SpeakersScreen.Wanted) -> None:
        self.send(event.request)

    @on(SpeakersScreen.EnrolWanted)
    def _enrol(self, event: SpeakersScreen.EnrolWanted) -> None:
        self.push_screen(Check(CheckKind.ENROLMENT, Enrol(event.name)))

    def action_memory(self) -> None:
        """Show what is remembered."""
        self.memory.open()

    @on(MemoryScreen.Wanted)
    def _memory_wanted(self, event: MemoryScreen.Wanted) -> None:
        self.send(event.request)

    @on(MemoryScreen.LookWanted)
    def _look_for_facts(self) -> None:
        self.memory.look()

    async def action_quit(self) -> None:
        """Leave; what is worth remembering is asked first."""
        self.memory.leave()

    def action_read(self, how: Literal["page_up", "page_down", "home", "end"]) -> None:
        """Scroll the conversation from wherever one is."""
        self.console_screen.transcript.read(how)

    def action_scope(self) -> None:
        """Show the scope, or hide it."""
        self.console_screen.toggle_scope()

    def action_leave_input(self) -> None:
        """Nothing has the focus: letters are commands now; a scope that was called up goes first."""
        if self.screen is self.console_screen and not self.console_screen.drop_scope():
            self.console_screen.set_focus(None)

    def action_enter_input(self) -> None:
        """Back to typing."""
        if self.screen is self.console_screen:
            self.console_screen.prompt.focus()

    def action_copy_or_quit(self) -> None:
        """Copy what is selected; with nothing selected, leave."""
        focused = self.focused
        selected = (focused.selected_text if isinstance(focused, Input) else "") or self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.notify("Copied.", timeout=2)
        else:
            self.memory.leave()

"""The application: it passes notices to the screens and requests to the voice side, and ends both in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.console import RenderableType
from textual import events, on
from textual.actions import ActionParseResult
from textual.driver import Driver
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widgets import Input, TextArea

from voice_tui.drivers.signals import on_signals
from voice_tui.drivers.tools.prints import log_prints
from voice_tui.drivers.wirestore import WireStore
from voice_tui.messages.checks import CheckKind
from voice_tui.messages.inspection import BLIND
from voice_tui.messages.intents import CallDemo, Request, SelectEndpoint, SelectProfile
from voice_tui.messages.limits import HUNG_UP
from voice_tui.messages.link import CallEnded, EndCall, Link, LinkChanged, Stopped
from voice_tui.messages.notices import Notice
from voice_tui.messages.recording import RecordingChanged
from voice_tui.messages.speakers import Enrol
from voice_tui.messages.talk import Announced, InstructionsChanged, LevelMeasured, Severity
from voice_tui.messages.tools import GoodbyeSaid, ToolBegan
from voice_tui.messages.turns import FrontEndChanged
from voice_tui.settings.tuned import TunedFile
from voice_tui.tools.wording import call_words
from voice_tui.ui.commands import COMMANDS, bindings
from voice_tui.ui.common.beat import BEAT_S, Beat
from voice_tui.ui.common.driver_choice import with_our_keys
from voice_tui.ui.common.guard import TerminalGuard
from voice_tui.ui.common.news import SHOWN_S
from voice_tui.ui.common.plain_signs import PlainSigns
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.sixteen import SixteenColours
from voice_tui.ui.common.state import State
from voice_tui.ui.console.screen import Console
from voice_tui.ui.editor.prompt import PromptModel
from voice_tui.ui.inspector.log import EventLog
from voice_tui.ui.keymap import load_keys
from voice_tui.ui.keys import shown_key
from voice_tui.ui.memory.flow import MemoryFlow
from voice_tui.ui.messages import NoticePosted, VoiceLink, Wanted
from voice_tui.ui.moved_keys import moved
from voice_tui.ui.navigation import Navigation
from voice_tui.ui.outset import ORDINARY, Outset
from voice_tui.ui.palette.screen import Palette
from voice_tui.ui.themes import DEFAULT_THEME
from voice_tui.ui.wardrobe import LOOK_S, Wardrobe

log = logging.getLogger(__name__)

STOP_S = 2.0  # a voice thread that takes longer is left behind
GOODBYE = "the AI said goodbye"
LEAVE_TWICE_S = 2.0  # Ctrl+C twice within this leaves
COMPLAINT_S = 12.0  # what is wrong with a file of the user's takes longer to read


def _check(state: State, check: CheckKind, kind: Callable[..., Shell[Any]]) -> Shell[Any]:
    return kind(state, check)


class VoiceTuiApp(Navigation):
    """The terminal instrument.

    Args:
        link: The voice side, or None to be fed by hand (tests).
        theme: Name of the theme; an unknown one is said and replaced by the default.
        endpoint, model: Shown until the connection says it better.
        profile: Name of the profile that it begins with.
        themes_folder: The user's own theme files.
        plain_signs: The terminal has ASCII only.
        keys_file: The user's own keys.
        profiles, endpoints: What the palette can switch to.
        instructions, details: The system prompt of the first session and what fills its placeholders.
        wire: The events of the wire; None: none are kept.
        recordings: The folder of those that were made; None: there is none.
        outset: What is chosen, what is kept, and what opens.
        tuned_file: Where knobs are saved; None: nowhere.
        lasted_s: So long the conversation had lasted before what is shown.
        clock: Seconds, monotonic.
        now: The time of day.

    Attributes:
        fatal: Why the voice side ended by itself, one line; the command line prints it once the terminal is restored.
    """

    TITLE = "voice-tui"
    # Textual does not load the style sheet of a default screen by itself.
    CSS_PATH = ["app.tcss", "common/shell.tcss", "console/screen.tcss", "console/voice.tcss"]
    BINDINGS = bindings()
    REPLAYS: ClassVar[bool] = False
    """It shows a recording: nobody is on the line."""

    def __init__(
        self,
        link: VoiceLink | None,
        *,
        theme: str = DEFAULT_THEME,
        endpoint: str = "",
        model: str = "",
        profile: str = "",
        themes_folder: Path | None = None,
        plain_signs: bool = False,
        keys_file: Path | None = None,
        profiles: Sequence[SelectProfile] = (),
        endpoints: Sequence[SelectEndpoint] = (),
        instructions: str = "",
        details: Mapping[str, str] | None = None,
        wire: WireStore | None = None,
        recordings: Path | None = None,
        outset: Outset = ORDINARY,
        tuned_file: TunedFile | None = None,
        lasted_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        keys = load_keys(keys_file, COMMANDS)
        self._guard = TerminalGuard()  # lines are drawn before everything else is there
        self._signs: tuple[LineFilter, ...] = (PlainSigns(),) if plain_signs else ()
        self._hues = SixteenColours(lambda: self.current_theme)
        state = State(
            clock,
            now,
            keys.commands,
            endpoint=endpoint,
            model=model,
            profile=profile,
            profiles=tuple(profiles),
            endpoints=tuple(endpoints),
            tuned_file=tuned_file,
            lasted_s=lasted_s,
            replayed=self.REPLAYS,
        )
        self.state = state
        self.beat = Beat(state, self.shells)
        self.console_screen = self.make_console(state)
        self.console_screen.wishes = outset.panes.read()
        super().__init__()
        self.set_keymap(keys.keymap)
        self.prompt = PromptModel(instructions, details or {})
        self.fatal = ""
        self.memory = MemoryFlow(self, state, self.send)
        self._takes: dict[type, Callable[[Any], None]] = {
            Stopped: self._stopped,
            CallEnded: self._call_ended,
            GoodbyeSaid: lambda _: self.memory.part(lambda: self.send(EndCall(GOODBYE))),
            ToolBegan: self._tool_began,
            RecordingChanged: self._recording_changed,
            InstructionsChanged: lambda notice: self.prompt.take(notice),
            **self.memory.takes,
        }
        self.make: dict[str, Callable[..., Shell[Any]]] = {
            "help": self.about_screen,
            "judge": lambda kind: kind(state, lambda: state.so_far.timeline),
            "recordings": lambda kind: kind(state, recordings),
            "setup": lambda kind: kind(state, outset.keeping),
            "devices": lambda kind: kind(state, outset.desk),
            "inspector": lambda kind, about="": kind(state, self._events, about),
            **{check.value: partial(_check, state, check) for check in CheckKind},
            "enrolment": lambda kind, name: kind(state, CheckKind.ENROLMENT, Enrol(name)),
            "prompt": lambda kind: kind(state, self.prompt.editing()),
        }
        self._events = EventLog(wire or WireStore(BLIND, clock))
        self._link, self._outset = link, outset
        self._demo_waits = outset.demo  # for somebody who could hear it
        self._started = False
        self._leaves_until = -1.0  # Ctrl+C leaves up to this time
        self._wardrobe = Wardrobe(self, themes_folder)
        self._complaints = [*keys.errors, *self._wardrobe.dress(theme)]
        state.themes = self._wardrobe.names

    def make_console(self, state: State) -> Console:
        """The screen that one lives in."""
        return Console(state)

    def get_default_screen(self) -> Screen[None]:
        """The console is the screen at the bottom of the stack."""
        return self.console_screen

    def get_driver_class(self) -> type[Driver]:
        """What Textual would take, with keys that are read by ours where that can be."""
        return with_our_keys(super().get_driver_class())

    def on_mount(self) -> None:
        """Take what is printed, and say what was wrong with the user's files."""
        log_prints()
        self._complain(self._complaints)
        self.set_interval(BEAT_S, self.beat.strike)
        self.set_interval(LOOK_S, self._look_at_themes)
        if not self.is_headless:
            on_signals(self.exit)
            self.load_screens()

    def _complain(self, complaints: Iterable[str]) -> None:
        for complaint in complaints:
            self.notify(complaint, severity="warning", timeout=COMPLAINT_S)

    def _look_at_themes(self) -> None:
        """A theme of the user's that was saved is worn at once."""
        self._complain(self._wardrobe.look())
        self.state.themes = self._wardrobe.names

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something in the status bar, where Textual would lay a box over what one watches. No markup is read."""
        text = f"{title}: {message}" if title else message
        self.state.news.tell(text, Severity(severity), SHOWN_S if timeout is None else timeout)
        for shell in self.shells():
            shell.status.refresh()

    def _fatal_error(self) -> None:
        """A crash is one line on the terminal and the whole story in the log (Textual has no public hook for it)."""
        error = self._exception
        log.error("the console crashed", exc_info=error)
        self.fatal = f"the console crashed ({type(error).__name__}: {error}), see the log file"
        self._close_messages_no_wait()

    async def on_event(self, event: events.Event) -> None:
        """Keys and the mouse come by here first."""
        if isinstance(event, events.InputEvent):
            self.beat.hurry()
        await super().on_event(event)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every drawn line goes through; at last what this terminal can't show becomes what it can."""
        few = self.console.color_system == "standard" and not self.is_headless
        return [*super().get_line_filters(), self._guard, *self._signs, *((self._hues,) if few else ())]

    # ---- the voice side

    @on(Console.Ready)
    def _console_ready(self) -> None:
        """Let the voice side begin."""
        if self._link is not None:
            self._link.start(self.receive)
            self._started = True
        if self._outset.opens:
            self.action_open(self._outset.opens)
        elif self._outset.tour.first:
            self.action_tour()

    async def on_unmount(self) -> None:
        """End the voice side on whatever way out, without holding up the loop that restores the terminal."""
        self._outset.panes.keep(self.console_screen.wishes)
        if self._link is not None and self._started:
            await asyncio.to_thread(self._link.stop, STOP_S)

    def receive(self, notice: Notice) -> None:
        """The sink of the voice side: from any thread, never blocks."""
        if isinstance(notice, LevelMeasured):
            self.beat.level(notice)
        else:
            self.post_message(NoticePosted(notice))

    @on(NoticePosted)
    def _told(self, event: NoticePosted) -> None:
        self.take(event.notice)

    def take(self, notice: Notice) -> None:
        """Give a notice to the state, to the screens that take it, and to what goes beyond them."""
        self.beat.told(notice)
        self.state.take(notice)
        if self._demo_waits and isinstance(notice, LinkChanged) and notice.link is Link.LIVE:
            self._demo_waits = False
            self.send(CallDemo(True))
        for shell in self.shells():
            shell.take(notice)
        if (take := self._takes.get(type(notice))) is not None:
            take(notice)

    def _stopped(self, notice: Stopped) -> None:
        """Leave, unless there is something to read: then the user leaves, and is told why there is no more to hear."""
        self.fatal = notice.error
        if not self.fatal or not len(self.console_screen.transcript.rows):
            self.exit(1 if self.fatal else 0)
            return
        self._over()

    def _call_ended(self, notice: CallEnded) -> None:
        """Where the console can't be seen it is said, too, that one can call again."""
        if self.screen is not self.console_screen:
            again = shown_key(self.state.commands, "call-again")
            self.notify(f"Hung up: {notice.why}. In the conversation {again} calls again.", markup=False)

    def _tool_began(self, notice: ToolBegan) -> None:
        """A call that waits is said where the line that asks can't be seen."""
        if notice.asks and self.screen is not self.console_screen:
            words = f"{call_words(notice.name, notice.arguments)} waits for your yes, in the conversation."
            self.notify(words, severity="warning", markup=False)

    def _recording_changed(self, notice: RecordingChanged) -> None:
        """Where it is kept; why it ended by itself is announced by who ended it."""
        if not notice.problem:
            self.notify(f"{'Recording to' if notice.on else 'The recording is over:'} {notice.folder}", markup=False)

    def _over(self) -> None:
        leave = shown_key(self.state.commands, "quit")
        self.take(Announced(Severity.ERROR, f"The conversation is over: {self.fatal} ({leave} leaves)"))

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; the code says whether the voice side ended by itself before, or a limit had hung up."""
        code, hung_up = int(bool(self.fatal)), self.state.hung_up
        if hung_up is not None and hung_up.limit and not self.fatal:
            self.fatal, code = f"hung up: {hung_up.why}", HUNG_UP
        super().exit(result, return_code or code, message)

    @on(Wanted)
    def _wanted(self, event: Wanted) -> None:
        self.send(event.request)

    def send(self, request: Request) -> None:
        """Tell the voice side what the user wants."""
        if self.fatal:
            self._over()
            return
        for follower in (self.prompt, self.state, self.memory):
            follower.sent(request)
        if self._link is not None:
            self._link.send(request)

    def action_command_palette(self) -> None:
        """Find something by typing."""
        if isinstance(self.screen, Palette):
            return
        if not isinstance(self.screen, Shell):  # letters to jump by
            self.pop_screen()
        self.push_screen(Palette())

    def action_obey(self, command: str) -> None:
        """Send the request of a command of the table."""
        request = COMMANDS[command].wanted(self.state.last(FrontEndChanged))
        if request is not None:
            self.send(request)

    # ---- keys of the application

    async def run_action(self, action: str | ActionParseResult, *spaces: Any, **named: Any) -> bool:
        """Carry out an action; the first use of a key that did something else once says where that is found now."""
        done = await super().run_action(action, *spaces, **named)
        if done and isinstance(action, str) and (words := moved(action, self.state.commands, self._outset.once)):
            self.notify(words, timeout=COMPLAINT_S)
        return done

    def action_tour(self) -> None:
        """Show the hints of the first start."""
        self._outset.tour.begin(self.console_screen, self.state)

    def action_copy_or_leave(self) -> None:
        """Copy what is selected; with nothing selected, leave when it is pressed twice."""
        typed = self.focused.selected_text if isinstance(self.focused, Input | TextArea) else ""
        if selected := typed or self.screen.get_selected_text():
            self.copy_to_clipboard(selected)
            self.notify("Copied.", timeout=2)
        elif self.state.clock() <= self._leaves_until:
            self.memory.leave()
        else:
            self._leaves_until = self.state.clock() + LEAVE_TWICE_S
            self.notify("Ctrl+C once more leaves.", timeout=LEAVE_TWICE_S)

    async def action_quit(self) -> None:
        """Leave; what is worth remembering is asked first."""
        self.memory.leave()

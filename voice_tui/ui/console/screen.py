"""The console: one look tells who speaks, what the machine believes, and what can be turned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    SummaryEdited,
    SummaryMade,
    SummaryProposed,
    SummaryUndone,
    ToolCalled,
    TopicChanged,
)
from voice_tui.messages.intents import ChangeSetting, Request
from voice_tui.messages.link import CountersChanged, DevicesChanged, LinkChanged
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    InstructionsChanged,
    Interrupted,
    LevelMeasured,
    PhaseChanged,
    RowChanged,
    RowRemoved,
    SendText,
    SettingsChanged,
    SpeechStarted,
    SpeechStopped,
    SwitchesChanged,
    Truncated,
    TurnTimed,
    UsageCounted,
    VoiceNoticed,
)
from voice_tui.messages.turns import (
    DetectorsCompared,
    EchoMeasured,
    FrontEndChanged,
    InterruptionTimed,
    LedgerChanged,
    StageReached,
)
from voice_tui.ui.console.lines import KeyBar, Prompt, TopLine
from voice_tui.ui.console.moments import Moments
from voice_tui.ui.console.scope import Scope
from voice_tui.ui.console.status import StatusBar
from voice_tui.ui.console.transcript import INVITATION, TranscriptPane
from voice_tui.ui.console.voice import VoicePanel
from voice_tui.ui.context.model import ContextModel
from voice_tui.ui.context.offer import OfferLine

_REST_S = 0.25  # clocks, falling peaks: as fast as one can read
_TOAST_S = 6.0


class Shows(Protocol):
    """A widget that takes notices."""

    def show(self, notice: Notice) -> None:
        """Take over what the notice says."""


class SideColumn(Vertical):
    """The column of the voice panel and the moments."""

    def on_resize(self) -> None:
        """Give the panel all the room but that of the moments."""
        moments = self.query_one(Moments)
        kept = int(moments.styles.min_height.value) if moments.display and moments.styles.min_height else 0
        self.query_one(VoicePanel).fit(self.size.height - kept)


class Console(Screen[None]):
    """The one screen one lives in.

    Args:
        clock: Seconds.
        now: The time of day.
        endpoint, model: Shown until the connection says it better.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-vast")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    AUTO_FOCUS = "#prompt"

    class Ready(Message):
        """All widgets are there: notices can be shown."""

    class Wanted(Message):
        """The user wants something of the voice side."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    def __init__(
        self, clock: Callable[[], float], now: Callable[[], datetime], *, endpoint: str = "", model: str = ""
    ) -> None:
        super().__init__()
        self.top_line = TopLine(clock, endpoint, model, id="top-line")
        self.transcript = TranscriptPane(id="transcript")
        self.voice = VoicePanel(clock, now, id="voice")
        self.moments = Moments(lambda: self.top_line.elapsed, id="moments")
        self.latest = Moments(lambda: self.top_line.elapsed, id="latest")
        self.scope = Scope(clock, id="scope")
        self.status = StatusBar(id="status")
        self.prompt = Prompt(id="prompt")
        self.offer = OfferLine(ContextModel(), id="offer")
        moments = (self.moments, self.latest)
        scoped = (self.scope, *moments)
        self._routes: dict[type[Notice], tuple[Shows, ...]] = {
            LinkChanged: (self.top_line, self.scope),
            PhaseChanged: (self.status, self.transcript),
            LevelMeasured: (self.voice, self.scope),
            RowChanged: (self.transcript, self.offer),
            RowRemoved: (self.transcript,),
            SpeechStarted: scoped,
            SpeechStopped: scoped,
            VoiceNoticed: scoped,
            Interrupted: scoped,
            Truncated: (self.voice, *scoped),
            StageReached: (self.scope,),
            InterruptionTimed: scoped,
            LedgerChanged: (self.voice,),
            FrontEndChanged: (self.voice,),
            EchoMeasured: (self.voice,),
            DetectorsCompared: (self.voice,),
            TurnTimed: (self.status, *moments),
            UsageCounted: (self.status,),
            SettingsChanged: (self.top_line, self.voice),
            SwitchesChanged: (self.status,),
            DevicesChanged: (self.status, self.voice),
            CountersChanged: (self.status,),
            MemoryChanged: (self.status,),
            Announced: (self.status,),
            ErrorCleared: (self.status,),
            ContextChanged: (self.status, self.offer),
            SummaryProposed: (self.offer,),
            SummaryMade: (self.offer, self.transcript, *moments),
            SummaryUndone: (self.offer, self.transcript, *moments),
            SummaryEdited: (self.offer, *moments),
            ContextCleared: (self.offer, self.transcript, *moments),
            ContextFailed: (self.offer, *moments),
            TopicChanged: (self.offer, *moments),
            ToolCalled: moments,
            InstructionsChanged: moments,
        }

    def compose(self) -> ComposeResult:
        """From top to bottom; the style sheet puts the body in columns or rows."""
        yield self.top_line
        with Container(id="body"):
            yield self.transcript
            with SideColumn(id="side"):
                yield self.voice
                yield self.moments
        yield self.scope
        yield self.latest
        yield self.offer
        with Horizontal(id="entry"):
            yield Static("❯ ", id="entry-sign")
            yield self.prompt
        yield self.status
        yield KeyBar(id="key-bar")

    def on_mount(self) -> None:
        """Keep clocks going; tell the application that there is something to show notices on."""
        self.set_interval(_REST_S, self.rest)
        self.prompt.focus()  # AUTO_FOCUS does nothing when the terminal's window is in the background at the start
        self.post_message(self.Ready())

    def rest(self) -> None:
        """Show the time that has passed: the clock above, peaks that fall, columns that waited."""
        self.top_line.rest()
        self.voice.meter.rest()
        self.scope.draw()

    @property
    def _roomy(self) -> bool:
        """Whether the scope has a place of its own (else it takes that of the meters, when called)."""
        return not (self.has_class("-narrow") or self.has_class("-short"))

    def toggle_scope(self) -> None:
        """Hide or show it where it belongs to the screen; call it up or send it away where it does not."""
        self.toggle_class("-scope-hidden" if self._roomy else "-scope-called")

    def drop_scope(self) -> bool:
        """Send a called scope away; False when there is none."""
        called = not self._roomy and self.has_class("-scope-called")
        self.remove_class("-scope-called")
        return called

    def show(self, notice: Notice) -> None:
        """Give a notice to the widgets it concerns; toasts say what must not be missed."""
        for widget in self._routes.get(type(notice), ()):
            widget.show(notice)
        match notice:
            case Announced(severity=severity, text=text):
                self.notify(text, severity=severity.value, timeout=_TOAST_S, markup=False)  # servers write brackets too
            case DevicesChanged(mic_problem=mic, speaker_problem=speaker):
                missing = f"No microphone: {mic}. Press F7 for the demo caller, or type." if mic else ""
                self.transcript.invite(missing or INVITATION)
                if missing and len(self.transcript.rows):
                    self.notify(missing, severity="warning", timeout=_TOAST_S, markup=False)
                if speaker:
                    words = f"No speaker: {speaker}. Answers can only be read."
                    self.notify(words, severity="warning", timeout=_TOAST_S, markup=False)
            case _:
                pass

    @on(Input.Submitted, "#prompt")
    def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text:
            self.prompt.clear()
            self.transcript.read("end")
            self.post_message(self.Wanted(SendText(text)))

    @on(VoicePanel.Tuned)
    def _tuned(self, event: VoicePanel.Tuned) -> None:
        self.post_message(self.Wanted(ChangeSetting(event.name, event.value)))

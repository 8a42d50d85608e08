"""The console: one look tells who speaks, what the machine believes, and what can be turned."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from voice_tui.messages.context import (
    ContextChanged,
    ContextCleared,
    ContextFailed,
    How,
    SummaryEdited,
    SummaryMade,
    SummaryProposed,
    SummaryUndone,
    TopicChanged,
)
from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.link import CallAgain, CallEnded, DevicesChanged, Link, LinkChanged, Reconnected, Stopped
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.noise import NoiseChanged
from voice_tui.messages.talk import (
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
    VoiceNoticed,
)
from voice_tui.messages.tools import Answer, DeadAir, ToolBegan, ToolCalled
from voice_tui.messages.turns import (
    DetectorsCompared,
    EchoMeasured,
    FrontEndChanged,
    InterruptionTimed,
    LedgerChanged,
    StageReached,
)
from voice_tui.ui.common.beat import sounds
from voice_tui.ui.common.empty import invitation
from voice_tui.ui.common.offer import OfferLine
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.state import State
from voice_tui.ui.console.ask import AskLine
from voice_tui.ui.console.legend import LEGEND
from voice_tui.ui.console.panes import PanedScreen
from voice_tui.ui.console.prompt import Prompt
from voice_tui.ui.console.redial import RedialLine
from voice_tui.ui.keys import Place, acting, shown_key
from voice_tui.ui.messages import ScreenWanted
from voice_tui.ui.tour.card import TourCard

_NAMED = ("context", "memory", "speakers", "help")  # commands whose letters the input line names


class Console(PanedScreen):
    """The one screen one lives in."""

    PLACE = Place.CONSOLE
    LEGEND = LEGEND
    CONNECTS = "Enter on an empty line: now"
    AUTO_FOCUS = ""  # who left the input line finds it left when coming back from another screen

    class Ready(Message):
        """All widgets are there: the voice side can begin."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.prompt = Prompt(state, self._letters())
        self.offer = OfferLine(state)
        self.ask = AskLine(state)
        self.redial = RedialLine(state)
        voice, scope, transcript, offer = self.voice.show, self.scope.show, self.transcript.show, self.offer.show
        cut = self.last_cut.show
        self.takes = {
            LinkChanged: (scope, self.redial.show, self.prompt.show),
            CallEnded: (self.redial.show, self.prompt.show),
            Reconnected: (transcript,),
            PhaseChanged: (transcript,),
            RowChanged: (transcript, offer),
            RowRemoved: (transcript,),
            SpeechStarted: (transcript, scope),
            SpeechStopped: (scope,),
            VoiceNoticed: (scope,),
            Interrupted: (scope,),
            Truncated: (voice, scope, cut),
            VoiceTraced: (cut,),
            StageReached: (scope,),
            InterruptionTimed: (transcript, cut),
            LedgerChanged: (voice,),
            FrontEndChanged: (voice,),
            EchoMeasured: (voice,),
            DetectorsCompared: (voice,),
            TurnTimed: (transcript,),
            SettingsChanged: (voice,),
            NoiseChanged: (voice,),
            SwitchesChanged: (voice,),
            DevicesChanged: (voice, self._devices),
            ContextChanged: (offer,),
            SummaryProposed: (offer,),
            SummaryMade: (offer, transcript),
            SummaryUndone: (offer, transcript),
            SummaryEdited: (offer, transcript),
            ContextCleared: (offer, transcript),
            ContextFailed: (offer, transcript),
            TopicChanged: (offer,),
            ToolBegan: (transcript, self._asked),
            ToolCalled: (transcript, self._asked),
            DeadAir: (transcript,),
            Stopped: (self._asked,),
            InstructionsChanged: (transcript,),
        }

    def _letters(self) -> str:
        """What the input line says while letters are commands."""
        commands = self.state.commands
        letters = ", ".join(f"{commands[name].letter_name} {commands[name].word}" for name in _NAMED)
        return f"letters are commands: {letters} · {shown_key(commands, 'enter-input')} to type"

    def body(self) -> ComposeResult:
        """From top to bottom; the style sheet puts it in columns or rows."""
        yield from self.panes()
        yield self.offer
        yield self.ask
        yield self.redial
        yield from self.entry()

    def entry(self) -> ComposeResult:
        """The last line: where one types."""
        with Horizontal(id="entry"):
            yield Static("❯ ", id="entry-sign")
            yield self.prompt

    def on_mount(self) -> None:
        """Type at once; tell the application that there is something to show notices on."""
        self.action_enter_input()
        self.post_message(self.Ready())

    def levels(self, levels: Sequence[LevelMeasured]) -> None:
        """No column of the scope goes without its own, no peak is missed; a silent room is drawn once a second."""
        super().levels(levels)
        if self.ready:
            for level in levels:
                self.voice.show(level)
                self.scope.level(level)
            if any(map(sounds, levels)):
                self.scope.draw_if_due()

    def rest(self) -> None:
        """Show the time that has passed: the clock above, peaks that fall, columns that waited."""
        super().rest()
        self.voice.rest()
        self.transcript.rest()
        self.scope.draw()

    # ---- what must not be missed

    def _devices(self, notice: DevicesChanged) -> None:
        self.transcript.invite(invitation(self.state, notice.mic_problem))
        if (
            notice.speaker_problem and not self.state.replayed and not len(self.transcript.rows)
        ):  # later it is announced
            words = f"No speaker: {notice.speaker_problem}. Answers can only be read."
            self.notify(words, severity="warning", markup=False)

    # ---- what the user wants

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An offer can be answered while there is one; a line can be left and entered."""
        match action:
            case "answer":
                return self.offer.open
            case "answer_call":
                return bool(self.state.asked)
            case "call_again":
                return self.state.hung_up is not None or self.state.again_in is not None
            case "enter_input":
                return not self.typing
            case "knobs":
                return self.voice.can(str(parameters[0]))
            case "cut_events":
                return self.transcript.rows.last_cut is not None
            case "zoom" | "freeze" | "scroll_scope":
                return self.scope.display
            case "match":
                return bool(self.transcript.needle)
            case _:
                return True

    def on_key(self, event: events.Key) -> None:
        """A character that means nothing here is typed."""
        known = {key for command in acting(self.state.commands, self.PLACE) for key in command.keys}
        if event.is_printable and event.character and not self.typing and event.key not in known:
            event.stop()
            self.prompt.focus()
            self.prompt.insert_text_at_cursor(event.character)

    @on(Input.Submitted, "#prompt")
    def _typed(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if (answer := self.ask.typed(text)) is not None:
            self.prompt.clear()
            self.want(answer)
        elif text and self.state.ended:
            self.want(SendText(text))  # says that nobody is there any more; what was typed stays
        elif text:
            self.prompt.clear()
            self.prompt.keep(text)
            self.transcript.read("end")
            if self.state.last(LinkChanged).link is not Link.LIVE:
                self.transcript.show_unsent(text)
            self.want(SendText(text))
        elif self.state.again_in is not None:
            self.action_call_again()
        else:
            for card in self.query(TourCard):
                card.next()

    def action_answer(self, how: str) -> None:
        """Answer the offer."""
        request = self.offer.answer(How(how))
        if request is not None:
            self.want(request)
        self.show_keys()

    def _asked(self, notice: object) -> None:
        self.ask.show(notice)
        self.show_keys()

    def action_answer_call(self, answer: str) -> None:
        """Say whether the tool may be called."""
        request = self.ask.answer(Answer(answer))
        if request is not None:
            self.want(request)

    def action_call_again(self) -> None:
        """Nobody is on the line: connect again, or try it now."""
        self.want(CallAgain())

    def action_copy_turn(self) -> None:
        """With a knob in hand and nothing selected copy the settings."""
        if not self.get_selected_text() and isinstance(self.focused, Slider) and self.voice.can("copy"):
            self.voice.do("copy")
        else:
            super().action_copy_turn()

    def action_knobs(self, deed: str) -> None:
        """Something that is done with all knobs."""
        self.voice.do(deed)

    def turn(self, knob: str) -> None:
        """Let a knob have the focus, wherever it has to be unfolded for that."""
        slider = self.voice.sliders[knob]
        if not slider.display and not self.voice.unfolded:
            self.voice.do("more")
        self.call_after_refresh(slider.focus)

    def action_cut(self, way: str) -> None:
        """The cut before on the card, or the next one."""
        self.last_cut.action_move(way)

    def action_cut_events(self) -> None:
        """The last cut, event by event."""
        cut = self.transcript.rows.last_cut
        if cut is not None:
            self.post_message(ScreenWanted("inspector", cut.item_id))

    def action_leave_input(self) -> None:
        """Nothing has the focus: letters are commands now. What was called up goes first: search, cursors, scope."""
        first = () if self.typing and not self.search.about else (
            self.leave_search, self.transcript.drop_cursor, self.scope.action_follow,
        )  # fmt: skip
        if not any(leave() for leave in (*first, self.drop_scope, self.drop_whole)):
            self.set_focus(None)

    def action_enter_input(self) -> None:
        """Back to typing."""
        self.prompt.focus()

    # ---- the scope

    def action_zoom(self, way: str) -> None:
        """Shorter columns of the scope, or longer ones."""
        self.scope.action_zoom(way)

    def action_freeze(self) -> None:
        """Let the scope stand still, or follow again."""
        self.scope.action_freeze()

    def action_scroll_scope(self, way: str) -> None:
        """Move the cursor of the scope."""
        self.scope.action_move(way)

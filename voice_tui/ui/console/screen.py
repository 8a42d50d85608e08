"""The console: one look tells who speaks, what the machine believes, and what can be turned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
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
from voice_tui.messages.link import CallAgain, CallEnded, DevicesChanged, LinkChanged, Reconnected, Stopped
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
from voice_tui.plain_text import one_line
from voice_tui.ui.common.offer import OfferLine
from voice_tui.ui.common.question import QuestionInput
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.state import State
from voice_tui.ui.console.ask import AskLine
from voice_tui.ui.console.last_cut import LastCut
from voice_tui.ui.console.legend import LEGEND
from voice_tui.ui.console.margin import Margin
from voice_tui.ui.console.passage import transcript_text, turn_text
from voice_tui.ui.console.prompt import Prompt
from voice_tui.ui.console.redial import RedialLine
from voice_tui.ui.console.scope import Scope
from voice_tui.ui.console.transcript import INVITATION, TranscriptPane
from voice_tui.ui.console.voice import VoicePanel
from voice_tui.ui.keys import Place, acting, shown_key
from voice_tui.ui.messages import ScreenWanted
from voice_tui.why import Cut, sentences

_NAMED = ("context", "memory", "speakers", "help")  # commands whose letters the input line names


class SideColumn(Vertical):
    """The column of the ears."""

    def on_resize(self) -> None:
        """They have all of it."""
        self.query_one(VoicePanel).fit(self.size.height)


class Console(Shell[None]):
    """The one screen one lives in."""

    PLACE = Place.CONSOLE
    LEGEND = LEGEND
    CONNECTS = "Enter on an empty line: now"
    AUTO_FOCUS = ""  # who left the input line finds it left when coming back from another screen

    class Ready(Message):
        """All widgets are there: the voice side can begin."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        margin = Margin(lambda: state.elapsed, state.when, shown_key(state.commands, "why"))
        self.transcript = TranscriptPane(state.clock, margin, id="transcript")
        self.search = QuestionInput(id="search")
        self.voice = VoicePanel(state, id="voice")
        self.last_cut = LastCut(state, id="last-cut")
        self.scope = Scope(state.clock, state.when, id="scope")
        self.prompt = Prompt(state, self._letters())
        self.offer = OfferLine(state)
        self.ask = AskLine(state)
        self.redial = RedialLine(state)
        voice, scope, transcript, offer = self.voice.show, self.scope.show, self.transcript.show, self.offer.show
        cut = self.last_cut.show
        self.takes = {
            LinkChanged: (scope, transcript, self.redial.show, self.prompt.show),
            CallEnded: (transcript, self.redial.show, self.prompt.show),
            Reconnected: (transcript,),
            PhaseChanged: (transcript,),
            LevelMeasured: (voice, scope),
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
        with Container(id="body"):
            yield self.transcript
            with SideColumn(id="side"):
                yield self.voice
        yield self.search
        yield self.last_cut
        yield self.scope
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

    def late(self, levels: Iterable[LevelMeasured]) -> None:
        """Levels that waited behind others: no column of the scope goes without its own."""
        for level in levels if self.ready else ():
            self.scope.level(level)

    def rest(self) -> None:
        """Show the time that has passed: the clock above, peaks that fall, columns that waited."""
        super().rest()
        self.voice.rest()
        self.transcript.rest()
        self.scope.draw()

    # ---- what must not be missed

    def _devices(self, notice: DevicesChanged) -> None:
        mic, speaker = notice.mic_problem, notice.speaker_problem
        demo = shown_key(self.state.commands, "demo")
        missing = f"No microphone: {mic}. Press {demo} for the demo caller, or type." if mic else ""
        self.transcript.invite(missing or INVITATION)
        if missing and len(self.transcript.rows):
            self.notify(missing, severity="warning", markup=False)
        if speaker:
            words = f"No speaker: {speaker}. Answers can only be read."
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
            self.want(SendText(text))
        elif self.state.again_in is not None:
            self.action_call_again()

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

    def action_read(self, how: Literal["page_up", "page_down", "home", "end"]) -> None:
        """Scroll the conversation from wherever one is."""
        self.transcript.read(how)

    def action_turn(self, by: int) -> None:
        """Point at the turn before, or the next one."""
        self.transcript.move_cursor(by)

    def action_copy_turn(self) -> None:
        """Copy what is selected; with a knob in hand the settings; else the turn pointed at, or found, or the last."""
        if not self.get_selected_text() and isinstance(self.focused, Slider) and self.voice.can("copy"):
            self.voice.do("copy")
            return
        rows, match = self.transcript.rows, self.transcript.match
        last = match.item_id if match else rows.last_turn.item_id if rows.last_turn is not None else ""
        item_id = self.transcript.cursor or last
        self._copy(self.get_selected_text() or (turn_text(rows.block(item_id)) if item_id in rows else ""))

    def action_copy_cut(self) -> None:
        """Copy what there is to say about the last cut."""
        cuts = [story for story in self.state.stories if isinstance(story, Cut)]
        self._copy("\n".join(sentences(cuts[-1])) if cuts else "")

    def action_copy_transcript(self) -> None:
        """Copy the whole conversation."""
        self._copy(transcript_text(self.transcript.rows))

    def _copy(self, text: str) -> None:
        if text:
            self.app.copy_to_clipboard(text)
            self.notify("Copied.", timeout=2)
        else:
            self.notify("There is nothing to copy yet.", timeout=2)

    # ---- searching

    def action_search(self) -> None:
        """Type what to look for in the conversation."""
        self.search.ask("search", "Search the conversation", self.transcript.needle.words)

    def action_match(self, by: int) -> None:
        """To the next place, or the one before."""
        self._say_match(self.transcript.next_match(by))

    @on(Input.Changed, "#search")
    def _searching(self, event: Input.Changed) -> None:
        if self.search.about:
            self._say_match(self.transcript.search(event.value))

    @on(Input.Submitted, "#search")
    def _searched(self) -> None:
        """The letters n and N go on from here."""
        self.search.answered()
        self.set_focus(None)

    def _say_match(self, found: tuple[int, int]) -> None:
        at, count = found
        words = f"{at} of {count}" if count else "not found" if self.transcript.needle else ""
        self.search.border_subtitle = words
        if not self.search.about:
            self.notify(f"{one_line(self.transcript.needle.words, 40)}: {words}", timeout=2, markup=False)

    def _leave_search(self) -> bool:
        """Nothing is looked for any more; False when nothing was."""
        asked = bool(self.search.answered())
        if asked or self.transcript.needle:
            self.transcript.search("")
            self.set_focus(None)
            return True
        return False

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
            self._leave_search, self.transcript.drop_cursor, self.scope.action_follow,
        )  # fmt: skip
        if not any(leave() for leave in (*first, self.drop_scope)):
            self.set_focus(None)

    def action_enter_input(self) -> None:
        """Back to typing."""
        self.prompt.focus()

    # ---- the scope

    @property
    def _roomy(self) -> bool:
        """Whether the scope has a place of its own (else it takes that of the meters, when called)."""
        return not (self.has_class("-narrow") or self.has_class("-short"))

    def action_scope(self) -> None:
        """Hide or show it where it belongs to the screen; call it up or send it away where it does not."""
        self.toggle_class("-scope-hidden" if self._roomy else "-scope-called")

    def action_zoom(self, way: str) -> None:
        """Shorter columns of the scope, or longer ones."""
        self.scope.action_zoom(way)

    def action_freeze(self) -> None:
        """Let the scope stand still, or follow again."""
        self.scope.action_freeze()

    def action_scroll_scope(self, way: str) -> None:
        """Move the cursor of the scope."""
        self.scope.action_move(way)

    def drop_scope(self) -> bool:
        """Send a called scope away; False when there is none."""
        called = not self._roomy and self.has_class("-scope-called")
        self.remove_class("-scope-called")
        return called

"""What the server hears of the user: its VAD, the items it makes of speech, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voice_tui.conversation.shared import Shared
from voice_tui.conversation.spoken_text import GrowingText, last_words
from voice_tui.conversation.transcript import ONLY_THE_SERVER
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.order.words import WORDS_S
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import NO_REASON
from voice_tui.messages.measures import Moment, Origin
from voice_tui.messages.presets import Policy
from voice_tui.messages.talk import Severity, SpeechStarted, SpeechStopped
from voice_tui.messages.turns import Stage

STYLES: dict[int, str] = {
    0: "",
    1: "Acknowledge that in a few natural words, then answer.",
    2: "Apologise for having talked on in a few natural words, then answer.",
}


def acknowledgement(instructions: str, heard: str, style: int) -> str:
    """Instructions for the answer after an interruption; "" where there is nothing special to say.

    Args:
        instructions: The session's own, which the response's replace.
        heard: What the listener had heard of the answer that was cut.
        style: Key of `STYLES`.
    """
    wish = STYLES.get(style, "")
    if not wish:
        return ""
    words = last_words(heard)
    where = f'after hearing "{words}"' if words else "before hearing anything of your answer"
    return f"{instructions}\n\nThe user has just interrupted you {where}. {wish}"


NOTHING_HEARD = "nothing was understood"
NOT_WRITTEN_DOWN = "not transcribed"
NO_DEPLOYMENT = "DeploymentNotFound"  # Azure's word for a recogniser that nobody has deployed there
NO_RECOGNISER = (
    "the resource has no deployment of the recogniser's name: "
    "set VOICE_TUI_TRANSCRIPTION_MODEL to the name of one, or to none"
)
NO_TRANSCRIPTION = "this server writes down nothing of what you say"
FAILED, COMPLETED = (f"conversation.item.input_audio_transcription.{end}" for end in ("failed", "completed"))
NO_WORDS = "not transcribed: the server sent no words"


class ServerTurns:
    """Follows the user's spoken turns.

    Args:
        shared: Of the conversation.
        answers, settings: Of the session.
        oddities: Take what is odd about the server.
    """

    def __init__(self, shared: Shared, answers: Answers, settings: SessionSettings, oddities: Oddities) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self._oddities = oddities
        self._texts: dict[str, GrowingText] = {}  # by item
        self._began: dict[str, int] = {}  # turn that is not committed → where it begins, on the talk's clock
        self._ended: dict[str, int] = {}  # ... and ends
        self._wordless: dict[str, float] = {}  # turns whose words have not come → since when, s
        self._wordy: bool | None = None  # the server has sent words, or has let a turn wait for them in vain
        self._answers, self._settings = answers, settings
        self.hearing = False
        """The server believes that the user speaks."""
        self.expected = ""
        """The row of what was being said when the session began: that of the next turn that the server hears."""
        self._row = ""  # the item of the turn that the server hears and has not committed

    def handlers(self) -> dict[type, Callable[[Any], object]]:
        """Event type → method."""
        return {
            se.InputSpeechStarted: self._started,
            se.InputSpeechStopped: self._stopped,
            se.BufferCleared: lambda e: self._cleared(),
            se.TimeoutTriggered: lambda e: self._transcript.open(e.item_id, "user", pending=True),
            se.InputTranscriptionDelta: self._words,
            se.InputTranscriptionUpdated: lambda e: self._show(e.item_id, text=e.transcript),
            se.InputTranscriptionCompleted: self._words_done,
            se.InputTranscriptionFailed: self._words_failed,
        }

    def reset(self) -> None:
        """The detector changed: what the server was hearing is no turn of this one."""
        self._answers.requests.awaited = False
        self._forget_turn()
        self._shared.turns.begin_clock()

    def _forget_turn(self) -> None:
        """The server's buffer is cleared: what it was hearing will not be committed."""
        self.hearing = False
        self._began.clear()
        self._ended.clear()
        self._shared.effects.forget()
        if self._row:
            self._transcript.remove(self._row)
            self._row = ""

    @property
    def under_way(self) -> str:
        """The row of the turn that the server hears and has not committed, "" for none."""
        return self._row

    def give_up_turn(self) -> tuple[bool, str]:
        """Let go of the turn that the server has not committed: whether it was still hearing it, and its row."""
        heard, row = self.hearing, self._row
        self.hearing, self._row, self.expected = False, "", ""
        return heard, row

    def _cleared(self) -> None:
        self._shared.turns.forgotten()
        self._forget_turn()

    def connection_lost(self) -> None:
        """Nothing of what the server heard counts any more; see `recovery` for what becomes of it."""
        self.give_up_turn()
        self.reset()
        self._wordless.clear()
        self._wordy = None

    def _started(self, event: se.InputSpeechStarted) -> None:
        preset, detector, waterfall = self._shared.knobs.preset, self._shared.detector, self._shared.waterfall
        if not preset.server_turns:
            return  # it was on its way when another detector took over
        if self._row and self._row != event.item_id:
            self._transcript.remove(self._row)  # a server hears one turn at a time: that one came to nothing
            self._began.pop(self._row, None)
            self._ended.pop(self._row, None)
        self._shared.turns.began(event.item_id, event.audio_start_ms)
        self._shared.effects.server_began()
        self.hearing, self._row = True, event.item_id
        if self.expected:
            self._transcript.rename(self.expected, event.item_id)
            self._transcript.update(event.item_id, note="")
            self.expected = ""
        at_ms = self._at(event.audio_start_ms)
        self._shared.origins.server_heard(at_ms)
        self._began[event.item_id] = at_ms
        self._outbox.notify(SpeechStarted("server", at_ms))
        waterfall.reach(Stage.SERVER)
        natural = preset.policy is Policy.NATURAL
        if natural:
            self._shared.comparison.onset("server")
        interrupting = detector.server_onset()
        if detector.turn_counts():
            detector.drop_hold()  # the user goes on: the request follows the turn that comes of it
        waterfall.reach(Stage.SERVER)
        if natural:
            interrupting = bool(self._answers.interrupted_item)
        self._transcript.open(event.item_id, "user", pending=True, interrupting=interrupting)

    def _stopped(self, event: se.InputSpeechStopped) -> None:
        self._shared.turns.ended(event.item_id, event.audio_end_ms)
        if self.hearing:
            self.hearing = False
            at_ms = self._ended[event.item_id] = self._at(event.audio_end_ms)
            self._outbox.notify(SpeechStopped("server", at_ms))
            self._shared.effects.server_ended(self._shared.turns.at(event.audio_end_ms))

    def _at(self, ms: int) -> int:
        """A moment of the server's clock, which is that of what was sent, on the talk's."""
        return self._outbox.clock.at(self._shared.turns.at(ms))

    def over(self, item_id: str) -> None:
        """A turn that the server found is over: its answer is timed from the end of the voice in it."""
        began, decided = self._began.pop(item_id, None), self._ended.pop(item_id, None)
        decided = self._outbox.ms if decided is None else decided
        otherwise = Origin.SERVER, decided - self._settings.detection.silence_ms
        origin, at_ms = self._shared.origins.of_turn(decided if began is None else began, otherwise)
        self._shared.timer.ended(origin, at_ms, "server", decided_ms=decided)

    def found(self, item_id: str) -> bool:
        """The server found this turn: it is not what it made of a commit of ours."""
        return self._shared.knobs.preset.server_turns and self._shared.turns.hears(item_id)

    def committed(self, event: se.BufferCommitted) -> None:
        """The server holds a whole turn."""
        by_hand = not self.found(event.item_id) and self._transcript.named(event.item_id)
        self._shared.turns.named(event.item_id)
        self.hearing, self._row = False, ""
        row = self._transcript.row(event.item_id)
        come = row is not None and not row.pending  # words can be there before the turn is whole
        self._transcript.open(event.item_id, "user", pending=not come)
        self._transcript.place(event.item_id, event.previous_item_id)
        preset, detector = self._shared.knobs.preset, self._shared.detector
        found = preset.server_turns and not by_hand
        if found and not detector.turn_counts() and not self._settings.server_answers:
            self._overheard(event.item_id)
            return
        if not come:
            self._await_words(event.item_id)
        if not found:
            return
        self.over(event.item_id)
        self._shared.timer.reach(Moment.COMMITTED)
        if preset.asks and not self._settings.server_answers:
            detector.ask(event.item_id, self._acknowledgement())
        else:
            self._answers.requests.awaited = True

    def _await_words(self, item_id: str) -> None:
        """Words are to come: the server's, or where it writes down nothing, our own."""
        own = self._shared.recogniser
        if self._settings.transcribes:
            self._wordless[item_id] = self._outbox.now
            if self._wordy is False and own.there:
                own.write_down(item_id, NO_WORDS)
            return
        own.write_down(item_id, NOT_WRITTEN_DOWN)
        if self._settings.wants_words:
            self._oddities.tell(COMPLETED, f"{NO_TRANSCRIPTION}: {own.remedy}")

    def _overheard(self, item_id: str) -> None:
        """Only the server took it for a turn: it is shown, not answered, and taken out of the conversation."""
        self._shared.turns.kept.drop(item_id)
        self._transcript.update(item_id, pending=False, note=ONLY_THE_SERVER)
        self._answers.repairs.forget_turn(item_id)

    def _acknowledgement(self) -> str:
        row = self._transcript.row(self._answers.interrupted_item)
        if row is None:
            return ""
        style = int(self._shared.knobs.settings.acknowledge)
        return acknowledgement(self._settings.instructions, row.text, style)

    def _words(self, event: se.InputTranscriptionDelta) -> None:
        text = self._text_of(event.item_id)
        if text is not None:
            text.add(event.delta)
            self._show(event.item_id, text=text.text)

    def _show(self, item_id: str, **changes: Any) -> None:
        """The server's words: they are better than ours."""
        self._transcript.update(item_id, written_here=False, **changes)

    def _words_done(self, event: se.InputTranscriptionCompleted) -> None:
        text = self._text_of(event.item_id)
        if text is None:
            return
        text.settle(event.transcript.strip())
        if text.text.strip():
            self._shared.turns.kept.drop(event.item_id)
            self._show(event.item_id, text=text.text.strip(), pending=False)
        elif self._shared.knobs.preset.server_turns:
            self._transcript.remove(event.item_id)  # idle noise makes turns without words: no line for them
        else:
            self._transcript.update(event.item_id, note=NOTHING_HEARD, pending=False)

    def _text_of(self, item_id: str) -> GrowingText | None:
        """The words of a turn; one that was never committed gets a row for them. None: it is no turn any more."""
        self._wordless.pop(item_id, None)
        self._wordy = True
        if item_id not in self._transcript:
            if item_id in self._transcript.removed or not item_id:
                return None
            name = "conversation.item.input_audio_transcription"
            self._oddities.tell(name, "words come for an item that was not there before: they are shown")
            self._transcript.open(item_id, "user", pending=True)
        return self._texts.setdefault(item_id, GrowingText())

    def _words_failed(self, event: se.InputTranscriptionFailed) -> None:
        self._wordless.pop(event.item_id, None)
        reason = event.error.message or NO_REASON
        if event.error.code == NO_DEPLOYMENT:
            reason = "there is no such deployment"
            self._oddities.tell(FAILED, f"{NO_RECOGNISER}; {self._shared.recogniser.remedy}", Severity.WARNING)
        self._shared.recogniser.write_down(event.item_id, f"not transcribed: {reason}")

    def tick(self) -> None:
        """Words that have not come for too long are not waited for; those that come later are still shown."""
        for item_id, since in list(self._wordless.items()):
            row = self._transcript.row(item_id)
            if row is None or not row.pending:
                del self._wordless[item_id]
            elif self._outbox.now - since >= WORDS_S:
                del self._wordless[item_id]
                self._wordy = bool(self._wordy)
                late = f"it does not come within {WORDS_S:.0f} s: the words are not waited for"
                self._oddities.tell(COMPLETED, f"{late}; {self._shared.recogniser.remedy}")
                self._shared.recogniser.write_down(item_id, "" if row.text else NO_WORDS)

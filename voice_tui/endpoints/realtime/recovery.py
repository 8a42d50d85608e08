"""What a lost connection leaves open, and how the next session gets it.

The order in which a new session is told everything is the conversation's: what has words as text, what has none yet as
audio, faster than real time, while the server looks for no turns. Then the server takes turns again, hears what is
still being said, and is asked for the answer that is owed.
"""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.conversation.kept import KEPT_SAMPLES, NOTHING, LatestAudio, Voices, finished_in, spoken_in
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.spoken_text import last_words
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.context.context import Context
from voice_tui.endpoints.realtime.requests import Got
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.server_turns import ServerTurns
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.tools import ToolCalls
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferAppend
from voice_tui.messages.measures import Origin

PIECE = RATE  # samples an append: what has waited goes out in large pieces
PATIENCE_S = 8.0  # so long the server may take until it hears what was being said when it began
SETTLED_S = 1.0  # the floor has been free that long: nobody else asks for the answer that is owed
KEPT_NOTE = "kept until the connection is back"
LOST_NOTE = "words lost with the connection"


ASKED_WITH: dict[Got, str | None] = {
    Got.NOTHING: "",
    Got.PART: (
        "The connection was lost in the middle of your last answer. The listener has heard it{heard}. Go on exactly "
        "where it stopped: repeat nothing of it, and do not speak of the connection."
    ),
    Got.ALL: None,
}
"""The rule: with which instructions a new session is asked for the answer; "": the session's own; None: not at all."""


class Recovery:
    """Keeps what a lost session would have got, and gives it to the next one.

    Args:
        shared: Of the conversation.
        sender, settings, answers, turns, tools, context: Of the session.
        say_turn: Tells the session that what was appended is the whole turn of a row.
        ask: Asks for an answer with these instructions.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        settings: SessionSettings,
        answers: Answers,
        turns: ServerTurns,
        tools: ToolCalls,
        context: Context,
        say_turn: Callable[[str], None],
        ask: Callable[[str], None],
    ) -> None:
        self._shared, self._outbox, self._transcript = shared, shared.outbox, shared.transcript
        self._sender, self._settings, self._answers, self._turns = sender, settings, answers, turns
        self._tools, self._context, self._say_turn, self._ask = tools, context, say_turn, ask
        self._away = False
        self._owed = Got.ALL
        self._voices = Voices()  # what is said, where the server finds the turns
        self._row = ""  # its row
        self._frames = LatestAudio(KEPT_SAMPLES)  # of a turn of our own making that is under way
        self._until: float | None = None  # so long the server may take to hear the row above
        self._free_since: float | None = None

    @property
    def active(self) -> bool:
        """Something is still owed, or waited for."""
        return self._owed is not Got.ALL or self._until is not None

    # ---- losing

    def lost(self) -> None:
        """The connection is gone: see what it leaves open, before everybody else forgets it."""
        if self._away:
            return
        self._away = True
        turns, detector = self._shared.turns, self._shared.detector
        restored, self._until = (self._row if self._until is not None else ""), None
        got = self._answers.got
        if detector.holding:
            detector.drop_hold()
            got = Got.NOTHING
        if got is not Got.ALL:
            self._owed = got
        self._frames.take()
        if detector.row:
            self._frames.add([turns.under_way()])
        if self._shared.knobs.preset.server_turns:
            ended = self._turns.under_way
            heard, row = self._turns.give_up_turn()
            if row and not heard:
                self._turns.over(ended)
                self._owed = Got.NOTHING  # it has ended, and the server has not said that it is a turn
            audio = turns.unheard(row if heard else "")
            self._voices.clear()
            self._voices.feed_all(audio)
            self._row = row if heard else restored
            if not self._voices.any and self._row:
                self._transcript.remove(self._row)
                self._row = ""
            self._show()
        self._carry_parted()
        self._transcript.forget_names()
        self._close_rows({detector.row, self._row})

    def _carry_parted(self) -> None:
        """What was said to a detector that was left before the loss was noticed, and was over, is a turn."""
        for parted in self._shared.turns.take_parted():
            pcm = finished_in(parted.pcm)
            if len(pcm):
                row_id = self._transcript.open_unnamed("user", note=KEPT_NOTE)
                self._transcript.place(row_id, parted.behind)
                self._shared.turns.kept.hold(row_id, pcm)
                self._owed = Got.NOTHING

    def _close_rows(self, open_: set[str]) -> None:
        """Words that have not come will not come any more, unless the audio is there."""
        for row in list(self._transcript):
            if row.role != "user" or not row.pending or row.item_id in open_:
                continue
            if row.item_id in self._shared.turns.kept:
                self._transcript.update(row.item_id, note=KEPT_NOTE)
            else:
                self._transcript.update(row.item_id, pending=False, note=LOST_NOTE)

    # ---- while there is no session

    def hear(self, frames: list[Pcm]) -> None:
        """The user's audio, frames of 10 ms."""
        if self._shared.detector.row:
            self._frames.add(frames)
        elif self._shared.knobs.preset.server_turns:
            for frame in frames:
                self._voices.feed(frame)
            self._show()

    def _show(self) -> None:
        if self._voices.any and not self._row:
            self._row = self._transcript.open_unnamed("user", note=KEPT_NOTE)

    def committed(self, row_id: str) -> None:
        """What was heard is a whole turn of our own making."""
        pcm = self._frames.take()
        if spoken_in(pcm):
            self._transcript.update(row_id, note=KEPT_NOTE)
            self._shared.turns.kept.hold(row_id, pcm)
            self._owed = Got.NOTHING
        else:
            self._transcript.remove(row_id)

    def cleared(self) -> None:
        """What was heard is no turn."""
        self._frames.take()

    def forget_turn(self) -> None:
        """Another detector takes over: what is being said is no turn, what was said and is over is one."""
        self._frames.take()
        if self._away:
            if not self._voices.speaking:
                self._still_said()
        elif self._shared.detector.streams and not self._shared.knobs.preset.server_turns:
            self._shared.turns.part(self._turns.under_way, self._outbox.now, self._transcript.last)
        self._voices.clear()
        if self._row:
            self._transcript.remove(self._row)
        self._row, self._until = "", None

    def owe(self) -> None:
        """The user asked for an answer."""
        self._owed = Got.NOTHING

    def settle(self) -> None:
        """An answer begins, or the user does not want one any more."""
        self._owed, self._free_since = Got.ALL, None

    # ---- the next session

    def restore(self, *, tells: bool) -> None:
        """Give a session that has just been configured everything that it should have.

        Args:
            tells: It can be told what was said.
        """
        self._away = False
        detector, kept = self._shared.detector, self._shared.turns.kept
        going_on = self._still_said()
        audio = {row_id: kept.take(row_id) for row_id in kept if row_id in self._transcript}
        rows = {detector.row, self._row, *audio}
        by_hand = bool(audio) and self._shared.knobs.preset.server_turns and self._settings.detection.optional
        if by_hand:
            self._settings.suspend_turns()
        if tells:
            self._context.seed(lambda row_id: self._speak(row_id, audio))
        else:
            self._tools.forget()
        for row_id in list(audio):
            self._speak(row_id, audio)
        if by_hand:
            self._settings.resume_turns()
        self._close_rows(rows)
        if len(going_on):
            self._append(going_on, detector.row)
        if not self._taken:
            self._pay()

    @property
    def _taken(self) -> bool:
        """The user has the floor; a fixed window is always open, and gives it back."""
        detector = self._shared.detector
        speaks = detector.speaking and not self._shared.knobs.preset.window_ms
        return speaks or self._turns.hearing or bool(detector.holding) or self._until is not None

    def _still_said(self) -> Pcm:
        """What is being said just now; what was said and is over becomes a whole turn."""
        detector = self._shared.detector
        if detector.row:
            return self._frames.take()
        if not self._row:
            return NOTHING
        speaking, pcm = self._voices.speaking, self._voices.take()
        if speaking:
            self._until = self._outbox.now + PATIENCE_S
            self._turns.expected = self._row
            return pcm
        if len(pcm):
            self._shared.turns.kept.hold(self._row, pcm)
            self._owed = Got.NOTHING
            self._shared.timer.ended(Origin.VOICE, self._outbox.ms, "local")  # it is sent now
        self._row = ""
        return NOTHING

    def _speak(self, row_id: str, audio: dict[str, Pcm]) -> bool:
        """Send a turn as audio, where there is some; it is taken out of ``audio``."""
        if row_id not in audio:
            return False
        self._append(audio.pop(row_id), row_id)
        row = self._transcript.row(row_id)
        if row is not None and (row.pending or not row.text):
            self._transcript.update(row_id, note="", pending=self._settings.transcribes)
        self._say_turn(row_id)
        return True

    def _append(self, pcm: Pcm, row_id: str) -> None:
        for start in range(0, len(pcm), PIECE):
            audio = pcm[start : start + PIECE].tobytes()
            self._sender.send(InputAudioBufferAppend(audio=audio))
            self._shared.turns.appended(audio, row_id)

    def tick(self) -> None:
        """Ask for what is owed once the floor is free, and wait no longer for a server that hears nothing."""
        if not self._outbox.live:
            return
        if self._until is not None:
            if not self._turns.expected:
                self._row, self._until = "", None
            elif self._outbox.now >= self._until:
                self._transcript.update(self._row, pending=False, note=LOST_NOTE)
                self._row, self._until, self._turns.expected = "", None, ""
        if self._owed is Got.ALL:
            return
        answers = self._answers
        if self._taken or answers.thinking or answers.requests.awaited:
            self._free_since = None
        elif self._free_since is None:
            self._free_since = self._outbox.now
        elif self._outbox.now - self._free_since >= SETTLED_S:
            self._pay()

    def _pay(self) -> None:
        wish = ASKED_WITH[self._owed]
        self.settle()
        if wish is None:
            self._shared.timer.forget()
        else:
            heard = next((r.text for r in reversed(list(self._transcript)) if r.role == "assistant" and r.text), "")
            words = last_words(heard)
            told = wish.format(heard=f' up to "{words}"' if words else "")
            self._ask(f"{self._settings.instructions}\n\n{told}" if told else "")

"""What the server hears of the user: its VAD, the items it makes of speech, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voice_tui.audio.stream.pcm import samples_to_ms
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.spoken_text import last_words
from voice_tui.conversation.transcript import Transcript
from voice_tui.conversation.turn_taking.detector import TurnDetector
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.settings import SessionSettings
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.messages.presets import Policy
from voice_tui.messages.talk import SpeechStarted, SpeechStopped
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
ONLY_THE_SERVER = "only the server heard a voice: not answered"


class ServerTurns:
    """Follows the user's spoken turns."""

    def __init__(
        self, bus: Outbox, transcript: Transcript, answers: Answers, tuning: SessionSettings, uplink: TurnDetector
    ) -> None:
        self.uplink = uplink
        """The detector at work."""
        self._bus, self._transcript, self._answers, self._tuning = bus, transcript, answers, tuning
        self.local = False
        """Our own detector believes that the user speaks."""
        self.server = False
        """The server's does."""
        self.note = ""
        """What our own detector is doing."""
        self._hearing = ""  # the item of the turn that the server hears and has not committed
        self._offset_ms: int | None = None  # where the server's clock of received audio begins on the microphone's

    @property
    def speaking(self) -> bool:
        """Somebody believes that the user speaks."""
        return self.local or self.server

    def handlers(self) -> dict[type, Callable[[Any], object]]:
        """Event type → method."""
        return {
            se.InputSpeechStarted: self._started,
            se.InputSpeechStopped: self._stopped,
            se.BufferCommitted: self._committed,
            se.BufferCleared: lambda e: self._forget_turn(),
            se.TimeoutTriggered: lambda e: self._transcript.open(e.item_id, "user", pending=True),
            se.InputTranscriptionDelta: self._words,
            se.InputTranscriptionCompleted: self._words_done,
            se.InputTranscriptionFailed: self._words_failed,
        }

    def first_sample(self, sample_index: int) -> None:
        """Audio begins to flow at this sample; called for every frame, the first counts."""
        if self._offset_ms is None:
            self._offset_ms = samples_to_ms(sample_index - self._bus.sent_samples)

    def reset(self) -> None:
        """The detector changed: its clock and beliefs start anew."""
        self.local = self._answers.asking.awaited = False
        self.note = ""
        self._forget_turn()
        self._offset_ms = None

    def _forget_turn(self) -> None:
        """The server's buffer is cleared: what it was hearing will not be committed."""
        self.server = False
        if self._hearing:
            self._transcript.remove(self._hearing)
            self._hearing = ""

    def connection_lost(self) -> None:
        """Words that have not come will not come any more."""
        self.reset()
        for row in list(self._transcript):
            if row.role == "user" and row.pending:
                self._transcript.remove(row.item_id)

    def _at(self, ms: int) -> int:
        return ms + (self._offset_ms or 0)

    def _started(self, event: se.InputSpeechStarted) -> None:
        if not self._tuning.preset.server_turns:
            return  # it was on its way when another detector took over
        self.server, self._hearing = True, event.item_id
        self._bus.notify(SpeechStarted("server", self._at(event.audio_start_ms)))
        self._answers.waterfall.reach(Stage.SERVER)
        if self._tuning.preset.policy is Policy.NATURAL:
            self._answers.comparison.onset("server")
        interrupting = self.uplink.server_onset()
        if self.uplink.turn_counts():
            self._answers.asking.hold.drop()  # the user goes on: the request follows the turn that comes of it
        self._answers.waterfall.reach(Stage.SERVER)
        if self._tuning.preset.policy is Policy.NATURAL:
            interrupting = bool(self._answers.interrupted_item)
        self._transcript.open(event.item_id, "user", pending=True, interrupting=interrupting)

    def _stopped(self, event: se.InputSpeechStopped) -> None:
        if not self.server:
            return
        self.server = False
        self._bus.notify(SpeechStopped("server", self._at(event.audio_end_ms)))

    def _committed(self, event: se.BufferCommitted) -> None:
        self.server, self._hearing = False, ""
        by_hand = self._transcript.named(event.item_id)
        if self._tuning.transcribes:
            self._transcript.open(event.item_id, "user", pending=True)
        else:
            self._transcript.open(event.item_id, "user", pending=False, note=NOT_WRITTEN_DOWN)
        self._transcript.place(event.item_id, event.previous_item_id)
        if self._tuning.preset.server_turns and not by_hand:
            if not self.uplink.turn_counts():
                self._overheard(event.item_id)
                return
            self._answers.timer.turn_ended(self._bus.now)
            if self._tuning.preset.asks:
                self.uplink.ask(event.item_id, self._acknowledgement())
            else:
                self._answers.asking.awaited = True

    def _overheard(self, item_id: str) -> None:
        """Only the server took it for a turn: it is shown, not answered, and taken out of the conversation."""
        self._transcript.update(item_id, pending=False, note=ONLY_THE_SERVER)
        self._answers.repairs.forget_turn(item_id)

    def _acknowledgement(self) -> str:
        row = self._transcript.row(self._answers.interrupted_item)
        if row is None:
            return ""
        return acknowledgement(self._tuning.instructions, row.text, int(self._tuning.settings.acknowledge))

    def _words(self, event: se.InputTranscriptionDelta) -> None:
        row = self._transcript.row(event.item_id)
        if row is not None:
            self._transcript.update(event.item_id, text=row.text + event.delta)

    def _words_done(self, event: se.InputTranscriptionCompleted) -> None:
        text = event.transcript.strip()
        if text:
            self._transcript.update(event.item_id, text=text, pending=False)
        elif self._tuning.preset.server_turns:
            self._transcript.remove(event.item_id)  # idle noise makes turns without words: no line for them
        else:
            self._transcript.update(event.item_id, note=NOTHING_HEARD, pending=False)

    def _words_failed(self, event: se.InputTranscriptionFailed) -> None:
        reason = event.error.message or event.error.code or "no reason given"
        self._transcript.update(event.item_id, pending=False, note=f"not transcribed: {reason}")

"""The user's audio stream: buffered, watched by turn detection, cut into turns."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.audio.pcm import RATE, Pcm, samples_to_ms
from voice_tui.local.ids import new_id
from voice_tui.local.input_buffer import InputBuffer
from voice_tui.local.response_items import Emit
from voice_tui.local.speech_probability import SpeechProbability
from voice_tui.local.turn_detection import Mark, SpeechBegan, SpeechEnded, TurnDetector
from voice_tui.protocol.server_events import BufferCleared, SpeechStarted, SpeechStopped
from voice_tui.protocol.session import TurnDetection

SLICE = RATE  # samples judged in one go: a client may append minutes at once, and the loop has other clients


class Microphone:
    """Buffer and turn detector of one session, and the ``speech_*`` events.

    Args:
        probability: Judges the stream.
        settings: The session's ``turn_detection``.
        emit: Takes the events.
    """

    def __init__(self, probability: SpeechProbability, settings: TurnDetection | None, emit: Emit) -> None:
        self._buffer = InputBuffer()
        self._detector = TurnDetector(probability, settings)
        self._emit = emit
        self._item_id = new_id("item")  # of the turn at hand, or the next
        self._turn_start = 0

    @property
    def position(self) -> int:
        """Samples received since the session began."""
        return self._buffer.received

    @property
    def settings(self) -> TurnDetection | None:
        """How turns are found."""
        return self._detector.settings

    @settings.setter
    def settings(self, settings: TurnDetection | None) -> None:
        if settings is None:
            self._give_up()
        self._detector.settings = settings

    @property
    def speaking(self) -> bool:
        """Whether a turn is being spoken."""
        return self._detector.speaking

    @property
    def turn_so_far(self) -> Pcm:
        """The audio of the turn at hand."""
        return self._buffer.since(self._turn_start)

    def append(self, raw: bytes) -> Iterator[list[Mark]]:
        """Take audio in; gives what turn detection makes of it, slice by slice."""
        pcm = self._buffer.append(raw)
        for start in range(0, len(pcm), SLICE):
            yield self._detector.hear(pcm[start : start + SLICE])
        if self.settings is not None and not self.speaking:
            self._buffer.forget_before(self.position - self._detector.reach)

    def began(self, mark: SpeechBegan) -> None:
        """Announce a turn."""
        self._turn_start = mark.start
        self._emit(SpeechStarted(audio_start_ms=samples_to_ms(mark.start), item_id=self._item_id))

    def ended(self, mark: SpeechEnded) -> tuple[str, bytes]:
        """Announce a turn's end; gives its item id and its audio."""
        self._emit(SpeechStopped(audio_end_ms=samples_to_ms(mark.end), item_id=self._item_id))
        return self._next_id(), self._buffer.take(self._turn_start, mark.end)

    def finish(self, pause: int) -> SpeechEnded | None:
        """End the turn in this pause, unless the user has gone on since."""
        return self._detector.finish(pause)

    def commit(self) -> tuple[str, bytes]:
        """Cut the turn here by hand; gives its item id and its audio.

        Raises:
            ProtocolError: ``input_audio_buffer_commit_empty``.
        """
        audio = self._buffer.commit()
        self._detector.reset(self.position)
        return self._next_id(), audio

    def clear(self) -> None:
        """Forget what was said since the last turn."""
        self._give_up()
        self._buffer.clear()
        self._emit(BufferCleared())

    def _give_up(self) -> None:
        """Close a turn that will never be committed, so that no client waits for its end."""
        if self.speaking:
            self._emit(SpeechStopped(audio_end_ms=samples_to_ms(self.position), item_id=self._next_id()))
        self._detector.reset(self.position)

    def _next_id(self) -> str:
        item_id, self._item_id = self._item_id, new_id("item")
        return item_id

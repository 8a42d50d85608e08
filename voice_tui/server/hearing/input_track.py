"""The user's audio stream: buffered, watched by turn detection, cut into turns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE, Pcm, samples_to_ms, to_pcm
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.server_events import BufferCleared, InputSpeechStarted, InputSpeechStopped
from voice_tui.endpoints.realtime.wire.session import TurnDetection
from voice_tui.server.answers.items import Emit
from voice_tui.server.checks import new_id
from voice_tui.server.hearing.turn_detection import Mark, ServerVad, SpeechBegan, SpeechEnded
from voice_tui.speech.probability import SpeechProbability

MIN_COMMIT_MS = 100
MAX_MINUTES = 30  # kept of one client; an answer to it would come from no model


class InputBuffer:
    """Audio received and not yet committed."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._start = 0  # position of the first sample kept
        self._odd = b""  # half a sample, should a client ever split one

    @property
    def received(self) -> int:
        """Samples received since the session began: the clock of ``audio_start_ms`` and ``audio_end_ms``."""
        return self._start + len(self._raw) // BYTES_PER_SAMPLE

    def append(self, raw: bytes) -> Pcm:
        """Keep audio; gives it back as samples.

        Raises:
            ProtocolError: ``input_audio_buffer_full``: nothing was committed or cleared for too long.
        """
        if len(self._raw) + len(raw) > MAX_MINUTES * 60 * RATE * BYTES_PER_SAMPLE:
            message = f"The input audio buffer holds {MAX_MINUTES} minutes and takes no more: commit or clear it."
            raise ProtocolError("input_audio_buffer_full", message)
        whole = self._odd + raw
        self._odd = whole[len(whole) & ~1 :]
        whole = whole[: len(whole) & ~1]
        self._raw += whole
        return to_pcm(whole)

    def clear(self) -> None:
        """Forget everything; the clock goes on."""
        self.forget_before(self.received)

    def forget_before(self, position: int) -> None:
        """Forget what was received before a position (samples)."""
        drop = min(max(position, self._start), self.received) - self._start
        del self._raw[: drop * BYTES_PER_SAMPLE]
        self._start += drop

    def since(self, start: int) -> Pcm:
        """What was received from a position on, as far as it is kept."""
        at = max(start - self._start, 0) * BYTES_PER_SAMPLE
        return np.frombuffer(bytes(self._raw[at:]), "<i2").astype(np.int16, copy=False)

    def take(self, start: int, end: int) -> bytes:
        """Cut a turn out: gives ``start``..``end`` and forgets everything up to ``end``."""
        low, high = (max(position - self._start, 0) * BYTES_PER_SAMPLE for position in (start, end))
        turn = bytes(self._raw[low:high])
        self.forget_before(end)
        return turn

    def commit(self) -> bytes:
        """Take everything.

        Raises:
            ProtocolError: ``input_audio_buffer_commit_empty``: there is less than `MIN_COMMIT_MS`.
        """
        length_ms = len(self._raw) / BYTES_PER_SAMPLE * 1000 / RATE
        if length_ms < MIN_COMMIT_MS:
            message = (
                f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, "
                f"but buffer only has {length_ms:.2f}ms of audio."
            )
            raise ProtocolError("input_audio_buffer_commit_empty", message)
        return self.take(self._start, self.received)


SLICE = RATE  # samples judged in one go: a client may append minutes at once, and the loop has other clients


class InputTrack:
    """Buffer and turn detector of one session, and the ``speech_*`` events.

    Args:
        probability: Judges the stream.
        settings: The session's ``turn_detection``.
        emit: Takes the events.
    """

    def __init__(self, probability: SpeechProbability, settings: TurnDetection | None, emit: Emit) -> None:
        self._buffer = InputBuffer()
        self._detector = ServerVad(probability, settings)
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
    def item_id(self) -> str:
        """The item that the turn at hand will be, or the next one."""
        return self._item_id

    @property
    def turn_length(self) -> int:
        """Samples of the turn at hand."""
        return self.position - self._turn_start

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
        self._emit(InputSpeechStarted(audio_start_ms=samples_to_ms(mark.start), item_id=self._item_id))

    def ended(self, mark: SpeechEnded) -> tuple[str, bytes]:
        """Announce a turn's end; gives its item id and its audio."""
        self._emit(InputSpeechStopped(audio_end_ms=samples_to_ms(mark.end), item_id=self._item_id))
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
            self._emit(InputSpeechStopped(audio_end_ms=samples_to_ms(self.position), item_id=self._next_id()))
        self._detector.reset(self.position)

    def _next_id(self) -> str:
        item_id, self._item_id = self._item_id, new_id("item")
        return item_id

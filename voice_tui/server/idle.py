"""The idle timeout: how long the user may be silent after an answer has been heard to its end."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, ms_to_samples
from voice_tui.endpoints.realtime.wire.server_events import (
    BufferCommitted,
    InputSpeechStarted,
    OutputAudioDelta,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
)


class IdleTimer:
    """Estimates the end of playback and counts from there, on the clock of the audio received.

    Playback is taken to begin with an answer's first delta and to go on without a gap, as at any client that plays
    what it gets.
    """

    def __init__(self) -> None:
        self._played_until: int | None = None
        self._since: int | None = None
        self._aside: set[str] = set()  # answers out of band: nobody waits for them or talks after them

    def observe(self, event: ServerEvent, position: int) -> None:
        """See an event that is sent while ``position`` samples have been received."""
        if self._beside(event):
            return
        if isinstance(event, OutputAudioDelta):
            begin = position if self._played_until is None else self._played_until
            self._played_until = begin + len(event.delta) // BYTES_PER_SAMPLE
        elif isinstance(event, ResponseDone):
            self._since = max(position, self._played_until or 0)
        elif isinstance(event, ResponseCreated | InputSpeechStarted | BufferCommitted):
            self._since = self._played_until = None

    def _beside(self, event: ServerEvent) -> bool:
        """Whether an event belongs to an answer out of band."""
        if isinstance(event, ResponseCreated) and event.response.conversation_id is None:
            self._aside.add(event.response.id)
            return True
        if isinstance(event, ResponseDone) and event.response.id in self._aside:
            self._aside.discard(event.response.id)
            return True
        return isinstance(event, OutputAudioDelta) and event.response_id in self._aside

    def due(self, timeout_ms: int | None, position: int) -> int | None:
        """Where the silence began (samples), if it has lasted for ``timeout_ms`` by now; else None."""
        if timeout_ms is None or self._since is None or position - self._since < ms_to_samples(timeout_ms):
            return None
        return self._since

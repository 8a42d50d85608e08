"""One session of a load: its connection, its microphone, and what the server says on it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from gevent.event import Event

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.load.metronome import Metronome
from voice_tui.load.microphone import Microphone, Written
from voice_tui.load.tally import SESSIONS, Tally
from voice_tui.load.turns import Mark, Turn, Turns
from voice_tui.load.wire import Refused, Wire

HANDSHAKE = "handshake"
SESSION = "session"
CONFIGURED_S = 10.0
NOT_CONFIGURED = "not_configured"
_PIECES = (se.OutputAudioDelta, se.OutputAudioTranscriptDelta, se.OutputTextDelta, se.InputTranscriptionDelta)


class Session:
    """A connection that is configured and spoken into, from `open` to `close`.

    Args:
        endpoint: Where to.
        written: Makes the frames of an utterance, out of the connection's codec.
        metronome: Asks for the frames of the microphone.
        tally: Counts.
        tell: Takes what was measured.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        written: Callable[[Any], Written],
        metronome: Metronome,
        tally: Tally,
        tell: Callable[[Mark], None],
    ) -> None:
        family = FAMILIES[PROVIDERS[endpoint.provider].family]
        self._codec = family.codec(endpoint.url, endpoint.dialect or "", endpoint.deviations)
        self._wire = Wire(endpoint, self._take, self._ended)
        self._written, self._metronome, self._tally, self._tell = written, metronome, tally, tell
        self.turns = Turns(tell, self._turn_over)
        self.microphone: Microphone | None = None
        self.over = ""
        """Why it is over, "" as long as it is not."""
        self.quiet_until = 0.0
        """A budget of the endpoint's is used up until then, s on the clock of `perf_counter`."""
        self._created = self._configured = self._audible = False
        self._changed = Event()

    def open(self, config: SessionConfig, moment: int) -> None:
        """Connect, configure, and open the microphone at a moment of the metronome's.

        Raises:
            Refused: No session came of it.
        """
        began = perf_counter()
        try:
            self._wire.open()
            opened = perf_counter()
            self._tell(Mark(HANDSHAKE, opened - began))
        except Refused as error:
            self._tell(Mark(HANDSHAKE, perf_counter() - began, error.code))
            raise
        self.wait(lambda: self._created, CONFIGURED_S)
        self.send(ce.SessionUpdate(session=config))
        if not self.wait(lambda: self._configured, CONFIGURED_S):
            code = self.over or NOT_CONFIGURED
            self._tell(Mark(SESSION, perf_counter() - opened, code))
            self.close()
            raise Refused(code)
        self._tell(Mark(SESSION, perf_counter() - opened))
        self._tally.counts[SESSIONS] += 1
        self._tally.open += 1
        self.microphone = Microphone(self._written(self._codec), self._wire.send, perf_counter())
        self._metronome.add(self.microphone, moment)

    def close(self) -> None:
        """Hang up."""
        self._silence()
        self._wire.close()
        self.over = self.over or "closed"

    def send(self, event: ce.ClientEvent) -> None:
        """Send an event, as the endpoint's wire has it."""
        self._wire.send(self._codec.encode(event))

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; False: the session is over, or it is not so after so many seconds."""
        deadline = perf_counter() + seconds
        while not until():
            left = deadline - perf_counter()
            if self.over or left <= 0:
                return False
            self._changed.clear()
            self._changed.wait(left)
        return True

    def cut(self) -> None:
        """Say how much was heard of the answer that the user talks over, or has stopped."""
        turn = self.turns.interrupted
        self.turns.interrupted = None
        if turn is not None and turn.item and turn.first_audio is not None:
            heard_s = min(perf_counter() - turn.first_audio, turn.answer_samples / RATE)
            self.send(ce.ConversationItemTruncate(item_id=turn.item, content_index=0, audio_end_ms=int(heard_s * 1000)))

    # ---- what happens

    def _take(self, raw: bytes) -> None:
        now = perf_counter()
        event = self._codec.decode(raw)
        self.turns.receive(event, now)
        match event:
            case se.SessionCreated():
                self._created = True
            case se.SessionUpdated():
                self._configured = True
            case se.InputSpeechStarted():
                self.cut()
            case se.RateLimitsUpdated(rate_limits=limits):
                self._tally.budgets(limits)
                empty = [limit.reset_seconds for limit in limits if limit.limit and not limit.remaining]
                self.quiet_until = max(self.quiet_until, now + max(empty, default=0.0))
        turn = self.turns.turn
        audible = turn is not None and turn.audible_at is not None
        if not isinstance(event, _PIECES) or audible != self._audible:
            self._changed.set()
        self._audible = audible

    def _ended(self, why: str) -> None:
        self.over = why
        self._silence()
        self._tell(Mark(f"error {why}", 0.0, why))
        self.turns.hung_up(why, perf_counter())
        self._changed.set()

    def _silence(self) -> None:
        if self.microphone is not None:
            self._metronome.remove(self.microphone)
            self.microphone = None
            self._tally.open -= 1

    def _turn_over(self, turn: Turn) -> None:
        if turn.outcome is not None:
            self._tally.counts[turn.outcome] += 1

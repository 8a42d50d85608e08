"""One session of a load: its connection, its microphone, and what the server says on it.

It sends as little as a client can: frames that were written for the wire once for all sessions, and the few events that
a talk needs. `WholeSession` is the same with all of a client.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeAlias

from gevent.event import Event
from msgspec import UNSET

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, ResponseParams
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.load.microphone import Microphone
from voice_tui.load.run import Run
from voice_tui.load.tally import SESSIONS
from voice_tui.load.turns import Mark, Turn, Turns
from voice_tui.load.wire import Refused, Wire

HANDSHAKE = "handshake"
SESSION = "session"
CONFIGURED_S = 10.0
NOT_CONFIGURED = "not_configured"
Call: TypeAlias = Callable[[str, str], str]
"""Carries out a tool: name, arguments → output."""
_PIECES = (se.OutputAudioDelta, se.OutputAudioTranscriptDelta, se.OutputTextDelta, se.InputTranscriptionDelta)


class Session:
    """A connection that is configured and spoken into, from `open` to `close`.

    Args:
        run: What the sessions of a process share.
        config: How it is to be.
        tell: Takes what was measured.
    """

    def __init__(self, run: Run, config: SessionConfig, tell: Callable[[Mark], None]) -> None:
        endpoint = run.endpoint
        family = FAMILIES[PROVIDERS[endpoint.provider].family]
        self._run, self._config, self._tell = run, config, tell
        self._codec = family.codec(endpoint.url, endpoint.dialect or "", endpoint.deviations)
        self._wire = Wire(endpoint, self._take, self._ended)
        self.turns = Turns(tell, self._turn_over)
        self.microphone: Microphone[Any] | None = None
        self.over = ""
        """Why it is over, "" as long as it is not."""
        self.quiet_until = 0.0
        """A budget of the endpoint's is used up until then, s on the clock of `perf_counter`."""
        self._created = self._configured = self._audible = False
        self._changed = Event()

    def open(self, moment: int) -> None:
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
        self._configure()
        if not self.wait(lambda: self._configured, CONFIGURED_S):
            code = self.over or NOT_CONFIGURED
            self._tell(Mark(SESSION, perf_counter() - opened, code))
            self.close()
            raise Refused(code)
        self._tell(Mark(SESSION, perf_counter() - opened))
        self._run.tally.counts[SESSIONS] += 1
        self._run.tally.open += 1
        self.microphone = self._microphone(perf_counter())
        self._run.metronome.add(self.microphone, moment)

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

    # ---- what its user does, where it does not speak

    def type(self, words: str, params: ResponseParams | None) -> None:
        """Send what the user has written, and ask for its answer."""
        content = [ContentPart("input_text", text=words)]
        self.send(ce.ConversationItemCreate(item=Item("message", role="user", content=content)))
        self.ask(params)

    def ask(self, params: ResponseParams | None = None) -> None:
        """Ask for an answer."""
        self.send(ce.ResponseCreate(response=UNSET if params is None else params))
        self.turns.asked(perf_counter())

    def stop(self) -> None:
        """Stop the answer, and say how much of it was heard."""
        self.send(ce.ResponseCancel())
        self.turns.interrupted = self.turns.turn
        self._cut()

    def carry_out(self, turn: Turn, call: Call) -> None:
        """Carry out what the model calls, tell it what came of it, and ask for the answer to that."""
        calls, turn.calls = turn.calls, []
        for item in calls:
            output = call(given(item.name, ""), given(item.arguments, ""))
            self.send(ce.ConversationItemCreate(item=Item("function_call_output", call_id=item.call_id, output=output)))
        self.ask()

    # ---- how

    def _configure(self) -> None:
        """Say how the session is to be; `_configured` once it is."""
        self.wait(lambda: self._created, CONFIGURED_S)
        self.send(ce.SessionUpdate(session=self._config))

    def _microphone(self, now: float) -> Microphone[Any]:
        return Microphone(self._run.written(self._codec), self._wire.send, now)

    def _react(self, event: object, now: float) -> None:
        """Do what a client does when it hears this."""
        match event:
            case se.SessionCreated():
                self._created = True
            case se.SessionUpdated():
                self._configured = True
            case se.InputSpeechStarted():
                self._cut()

    def _cut(self) -> None:
        """Say how much was heard of the answer that the user talks over, or has stopped."""
        turn = self.turns.interrupted
        self.turns.interrupted = None
        if turn is not None and turn.item and turn.first_audio is not None:
            heard_s = min(perf_counter() - turn.first_audio, turn.answer_samples / RATE)
            self.send(ce.ConversationItemTruncate(item_id=turn.item, content_index=0, audio_end_ms=int(heard_s * 1000)))

    def _take(self, raw: bytes) -> None:
        now = perf_counter()
        event = self._codec.decode(raw)
        self.turns.receive(event, now)
        self._react(event, now)
        if isinstance(event, se.RateLimitsUpdated):
            self._run.tally.budgets(event.rate_limits)
            empty = [limit.reset_seconds for limit in event.rate_limits if limit.limit and not limit.remaining]
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
            self._run.metronome.remove(self.microphone)
            self.microphone = None
            self._run.tally.open -= 1

    def _turn_over(self, turn: Turn) -> None:
        if turn.outcome is not None:
            self._run.tally.counts[turn.outcome] += 1

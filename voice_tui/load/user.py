"""A user of a realtime endpoint, for Locust: it speaks in real time, listens, interrupts, and tells how each turn went.

    class Caller(RealtimeUser):
        @task
        def asks(self) -> None:
            self.say("What time is it?")
            self.await_answer()

Run it by ``voice-tui load URL --scenario FILE``, or by ``locust -f FILE --host ws://127.0.0.1:8765/v1/realtime``. The
microphone is open all the time: a frame of 20 ms leaves 50 times a second, with silence where nobody speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Any

import gevent
from locust import User
from locust.exception import StopUser
from locust.runners import STATE_CLEANUP, STATE_STOPPED
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING
from msgspec import UNSET

from voice_tui.endpoints.realtime.wire.items import ResponseParams
from voice_tui.endpoints.realtime.wire.session import (
    AudioInput,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
)
from voice_tui.load.hooks import run_of
from voice_tui.load.metronome import TICKS
from voice_tui.load.session import Session
from voice_tui.load.speech import Utterance, spoken
from voice_tui.load.tally import BEGUN, TURNED_AWAY
from voice_tui.load.tally import LIMITED as LIMITED_COUNT
from voice_tui.load.turns import LIMITED, TIMED_OUT, Mark, Outcome, Turn
from voice_tui.load.wire import Refused
from voice_tui.messages.profile import DEFAULT_INSTRUCTIONS, Profile
from voice_tui.messages.tools import ToolSpec

RETRY_S = 5.0
"""A user that was turned away tries again after so long, unless it is told another time."""
STOP_LOOK_S = 0.5
OVER = (STATE_CLEANUP, STATE_STOPPED)
SPREAD_S = 1.0
"""Locust starts all users of a second at once, and ends all that wait at once: each does so at a moment of its own."""


class RealtimeUser(User):  # type: ignore[misc]  # Locust's classes have no types
    """One session at a time, and who speaks in it.

    Attributes:
        patience_s: An answer may take so long; after that its turn counts as lost.
        silence_ms: After so much of it the server ends a turn.
        listens_s: An answer is listened to for so long at most.
        instructions: The system prompt; None: the server's own.
        tools: What the model may call, as on the wire; `call` carries it out.
        transcription: The model that writes down what is said; None: nobody reads it.
        preset: Its sessions are held by all of a client, as the console has it, which takes turns so: ``server-vad`` or
            ``semantic-vad``. "": as ``--preset`` says; where that says nothing they send what a talk needs.
    """

    abstract = True
    patience_s = 30.0
    silence_ms = 500
    listens_s = 4.0
    instructions: str | None = None
    tools: tuple[dict[str, Any], ...] = ()
    transcription: str | None = None
    preset = ""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._run = run_of(environment)
        self.chance: Random = self._run.chance()
        """Every accident of this user's: the same for the same seed."""
        self._moment = self.chance.randrange(TICKS)
        self._begins_s = self.chance.uniform(0.0, SPREAD_S)
        self._session: Session | None = None

    # ---- what scenarios are made of

    @property
    def session(self) -> Session:
        """The session, opened where there is none: who is turned away waits, and tries again."""
        begins_s, self._begins_s = self._begins_s, 0.0
        self._try_later(begins_s)
        while self._session is None or self._session.over:
            session = self._new_session()
            try:
                session.open(self._moment)
            except Refused as error:
                self._run.tally.counts[TURNED_AWAY] += 1
                wait_s = error.retry_after_s if error.retry_after_s is not None else RETRY_S
                self._try_later(wait_s * self.chance.uniform(1.0, 1.5))  # not all of them at once
            else:
                self._session = session
                self._run.opened()
        return self._session

    def say(self, words: str | Utterance, *, kind: str = "") -> Turn:
        """Begin to say something: a turn, which the server ends once it hears silence.

        Over an answer that can be heard it is an interruption; the server is told how much of it was heard.
        """
        session, barged = self._ready(), self.sounding
        assert session.microphone is not None, "it is open"
        begins, ends = session.microphone.speak(spoken(words) if isinstance(words, str) else words)
        self._run.tally.counts[BEGUN] += 1
        kind = kind or ("barge-in" if barged else "spoken")
        return session.turns.begin(kind, begins, spoken_until=ends, barged=barged)

    def type(self, words: str, *, kind: str = "typed", params: ResponseParams | None = None) -> Turn:
        """Send a written turn and ask for its answer."""
        session = self._ready()
        self._run.tally.counts[BEGUN] += 1
        turn = session.turns.begin(kind, perf_counter())
        session.type(words, params)
        return turn

    def ask(self, *, kind: str = "greeting") -> Turn:
        """Ask for an answer without a word of one's own."""
        session = self._ready()
        self._run.tally.counts[BEGUN] += 1
        turn = session.turns.begin(kind, perf_counter())
        session.ask()
        return turn

    def interrupt(self) -> None:
        """Stop the answer by a key: cancel it, and say how much of it was heard."""
        if (session := self._session) is not None and not session.over:
            session.stop()
            session.turns.give_up(Outcome.ANSWERED, "", perf_counter())

    def await_answer(self) -> Turn:
        """Wait until the turn is over, answer what the model calls, and listen.

        What did not become an answer is counted and told to Locust; nothing is raised for it.
        """
        turn, session = self._turn
        while turn.outcome is None:
            self._wait(session, lambda: turn.outcome is not None or bool(turn.calls))
            if turn.calls:
                session.carry_out(turn, self.call)
        self.pause(min(max(0.0, turn.played_until - perf_counter()), self.listens_s))
        return turn

    def await_sound(self, seconds: float = 0.0) -> bool:
        """Wait until the answer has been heard for so long; False: it is over, or there is none."""
        turn, session = self._turn
        self._wait(session, lambda: turn.outcome is not None or turn.audible_at is not None)
        if turn.audible_at is not None:
            self.pause(max(0.0, turn.audible_at + seconds - perf_counter()))
        return self.sounding

    @property
    def sounding(self) -> bool:
        """An answer can be heard."""
        turn = self._session.turns.turn if self._session is not None else None
        return (
            turn is not None and turn.audible_at is not None and turn.audible_at <= perf_counter() < turn.played_until
        )

    def pause(self, seconds: float) -> None:
        """Let time pass; the microphone goes on."""
        gevent.sleep(seconds)

    def call(self, name: str, arguments: str) -> str:
        """Carry out what the model calls.

        Args:
            name: A tool's.
            arguments: JSON, as it came.

        Returns:
            Its output, for the model.
        """
        return "done"

    def on_stop(self) -> None:
        """Locust ends this user: what is under way stays unfinished."""
        if self._session is not None:
            self._session.turns.give_up(Outcome.UNFINISHED, "", perf_counter())
            try:
                gevent.sleep(self.chance.uniform(0.0, SPREAD_S))
            finally:  # it may have to go at once
                self._session.close()

    # ---- how

    def _new_session(self) -> Session:
        if not (preset := self.preset or self._run.preset):
            return Session(self._run, self._config(), self._told)
        from voice_tui.load.whole import WholeSession  # it brings the whole engine, which few need

        return WholeSession(self._run, self._told, self._profile(), preset, self.silence_ms, self.call)

    def _profile(self) -> Profile:
        tools = tuple(
            ToolSpec(tool["name"], tool.get("description", ""), tool.get("parameters", {})) for tool in self.tools
        )
        instructions = DEFAULT_INSTRUCTIONS if self.instructions is None else self.instructions
        return Profile(instructions, transcription_model=self.transcription or "", greeting="", tools=tools)

    def _config(self) -> SessionConfig:
        detection = TurnDetection("server_vad", silence_duration_ms=self.silence_ms)
        reads = Transcription(model=self.transcription) if self.transcription else UNSET
        config = SessionConfig(
            type="realtime", audio=SessionAudio(input=AudioInput(turn_detection=detection, transcription=reads))
        )
        if self.instructions is not None:
            config.instructions = self.instructions
        if self.tools:
            config.tools = list(self.tools)
        return config

    def _try_later(self, seconds: float) -> None:
        """Wait until the next try.

        Raises:
            StopUser: The run is over meanwhile.
        """
        until = perf_counter() + seconds
        while (left := until - perf_counter()) > 0:
            if self._state == LOCUST_STATE_STOPPING:
                raise StopUser
            gevent.sleep(min(left, STOP_LOOK_S))

    def _ready(self) -> Session:
        """The session, once its endpoint's budgets allow another turn.

        Raises:
            StopUser: The run is over meanwhile.
        """
        if self._woke_up_late:
            raise StopUser
        session = self.session
        self._try_later(session.quiet_until - perf_counter())
        return self.session

    @property
    def _woke_up_late(self) -> bool:
        """Its pause was over in the moment in which Locust ended all that paused: what it begins would be cut off."""
        ends = self._state == LOCUST_STATE_RUNNING and self.environment.runner.state in OVER
        return ends and (self._session is None or self._session.turns.open is None)

    @property
    def _turn(self) -> tuple[Turn, Session]:
        session = self._session
        assert session is not None, "say or type something first"
        assert session.turns.turn is not None, "say or type something first"
        return session.turns.turn, session

    def _wait(self, session: Session, until: Callable[[], bool]) -> None:
        turn = session.turns.turn
        assert turn is not None, "it was begun"
        spoken_s = max(0.0, (turn.spoken_until or 0.0) - perf_counter())
        if not session.wait(until, spoken_s + self.patience_s):
            session.turns.give_up(Outcome.LOST, TIMED_OUT, perf_counter())

    def _told(self, mark: Mark) -> None:
        self._run.tell(self.environment, mark)
        if mark.code in LIMITED:
            self._run.tally.counts[LIMITED_COUNT] += 1

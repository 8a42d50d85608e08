"""The turns of one session, and how long each of their parts took. Pure: the time is an argument, s on any clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from voice_tui.audio.stream.audible import Audibility
from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE, to_pcm
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.endpoints.realtime.wire.session import given

FIRST_AUDIO = "commit→first audio"
FIRST_AUDIBLE = "speech end→first audible"
YIELD = "yield"
TURN = "turn"
NOT_HEARD = "not_heard"
TIMED_OUT = "timeout"
UNNAMED = "unnamed"

REFUSALS = frozenset({"server_overloaded", "rate_limit_exceeded", "session_limit_reached", "insufficient_quota"})
"""Codes by which a server says that it has no room, and not that something is wrong."""
LIMITED = frozenset({"rate_limit_exceeded", "429"})
"""Of these, what a provider says where a limit of the account is reached."""
HARMLESS = frozenset({"response_cancel_not_active"})
"""The answer was over before the word that should stop it had arrived."""


class Outcome(StrEnum):
    """What became of a turn."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that was measured.

    Attributes:
        name: What.
        seconds: How long it took.
        code: Why it failed, "" where it did not.
    """

    name: str
    seconds: float
    code: str = ""


@dataclass(slots=True)
class Turn:
    """One turn of the user and its answer.

    Attributes:
        kind: ``spoken``, ``typed``, ``barge-in`` or ``tool``.
        began: When its first sound was said, or it was sent.
        spoken_until: When its last audible sound will have been said; None: it was typed.
        barged: It began over an answer.
        committed: When the server said that it had the turn, or the request for an answer left.
        response: The id of its answer.
        first_audio: When the answer's first sound came.
        answer_samples: So much of it has come.
        audible_at: When the first sound that can be heard would be played.
        calls: Functions that the answer calls and that nobody has answered yet.
        outcome: None while it is under way.
        code: Why it was not answered.
    """

    kind: str
    began: float
    spoken_until: float | None = None
    barged: bool = False
    heard_at: float | None = None
    committed: float | None = None
    response: str = ""
    item: str = ""
    first_audio: float | None = None
    answer_samples: int = 0
    audible_at: float | None = None
    calls: list[Item] = field(default_factory=list)
    outcome: Outcome | None = None
    code: str = ""
    _audibility: Audibility = field(default_factory=Audibility)

    def answer_begins(self, response: str) -> None:
        """Another answer is being made for it; what came of the one before does not count."""
        self.response, self.item = response, ""
        self.first_audio = self.audible_at = None
        self.answer_samples, self._audibility = 0, Audibility()

    def sounds(self, item: str, pcm: bytes, now: float) -> None:
        """Some of the answer came. It is played from then on without a gap, as far as it is there."""
        self.item = item
        if self.first_audio is None:
            self.first_audio = now
        self.answer_samples += len(pcm) // BYTES_PER_SAMPLE
        if self.audible_at is None:
            self._audibility.feed(to_pcm(pcm[: len(pcm) & ~1]))
            if (first := self._audibility.first) is not None:
                self.audible_at = max(now, self.first_audio + first / RATE)

    @property
    def played_until(self) -> float:
        """When the sound that has come will have been played; 0 where none came."""
        return 0.0 if self.first_audio is None else self.first_audio + self.answer_samples / RATE


Tell: TypeAlias = Callable[[Mark], None]


class Turns:
    """What happens to the turns of one session.

    Args:
        tell: Takes what was measured of a turn, once it is over, and every error of the server's.
        over: Takes each turn that is over.
    """

    def __init__(self, tell: Tell, over: Callable[[Turn], None] = lambda turn: None) -> None:
        self._tell, self._over = tell, over
        self.turn: Turn | None = None
        """The one under way, or the last one."""
        self.interrupted: Turn | None = None
        """The one whose answer the user talks over, until the server has heard it."""
        self.hearing = False
        """The server hears somebody speak."""
        self.refusal = ""
        """By which code the server has said last that it has no room."""

    @property
    def open(self) -> Turn | None:
        """The turn that is under way."""
        return self.turn if self.turn is not None and self.turn.outcome is None else None

    def begin(self, kind: str, now: float, *, spoken_until: float | None = None, barged: bool = False) -> Turn:
        """A turn begins.

        Args:
            kind: See `Turn`.
            now: When its first sound is said, or it is sent.
            spoken_until: When its last audible sound will have been said; None: it is typed.
            barged: Somebody talks over an answer, which is answer enough by that.
        """
        self.give_up(Outcome.ANSWERED if barged else Outcome.UNFINISHED, "", now)
        self.interrupted = self.turn if barged else None
        self.turn = Turn(kind, now, spoken_until, barged)
        return self.turn

    def asked(self, now: float) -> None:
        """The request for an answer was sent."""
        if (turn := self.open) is not None:
            turn.committed = now

    def give_up(self, outcome: Outcome, code: str, now: float) -> None:
        """The turn under way, if there is one, will not be answered any more than it is."""
        if self.open is not None:
            self._close(outcome, now, code)

    # ---- what the server says

    def receive(self, event: object, now: float) -> None:
        """An event arrived."""
        turn = self.open
        match event:
            case se.InputSpeechStarted():
                self.hearing = True
                if turn is not None and turn.barged and turn.heard_at is None:
                    turn.heard_at = now
            case se.InputSpeechStopped():
                self.hearing = False
            case se.BufferCommitted() if turn is not None:
                turn.committed = now
            case se.ResponseCreated(response=response) if turn is not None and response.conversation_id is not None:
                turn.answer_begins(response.id)
            case se.OutputAudioDelta() if turn is not None and event.response_id == turn.response:
                turn.sounds(event.item_id, event.delta, now)
            case se.ResponseDone(response=response) if turn is not None and turn.response in (response.id, ""):
                self._done(turn, response, now)
            case se.Error(error=error):
                self._wrong(turn, error.code or error.type or UNNAMED, now)

    def _done(self, turn: Turn, response: Response, now: float) -> None:
        if response.status == "completed":
            turn.calls = [item for item in response.output if item.type == "function_call"]
            early = turn.spoken_until is not None and now < turn.spoken_until
            if not turn.calls and not early and not self.hearing:
                self._close(Outcome.ANSWERED, now)
        elif response.status != "cancelled" or not (self.hearing or turn.barged):
            code = _code(response)
            self._tell(Mark(f"error {code}", 0.0, code))
            self._close(Outcome.REFUSED if code in REFUSALS else Outcome.FAILED, now, code)

    def hung_up(self, code: str, now: float) -> None:
        """The connection is over: where the server had said that it has no room, that is why."""
        self.give_up(Outcome.REFUSED if self.refusal else Outcome.FAILED, self.refusal or code, now)

    def _wrong(self, turn: Turn | None, code: str, now: float) -> None:
        if code in HARMLESS:
            return
        self.refusal = code if code in REFUSALS else ""
        self._tell(Mark(f"error {code}", 0.0, code))
        if turn is not None and not turn.response:
            self._close(Outcome.REFUSED if code in REFUSALS else Outcome.FAILED, now, code)

    def _close(self, outcome: Outcome, now: float, code: str = "") -> None:
        turn = self.turn
        assert turn is not None, "somebody has begun it"
        turn.outcome, turn.code = outcome, code
        self._over(turn)
        if outcome is Outcome.UNFINISHED:  # the run is over: it says nothing of the server
            return
        if turn.barged:
            heard = turn.heard_at
            self._tell(Mark(YIELD, (heard or now) - turn.began, "" if heard else NOT_HEARD))
        if turn.first_audio is not None and turn.committed is not None:
            self._tell(Mark(FIRST_AUDIO, max(0.0, turn.first_audio - turn.committed)))
        if turn.audible_at is not None and turn.spoken_until is not None:
            self._tell(Mark(FIRST_AUDIBLE, max(0.0, turn.audible_at - turn.spoken_until)))
        self._tell(Mark(TURN, now - turn.began, f"{outcome}: {code}" if outcome is not Outcome.ANSWERED else ""))


def _code(response: Response) -> str:
    """Why an answer is none."""
    if not (details := given(response.status_details, None)):
        return response.status
    error = given(details.error, None)
    return (error.code or error.type if error else None) or given(details.reason, None) or response.status

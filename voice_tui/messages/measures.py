"""What is measured of turn-taking: where a measure begins, which moments it passes, and whose the time between is.

All moments of one measure lie on one clock, the talk's: ms since the loudspeaker started. The definitions stand in
docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np


class Origin(StrEnum):
    """Where a measure begins."""

    VOICE = "voice"
    """The user's voice, as our own ears heard it: its first sound over an answer, its last one in a turn."""
    SERVER = "server"
    """Our ears heard no such sound: what the endpoint says of it."""
    KEY = "key"
    """A key."""
    ENTER = "enter"
    """Enter behind a typed turn."""


class Moment(StrEnum):
    """The moments from the end of the user's turn to the answer's first sound, in the order in which they can come."""

    ENDED = "ended"
    DECIDED = "decided"
    """Somebody was sure that the turn is over."""
    COMMITTED = "committed"
    """It was sent; where the endpoint finds the turns: its word came."""
    RESTORED = "restored"
    """There was a connection again."""
    ASKED = "asked"
    """The answer was asked for; only where that waited."""
    CREATED = "created"
    """The endpoint began the answer."""
    TEXT = "text"
    """Its first word came."""
    AUDIO = "audio"
    """Its first audio came."""
    QUEUED = "queued"
    """That was queued for the loudspeaker."""
    PLAYED = "played"
    """Its first sample was at the converter."""
    AUDIBLE = "audible"
    """Its first 10 ms that can be heard were at the converter."""


class Spender(StrEnum):
    """Whose time it is."""

    TURN_TAKING = "turn-taking"
    ENDPOINT = "endpoint"
    HERE = "here"
    ANSWER = "answer"


class Part(NamedTuple):
    """The time between two moments, named by the second.

    Attributes:
        moment: Where it ends.
        start_ms, end_ms: ms since the end of the turn.
    """

    moment: Moment
    start_ms: int
    end_ms: int

    @property
    def ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms

    @property
    def words(self) -> str:
        """What is waited for."""
        return PARTS[self.moment][0]

    @property
    def spender(self) -> Spender:
        """Whose time it is."""
        return PARTS[self.moment][1]


PARTS: dict[Moment, tuple[str, Spender]] = {
    Moment.DECIDED: ("waited silence", Spender.TURN_TAKING),
    Moment.COMMITTED: ("turn sent", Spender.TURN_TAKING),
    Moment.RESTORED: ("no connection", Spender.ENDPOINT),
    Moment.ASKED: ("request held", Spender.TURN_TAKING),
    Moment.CREATED: ("answer begun", Spender.ENDPOINT),
    Moment.TEXT: ("first text", Spender.ENDPOINT),
    Moment.AUDIO: ("first audio", Spender.ENDPOINT),
    Moment.QUEUED: ("gathered", Spender.HERE),
    Moment.PLAYED: ("loudspeaker", Spender.HERE),
    Moment.AUDIBLE: ("leading silence", Spender.ANSWER),
}
"""By the moment that ends it: what a part is called, and whose it is."""


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """How long an answer took, from the end of the user's turn to the first 10 ms of it that can be heard.

    Attributes:
        number: Counts the timed turns of this conversation, from 1.
        item_id: The answer.
        origin: What marks the end of the turn.
        at_ms: The end of the turn, on the talk's clock.
        moments: (moment, ms since the end of the turn), in order of time; the last one is `Moment.AUDIBLE`.
        by: Who decided that the turn was over: ``local``, ``server``, ``key`` or ``text``.
        preset: How turns were taken.
        tools_ms: For so long of it tools were at work.
        round_trip_ms: The wire's part in whatever the endpoint was waited for: a ping there and back, the shortest of
            the last ones; None: none was answered.
    """

    number: int
    item_id: str
    origin: Origin
    at_ms: int
    moments: tuple[tuple[Moment, int], ...]
    by: str
    preset: str = ""
    tools_ms: int = 0
    round_trip_ms: float | None = None

    @property
    def audible_ms(self) -> int:
        """The whole."""
        return self.moments[-1][1] if self.moments else 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of, in order of time, without what took no time; their sum is the whole."""
        spans = (Part(moment, before, at) for (_, before), (moment, at) in pairwise(self.moments))
        return tuple(part for part in spans if part.ms)


@dataclass(frozen=True, slots=True)
class AnswerSupplied:
    """How the audio of an answer came, told when there is no more of it.

    Attributes:
        item_id: The answer.
        underruns: How often everything that had come was played before more came.
        jitter_ms: By how much the time between two pieces differs from the audio in the first of them, smoothed over 16
            pieces as RFC 3550 does it. What comes faster than it is played has that, too.
        ahead_ms: So much audio at least lay ready when the next piece came; below 0 it came too late. None: one piece.
        gathered_ms: How much was asked to be gathered before it was played.
    """

    item_id: str
    underruns: int
    jitter_ms: float
    ahead_ms: int | None
    gathered_ms: int


@dataclass(frozen=True, slots=True)
class UserSpoke:
    """The user said something, by our own ears, whoever takes the turns: told once it is over, pauses joined.

    Attributes:
        start_ms, end_ms: Its first sound, and behind its last one, on the talk's clock.
    """

    start_ms: int
    end_ms: int


def percentile(values: Sequence[float], percent: float) -> float:
    """So many per cent of the values, of which there is one at least, are no greater; interpolated."""
    return float(np.percentile(values, percent))


MeasureNotice: TypeAlias = TurnTimed | AnswerSupplied | UserSpoke

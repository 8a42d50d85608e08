"""What has happened in a talk so far, and what of it an expectation is about."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from voice_tui.plain_text import one_line
from voice_tui.scenario.events import EVENTS, TEXT, Event
from voice_tui.scenario.model import BEGIN, END, START

LEDGER = 1_200  # how often an answer's sound was counted lately: two minutes of it
SHOWN = 12  # events in the account of a failure
QUOTED = 60  # letters of a text in it
SOUNDS_MS = 100  # an answer's sound is counted so often: less may be over by now
NOTHING_YET = "the start"


@dataclass(frozen=True, slots=True)
class Said:
    """What was heard of the user.

    Attributes:
        begins, ends: When it could be heard, s.
        kind: What it is for the measures; None: a turn.
    """

    begins: float
    ends: float
    kind: str | None = None


class Counted(NamedTuple):
    """The sound of an answer at a moment.

    Attributes:
        t: When, s.
        answer: Which.
        received_ms, heard_ms: How much of it had come, and had been heard.
    """

    t: float
    answer: str
    received_ms: int
    heard_ms: int


@dataclass(slots=True)
class Timeline:
    """Events in order, and what the user did.

    Attributes:
        events: What has happened.
        said: What was heard of the user, in order.
        start: When the first step began, s.
        begin, end: When the last step of the user began and ended, s.
        deed: What it was, a few words.
        counted: The sound of answers, as far as it is remembered.
    """

    events: list[Event] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    start: float = 0.0
    begin: float = 0.0
    end: float = 0.0
    deed: str = NOTHING_YET
    counted: deque[Counted] = field(default_factory=lambda: deque(maxlen=LEDGER))

    def began(self, t: float) -> None:
        """The first step begins."""
        self.start = self.begin = self.end = t

    def did(self, deed: str, begin: float, end: float) -> None:
        """The user has done something; what happens counts from its beginning on."""
        self.deed, self.begin, self.end = deed, begin, end

    def origin(self, since: str) -> tuple[float, float] | None:
        """From when on events count, and what their time is counted from, s; None: that event has not happened."""
        if since == START:
            return self.start, self.start
        if since in (BEGIN, END):
            return self.begin, self.begin if since == BEGIN else self.end
        found = [event.t for event in self.of(since, self.begin)]
        return (found[-1], found[-1]) if found else None

    def of(self, name: str, since: float) -> Iterator[Event]:
        """The events of a name that happened from then on, in order."""
        return (event for event in self.after(since) if event.name == name)

    def after(self, since: float) -> Iterator[Event]:
        """The events that happened from then on, in order."""
        return islice(self.events, bisect_left(self.events, since, key=lambda event: event.t), None)

    def unheard_ms(self, since: float) -> int:
        """So much sound of an answer that was counted from then on has come and is still to be heard."""
        last = self.counted[-1] if self.counted else None
        return 0 if last is None or last.t < since else last.received_ms - last.heard_ms

    def sound(self, at: float) -> str:
        """How much of the answer there was to be interrupted then, a few words; "" where there was no answer."""
        last = next((each for each in reversed(self.counted) if each.t <= at), None)
        if last is None:
            return ""
        had = f"the answer had {last.received_ms / 1000:.1f} s of sound by then"
        if last.received_ms - last.heard_ms < SOUNDS_MS:
            return f"{had}, and all of it had been heard"
        return f"{had}, and {last.heard_ms / 1000:.1f} s of it had been heard"

    def words(self, since: str) -> str:
        """What time is counted from."""
        if since == START:
            return "the start"
        if since in (BEGIN, END):
            part = "the beginning" if since == BEGIN else "the end"
            return f"{part} of {self.deed}" if self.deed != NOTHING_YET else self.deed
        return since

    def account(self, since: float, origin: float) -> str:
        """What happened, one line."""
        told = [*self.after(since)]
        if not told:
            return "nothing happened"
        left_out = f"({len(told) - SHOWN} before) " if len(told) > SHOWN else ""
        return left_out + ", ".join(said(event, origin) for event in told[-SHOWN:])

    def lines(self) -> list[str]:
        """Everything that happened, a line each, from the first step on."""
        return [said(event, self.start) for event in self.events]


def said(event: Event, origin: float) -> str:
    """An event and when it was, in a few words."""
    return f"{event.name} {(event.t - origin) * 1000:+,.0f} ms{detail(event)}"


def detail(event: Event) -> str:
    """What tells an event from others of its name, in brackets; "" for nothing."""
    shown = [name for name in (TEXT, "source", "name", "failed", "audio_end_ms") if name in EVENTS[event.name][1]]
    words = ", ".join(f"{one_line(str(event.values[name]), QUOTED)!r}" for name in shown if name in event.values)
    return f" ({words})" if words else ""

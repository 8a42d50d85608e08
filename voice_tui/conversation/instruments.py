"""The instruments of turn-taking: stages of an interruption, time to an answer, two detectors compared, totals."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.inputs import DropsCounted
from voice_tui.messages.link import CountersChanged
from voice_tui.messages.talk import TurnTimed
from voice_tui.messages.turns import DetectorsCompared, InterruptionTimed, Stage, StageReached

LAST = {Stage.TRUNCATED, Stage.RESUME}  # behind these nothing more is expected
PATIENCE_S = 5.0  # an event that comes later belongs to something else


class Waterfall:
    """Collects the stages of one voice over the assistant at a time."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._number = 0
        self._onset: float | None = None
        self._answer = ""
        self._steps: dict[Stage, int] = {}

    @property
    def open(self) -> bool:
        """A voice is being followed."""
        return self._onset is not None and self._outbox.now - self._onset < PATIENCE_S

    def begin(self, answer: str, ago_ms: int = 0) -> None:
        """A voice began ``ago_ms`` ago, over the answer ``answer``."""
        self._number += 1
        self._onset = self._outbox.now - ago_ms / 1000
        self._answer = answer
        self._steps = {}
        self.reach(Stage.ONSET, at_ms=-ago_ms)

    def reach(self, stage: Stage, *, at_ms: int = 0) -> None:
        """A stage was reached, now or ``at_ms`` from now; each counts once."""
        if not self.open or stage in self._steps or self._onset is None:
            return
        self._steps[stage] = max(0, round((self._outbox.now - self._onset) * 1000) + at_ms)
        self._outbox.notify(StageReached(stage, max(0, self._outbox.heard_ms + at_ms)))
        steps = tuple(sorted(self._steps.items(), key=lambda step: step[1]))
        self._outbox.notify(InterruptionTimed(self._number, self._answer, steps, Stage.RESUME in self._steps))
        if stage in LAST:
            self._onset = None

    def stopped(self, answer: str, *, cancels: bool) -> None:
        """The decision: whoever made it, the answer is being stopped."""
        if not self.open:
            self.begin(answer)
        self.reach(Stage.CONFIRM)
        if cancels:
            self.reach(Stage.CANCEL)


@dataclass(slots=True)
class TurnTimer:
    """Three moments of the answer to the last turn; each counts once."""

    _ended: float | None = None
    _created: float | None = None
    _first_audio: float | None = None
    answer: str | None = None
    """The answer whose first sound is waited for."""

    def turn_ended(self, now: float) -> None:
        """The user's turn was committed or typed."""
        self._ended, self._created, self._first_audio, self.answer = now, None, None, None

    def created(self, now: float) -> None:
        """The answer begins to be made."""
        if self._ended is not None and self._created is None:
            self._created = now

    def audio_arrived(self, now: float, answer: str) -> None:
        """A piece of the answer's audio arrived."""
        if self._created is not None and self._first_audio is None:
            self._first_audio, self.answer = now, answer

    def sounded(self, outbox: Outbox) -> None:
        """The answer's first sample was handed to the device: the turn is timed."""
        if self._ended is None or self._created is None or self._first_audio is None or self.answer is None:
            return
        moments = (self._created, self._first_audio, outbox.now)
        created, first_audio, first_sound = (round((t - self._ended) * 1000) for t in moments)
        outbox.notify(TurnTimed(self.answer, created, first_audio, first_sound))
        self.forget()

    def forget(self) -> None:
        """No answer is to be timed (it was interrupted or failed)."""
        self._ended, self._created, self._first_audio, self.answer = None, None, None, None


PAIR_S = 1.5  # onsets further apart are not about the same voice
KEPT = 50  # pairs that the median looks at


class Comparison:
    """Pairs onsets by when they were decided, on the driver's clock."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._open: dict[str, float] = {}  # source -> its onset that has no partner yet
        self._leads: deque[int] = deque(maxlen=KEPT)
        self._pairs = self._alone = 0

    def onset(self, source: str) -> None:
        """``local`` or ``server`` heard the user begin, now."""
        other = "server" if source == "local" else "local"
        now = self._outbox.now
        partner = self._open.pop(other, None)
        if partner is not None and now - partner <= PAIR_S:
            lead = now - partner if source == "server" else partner - now
            self._leads.append(round(lead * 1000))
            self._pairs += 1
            self._tell()
            return
        if partner is not None:
            self._alone += 1
        if self._open.pop(source, None) is not None:
            self._alone += 1
            self._tell()
        self._open[source] = now

    def tick(self) -> None:
        """An onset that has waited too long stays alone."""
        for source, at in list(self._open.items()):
            if self._outbox.now - at > PAIR_S:
                del self._open[source]
                self._alone += 1
                self._tell()

    def _tell(self) -> None:
        lead = round(median(self._leads)) if self._leads else None
        self._outbox.notify(DetectorsCompared(lead, self._pairs, self._alone))


COUNTERS_S = 0.25  # four times a second can be read


class Counted(Protocol):
    """What is counted where it happens; see `Shared`."""

    interruptions: int
    truncations: int
    inaudible: int


class Counters:
    """Running totals, told when they change."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._drops = 0
        self._told, self._due = CountersChanged(), 0.0

    def receive(self, counted: DropsCounted) -> None:
        """So much was lost so far."""
        self._drops = counted.total

    def tell(self, counted: Counted) -> None:
        """Tell what there is of each by now."""
        counters = CountersChanged(counted.interruptions, counted.truncations, self._drops, counted.inaudible)
        if counters != self._told and self._outbox.now >= self._due:
            self._told, self._due = counters, self._outbox.now + COUNTERS_S
            self._outbox.notify(counters)

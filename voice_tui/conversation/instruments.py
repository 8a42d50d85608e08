"""The instruments of turn-taking: stages of an interruption, two detectors compared, totals."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Protocol

from voice_tui.conversation.origins import Origins
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.inputs import DropsCounted
from voice_tui.messages.link import CountersChanged
from voice_tui.messages.measures import Origin
from voice_tui.messages.talk import Interrupted
from voice_tui.messages.turns import DetectorsCompared, InterruptionTimed, Stage, StageReached

_ORDER = {stage: i for i, stage in enumerate(Stage)}
LAST = {Stage.TRUNCATED, Stage.RESUME}  # behind these nothing more is expected
BEGAN_BY = {Origin.VOICE: "local", Origin.SERVER: "server", Origin.KEY: "key", Origin.ENTER: "text"}
PATIENCE_MS = 5_000  # an event that comes later belongs to something else


class Waterfall:
    """Collects the stages of one voice over the assistant at a time, all from one origin."""

    def __init__(self, outbox: Outbox, origins: Origins) -> None:
        self._outbox, self._origins = outbox, origins
        self.number = 0
        """That of the voice that is followed, or was last."""
        self._at_ms: int | None = None  # the origin; None: nothing is followed
        self._origin = Origin.VOICE
        self._answer, self._by = "", ""
        self._steps: dict[Stage, int] = {}

    @property
    def open(self) -> bool:
        """A voice is being followed."""
        return self._at_ms is not None and self._outbox.ms - self._at_ms < PATIENCE_MS

    def suspect(self, answer: str, at_ms: float) -> None:
        """Our own ears found a voice over an answer, in a frame that the microphone heard at ``at_ms`` of its clock."""
        self._begin(answer, *self._origins.of_sound(at_ms))

    def _begin(self, answer: str, origin: Origin, at_ms: int) -> None:
        self.number += 1
        self._origin, self._at_ms, self._answer, self._by = origin, min(at_ms, self._outbox.ms), answer, ""
        self._steps = {}
        self.reach(Stage.ONSET, self._at_ms)

    def reach(self, stage: Stage, at_ms: int | None = None) -> None:
        """A stage was reached, now or then on the talk's clock; each counts once."""
        if not self.open or stage in self._steps or self._at_ms is None:
            return
        at_ms = self._outbox.ms if at_ms is None else max(at_ms, self._at_ms)
        self._steps[stage] = at_ms - self._at_ms
        self._outbox.notify(StageReached(stage, at_ms, self._whose(stage)))
        steps = tuple(sorted(self._steps.items(), key=lambda step: (step[1], _ORDER[step[0]])))
        resumed = Stage.RESUME in self._steps
        self._outbox.notify(
            InterruptionTimed(self.number, self._answer, steps, resumed, self._origin, self._at_ms, self._by)
        )
        if stage in LAST:
            self._at_ms = None

    def _whose(self, stage: Stage) -> str:
        return BEGAN_BY[self._origin] if stage is Stage.ONSET else self._by if stage is Stage.CONFIRM else ""

    def stopped(self, answer: str, source: str, *, cancelled: bool) -> None:
        """The decision: whoever made it, the answer is being stopped.

        Args:
            answer: Its row.
            source: Who decided.
            cancelled: The endpoint was told to stop it.
        """
        if not self.open or answer != self._answer:
            self._begin(answer, *self._origins.of_cut(source))
        self._by = source
        self.reach(Stage.CONFIRM)
        at_ms = self._outbox.ms if self._at_ms is None else self._at_ms
        self._outbox.notify(Interrupted(answer, source, cancelled, self._outbox.ms, self.number, self._origin, at_ms))


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
    failed: int


class Counters:
    """Running totals, told when they change."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._drops = 0
        self._told, self._due = CountersChanged(), 0.0

    def receive(self, counted: DropsCounted) -> None:
        """The devices have lost so much so far."""
        self._drops = counted.total

    def tell(self, counted: Counted) -> None:
        """Tell what there is of each by now."""
        counters = CountersChanged(
            counted.interruptions, counted.truncations, self._drops, counted.inaudible, counted.failed
        )
        if counters != self._told and self._outbox.now >= self._due:
            self._told, self._due = counters, self._outbox.now + COUNTERS_S
            self._outbox.notify(counters)

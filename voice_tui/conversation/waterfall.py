"""What each stage of an interruption took, from the onset of the voice to the server's word."""

from __future__ import annotations

from voice_tui.conversation.bus import Bus
from voice_tui.conversation.turn_notices import InterruptionTimed, Stage, StageReached

LAST = {Stage.TRUNCATED, Stage.RESUME}  # behind these nothing more is expected
PATIENCE_S = 5.0  # an event that comes later belongs to something else


class Waterfall:
    """Collects the stages of one voice over the assistant at a time."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._number = 0
        self._onset: float | None = None
        self._item_id = ""
        self._steps: dict[Stage, int] = {}

    @property
    def open(self) -> bool:
        """A voice is being followed."""
        return self._onset is not None and self._bus.now - self._onset < PATIENCE_S

    def begin(self, item_id: str, ago_ms: int = 0) -> None:
        """A voice began ``ago_ms`` ago, over the answer ``item_id``."""
        self._number += 1
        self._onset = self._bus.now - ago_ms / 1000
        self._item_id = item_id
        self._steps = {}
        self.reach(Stage.ONSET, at_ms=-ago_ms)

    def reach(self, stage: Stage, *, at_ms: int = 0) -> None:
        """A stage was reached, now or ``at_ms`` from now; each counts once."""
        if not self.open or stage in self._steps or self._onset is None:
            return
        self._steps[stage] = max(0, round((self._bus.now - self._onset) * 1000) + at_ms)
        self._bus.notify(StageReached(stage, max(0, self._bus.heard_ms + at_ms)))
        steps = tuple(sorted(self._steps.items(), key=lambda step: step[1]))
        self._bus.notify(InterruptionTimed(self._number, self._item_id, steps, Stage.RESUME in self._steps))
        if stage in LAST:
            self._onset = None

    def stopped(self, item_id: str, *, cancels: bool) -> None:
        """The decision: whoever made it, the answer is being stopped."""
        if not self.open:
            self.begin(item_id)
        self.reach(Stage.CONFIRM)
        if cancels:
            self.reach(Stage.CANCEL)

"""Topics: does the user still talk about the same thing?

Every finished turn gets a vector from the driver. A turn of the user whose cosine distance is beyond the threshold both
from the running topic and from each of the latest turns is of another topic. The topic is an exponentially weighted
mean, so it drifts with the conversation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.context import Embed, How, TopicChanged
from voice_tui.messages.context_settings import ContextSettings, Mode
from voice_tui.messages.talk import Row

Vector: TypeAlias = NDArray[np.float64]

WEIGHT = 0.3  # of the newest turn in the topic: about the last six turns count
COMPARED = 6  # latest turns that a new one is compared with: coming back to one of them is no change


@dataclass(frozen=True, slots=True)
class _Pivot:
    item_id: str
    before: Vector  # the topic that it left


class Topics:
    """Follows the topic.

    Args:
        outbox: Of the conversation.
        settings: Where the settings stand.
        changed: Called with the turn that changed the topic, in mode auto.
    """

    def __init__(self, outbox: Outbox, settings: Callable[[], ContextSettings], changed: Callable[[str], None]) -> None:
        self._outbox, self._settings, self._changed = outbox, settings, changed
        self._sent: set[str] = set()
        self._waiting: dict[str, Row] = {}
        self._topic: Vector | None = None
        self._latest: deque[Vector] = deque(maxlen=COMPARED)
        self._pivot: _Pivot | None = None

    @property
    def pivot(self) -> str:
        """The turn that changed the topic, as long as nothing was decided about it; "" for none."""
        return self._pivot.item_id if self._pivot else ""

    def observe(self, rows: Iterable[Row]) -> None:
        """Look at the transcript: a turn that is finished is sent to be embedded, once."""
        settings = self._settings()
        if settings.topic_mode is Mode.OFF:
            return
        new = [row for row in rows if _finished(row) and row.item_id not in self._sent]
        self._sent |= {row.item_id for row in new}
        for row in new[-COMPARED:]:  # when it is switched on late, what was said long ago does not matter
            if row.role == "assistant" or len(row.text.split()) >= settings.topic_min_words:
                self._waiting[row.item_id] = row
                self._outbox.command(Embed(row.item_id, row.text))

    def receive(self, key: str, vector: Sequence[float] | Vector | None) -> None:
        """A turn's vector, of any length but always the same; None: there is none, and the turn does not count."""
        row = self._waiting.pop(key, None)
        unit = None if vector is None else _unit(vector)
        if row is None or unit is None or (self._topic is not None and unit.shape != self._topic.shape):
            return
        if row.role == "user" and self._topic is not None:
            distance = self._distance(unit, self._topic)
            if distance > self._settings().topic_threshold:
                self._turn_to(row, unit, distance)
                return
        self._follow(unit)

    def _distance(self, unit: Vector, topic: Vector) -> float:
        others = [topic / (np.linalg.norm(topic) or 1.0), *self._latest]
        return float(min(1.0 - unit @ other for other in others))

    def _follow(self, unit: Vector) -> None:
        self._topic = unit if self._topic is None else (1 - WEIGHT) * self._topic + WEIGHT * unit
        self._latest.append(unit)

    def _turn_to(self, row: Row, unit: Vector, distance: float) -> None:
        assert self._topic is not None
        mode = self._settings().topic_mode
        self._pivot = _Pivot(row.item_id, self._topic)
        self._topic = unit
        self._latest.append(unit)
        choices = tuple(How) if mode is Mode.ASK else ()
        self._outbox.notify(TopicChanged(row.item_id, round(distance, 3), row.text, choices))
        if mode is Mode.AUTO:
            self._changed(row.item_id)
            self._pivot = None

    def decide(self, how: How) -> str:
        """The user has decided what becomes of the old topic; gives the turn that changed it, "" for none."""
        pivot, self._pivot = self._pivot, None
        if how is How.CARRY_ON:
            if pivot is not None and self._topic is not None:
                self._topic = (pivot.before + self._topic) / 2  # both belong together
        else:
            self._latest.clear()
        return pivot.item_id if pivot else ""


def _finished(row: Row) -> bool:
    return row.role in ("user", "assistant") and bool(row.text) and not row.pending


def _unit(vector: Sequence[float] | Vector) -> Vector | None:
    """The vector with length one; None for what has no direction."""
    array = np.asarray(vector, np.float64)
    length = float(np.linalg.norm(array)) if array.ndim == 1 and array.size else 0.0
    return array / length if np.isfinite(length) and length > 0 else None

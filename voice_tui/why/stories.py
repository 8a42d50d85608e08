"""Follows the notices and keeps what may be asked about: the last cuts, false alarms, and answers that came late."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeAlias

from voice_tui.messages.evidence import VoiceTraced
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import Row, RowChanged, RowRemoved, SettingsChanged, Truncated
from voice_tui.messages.turns import InterruptionTimed

KEPT = 50  # of each kind
SLOW_MS = 1_500
"""An answer that is heard so long after the turn is slow: people answer each other within half a second."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A voice over an answer, whatever came of it.

    Attributes:
        timed: Its stages.
        preset: How turns were taken.
        traced: What our ears went by; None where somebody else decided, or not yet.
        truncated: What the server was told, and has answered.
        answer: The row of the answer, as it stands.
    """

    timed: InterruptionTimed
    preset: str = ""
    traced: VoiceTraced | None = None
    truncated: Truncated | None = None
    answer: Row | None = None

    @property
    def at_ms(self) -> int:
        """When it began, on the talk's clock."""
        return self.timed.at_ms


@dataclass(frozen=True, slots=True)
class Wait:
    """An answer that came late, or that was held.

    Attributes:
        timed: Its moments.
        held: The request was held back since the turn did not sound finished.
    """

    timed: TurnTimed
    held: bool = False

    @property
    def at_ms(self) -> int:
        """When the turn ended, on the talk's clock."""
        return self.timed.at_ms

    @property
    def waited(self) -> bool:
        """The request went out later than it was decided, for whatever reason."""
        return any(part.moment is Moment.ASKED for part in self.timed.parts)


Story: TypeAlias = Cut | Wait


@dataclass(slots=True)
class Stories:
    """The last of them."""

    _cuts: dict[int, Cut] = field(default_factory=dict)
    _waits: deque[Wait] = field(default_factory=lambda: deque(maxlen=KEPT))
    _rows: RowOrder = field(default_factory=RowOrder)
    _preset: str = ""
    _holds: bool = False

    def observe(self, notice: Notice) -> None:
        """Follow what was told."""
        match notice:
            case RowChanged() | RowRemoved():
                self._rows.observe(notice)
            case SettingsChanged():
                self._preset = notice.preset
                self._holds = "hold_ms" in notice.active and notice.settings.hold_ms > 0
            case InterruptionTimed():
                cut = self._cuts.get(notice.number) or Cut(notice, self._preset)
                self._keep(replace(cut, timed=notice))
            case VoiceTraced():
                if (known := self._cuts.get(notice.number)) is not None:
                    self._keep(replace(known, traced=notice))
            case Truncated():
                self._truncated(notice)
            case TurnTimed():
                wait = Wait(notice)
                if self._holds and wait.waited and notice.origin is not Origin.ENTER:
                    wait = replace(wait, held=True)
                if wait.held or notice.audible_ms >= SLOW_MS:
                    self._waits.append(wait)
            case _:
                pass

    def _truncated(self, notice: Truncated) -> None:
        """It belongs to the last voice that stopped that answer."""
        for cut in reversed(self._cuts.values()):
            if cut.timed.item_id == notice.item_id and not cut.timed.resumed:
                self._keep(replace(cut, truncated=notice))
                break

    def _keep(self, cut: Cut) -> None:
        self._cuts[cut.timed.number] = cut
        while len(self._cuts) > KEPT:
            del self._cuts[next(iter(self._cuts))]

    def __iter__(self) -> Iterator[Story]:
        """In order of time; what came of the answers' rows is that of now."""
        found: list[Story] = [replace(cut, answer=self._rows.get(cut.timed.item_id)) for cut in self._cuts.values()]
        return iter(sorted(chain(found, self._waits), key=lambda story: story.at_ms))

    def __len__(self) -> int:
        return len(self._cuts) + len(self._waits)

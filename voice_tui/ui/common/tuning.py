"""Moves of knobs that can be taken back, and two sets of them to compare; no widget, nothing is sent from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.knobs import KNOBS, TurnSettings
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import SettingsChanged
from voice_tui.settings.tuned import SETS, KnobSet, Tuned, with_knobs

ONE_MOVE_S = 1.0  # a drag, or a key held down: what follows on the same knob within this belongs to the same move
COMING_S = 2.0  # so long what was asked for here may take to come


class Tuning:
    """Follows where the knobs stand, whoever turned them.

    Args:
        clock: Seconds.
        tuned: What was saved.

    Attributes:
        tuned: What was saved last.
        at: The set in use.
    """

    def __init__(self, clock: Callable[[], float], tuned: Tuned) -> None:
        self._clock = clock
        self.tuned = tuned
        self.at = tuned.at
        self._sets = dict(tuned.sets)
        self._now: KnobSet | None = None
        self._past: list[tuple[KnobSet, KnobSet]] = []  # before and after each move
        self._future: list[tuple[KnobSet, KnobSet]] = []
        self._moved_at = -ONE_MOVE_S
        self._coming: KnobSet | None = None  # asked for here, and no move of the user's
        self._asked_at = 0.0

    # ---- what is told

    def told(self, notice: SettingsChanged) -> None:
        """The knobs stand so now."""
        before, now = self._now, KnobSet(notice.preset, notice.settings)
        self._now = now
        if self._coming is not None:
            late = self._clock() - self._asked_at > COMING_S
            if now == self._coming or late:
                self._coming = None
            if not late:
                return
        if before is None or before.preset != now.preset or before.settings == now.settings:
            return
        moved, at = _differing(before.settings, now.settings), self._clock()
        if self._past and at - self._moved_at < ONE_MOVE_S:
            first, last = self._past[-1]
            if last == before and _differing(first.settings, last.settings) == moved:
                before = first
                self._past.pop()
        self._moved_at = at
        self._past.append((before, now))
        self._future.clear()

    @property
    def now(self) -> KnobSet | None:
        """Where the knobs stand; None before it was told."""
        return self._now

    def rest(self, preset: str) -> TurnSettings:
        """Where the knobs of a preset stand while nobody turns them: as saved, else as the preset has them."""
        return self.tuned.knobs.get(preset) or PRESETS[preset].settings

    @property
    def unsaved(self) -> list[str]:
        """Knobs of the preset in use that do not stand where they were saved: where each stands, and where it was."""
        if self._now is None or self._now.preset not in PRESETS:
            return []
        now, rest, acting = self._now.settings, self.rest(self._now.preset), PRESETS[self._now.preset].knobs
        turned = [(name, knob) for name, knob in KNOBS.items() if name in _differing(now, rest) & acting]
        return [
            f"{knob.label} {knob.format(getattr(now, name))} (was {knob.format(getattr(rest, name))})"
            for name, knob in turned
        ]

    # ---- back and forth

    @property
    def can_undo(self) -> bool:
        """There is a move to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """There is a move that was taken back."""
        return bool(self._future)

    def undo(self) -> list[Request]:
        """Take the last move back."""
        if not self._past:
            return []
        move = self._past.pop()
        self._future.append(move)
        return self._towards(move[0])

    def redo(self) -> list[Request]:
        """Make the move again that was taken back."""
        if not self._future:
            return []
        move = self._future.pop()
        self._past.append(move)
        return self._towards(move[1])

    def reset(self) -> list[Request]:
        """All knobs as they were saved; from there, as the preset has them. It can be undone."""
        if self._now is None:
            return []
        saved = self.rest(self._now.preset)
        goal = KnobSet(self._now.preset, saved if self._now.settings != saved else PRESETS[self._now.preset].settings)
        if goal == self._now:
            return []
        return self.take(goal)

    def take(self, goal: KnobSet) -> list[Request]:
        """All knobs as somebody recommends them. It can be undone."""
        if self._now is None or goal == self._now:
            return []
        self._past.append((self._now, goal))
        self._future.clear()
        self._moved_at = -ONE_MOVE_S
        return self._towards(goal)

    def keep(self, goal: KnobSet) -> Tuned:
        """What was saved, with these knobs, to be written; from here on that is where they were."""
        begins = {**self.tuned.start, "preset": goal.preset}
        kept = with_knobs(self.tuned, goal.preset, goal.settings)
        self.tuned = Tuned(begins, kept.knobs, kept.sets, kept.at)
        return self.tuned

    # ---- two sets

    @property
    def compares(self) -> bool:
        """There are two sets."""
        return len(self._sets) > 1

    def flip(self) -> list[Request]:
        """The other set; the first time it begins as a copy of this one."""
        if self._now is None:
            return []
        self._sets[self.at] = self._now
        self.at = SETS[1 - SETS.index(self.at)]
        goal = self._sets.setdefault(self.at, self._now)
        return self._towards(goal)

    # ---- to be kept

    def saved(self, **start: str) -> Tuned:
        """Everything as it stands, to be written; from here on it is where the knobs were.

        Args:
            start: What else the next start begins with, see `START`; "" leaves it as it was saved.
        """
        now = self._now
        if now is None:
            return self.tuned
        self._moved_at = -ONE_MOVE_S  # what is turned now is a move of its own, however soon
        if self.compares:
            self._sets[self.at] = now
        kept = with_knobs(self.tuned, now.preset, now.settings)
        begins = {**kept.start, "preset": now.preset, **{name: value for name, value in start.items() if value}}
        self.tuned = Tuned(begins, kept.knobs, dict(self._sets) if self.compares else {}, self.at)
        return self.tuned

    def _towards(self, goal: KnobSet) -> list[Request]:
        """What is to be asked for."""
        now = self._now
        assert now is not None
        self._coming, self._asked_at = (goal if goal != now else None), self._clock()
        if goal.preset != now.preset:
            names = PRESETS[goal.preset].knobs
            moves = [ChangeSetting(name, getattr(goal.settings, name)) for name in sorted(names)]
            return [SelectPreset(goal.preset), *moves]
        return [
            ChangeSetting(name, getattr(goal.settings, name))
            for name in sorted(_differing(now.settings, goal.settings))
        ]


def _differing(one: TurnSettings, other: TurnSettings) -> set[str]:
    return {each.name for each in fields(TurnSettings) if getattr(one, each.name) != getattr(other, each.name)}

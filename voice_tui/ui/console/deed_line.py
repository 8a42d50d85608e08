"""The line of what can be done with all knobs; each is a click, too."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.settings.tuned import SETS
from voice_tui.ui.common.state import State
from voice_tui.ui.console.knob_deeds import KnobDeeds

_SHOWN = (("undo", "undo"), ("redo", "redo"), ("flip", ""), ("save", "save"), ("copy", "copy"))
_SHOWN_LOW = (("undo", "undo"), ("more", ""))
"""Deed and its word, in order; where there is little room only the second ones. A recording is only unfolded."""


class DeedLine(Widget):
    """Keys and words; what can't be done now is faint.

    Args:
        state: Has the keys and the moves.
        deeds: Says what can be done.
    """

    auto_links = False

    def __init__(self, state: State, deeds: KnobDeeds) -> None:
        super().__init__(id="deeds")
        self._state, self._deeds = state, deeds
        self._low, self._folded, self._unfolded = False, 0, False
        self._drawn: tuple[object, ...] = ()

    def show(self, low: bool, folded: int, *, unfolded: bool) -> None:
        """Take over how much room there is, and how many knobs are folded; draw what is other than it was."""
        self._low, self._folded, self._unfolded = low, folded, unfolded
        able = tuple(self._can(deed) for deed, _ in self._deeds_here)
        drawn = (low, folded, unfolded, able, self._sets)
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh(layout=low)

    def _can(self, deed: str) -> bool:
        return bool(self._folded or self._unfolded) if deed == "more" else self._deeds.can(deed)

    @property
    def _deeds_here(self) -> tuple[tuple[str, str], ...]:
        shown = _SHOWN_LOW if self._low else _SHOWN
        return tuple(each for each in shown if each[0] == "more") if self._state.replayed else shown

    @property
    def _sets(self) -> str:
        """The two sets, the one in use in brackets; before there are two: what the key begins."""
        tuning = self._state.tuning
        return "".join(f"[{name}]" if name == tuning.at else f" {name} " for name in SETS) if tuning.compares else "A/B"

    def render(self) -> Content:
        """Deeds in order."""
        parts = []
        for deed, word in self._deeds_here:
            command = self._state.commands["copy-turn" if deed == "copy" else f"knobs.{deed}"]
            said = word or (self._sets if deed == "flip" else f"{self._folded} more" if self._folded else "fewer")
            if deed == "more" and not self._can(deed):
                continue
            colour = "$foreground" if self._can(deed) else "$muted 60%"
            words = f"{command.letter_name} {said}".strip()
            parts.append(Content.from_markup(f"[{colour}][@click=screen.knobs('{deed}')]$words[/][/]", words=words))
        return Content("  ").join(parts)

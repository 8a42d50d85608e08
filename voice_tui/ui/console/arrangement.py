"""Which panes of the console are seen, and how large: by the size of the screen and what was wished. No widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

BESIDE_FROM_CELLS = 100  # from this width on the ears stand beside the conversation, else below it
VAST_FROM_CELLS = 160
TALL_FROM_ROWS = 30  # from this height on card and scope have a place
LEAST_ROWS = 6  # of the conversation: frame and four lines; it is the last to go
CARD_ROWS, LINE_ROWS = 4, 1  # the last cut
SCOPE_ROWS, LEAST_SCOPE_ROWS = 7, 7
EARS_CELLS, VAST_EARS_CELLS, LEAST_EARS_CELLS = 44, 64, 40
EARS_ROWS, TALL_EARS_ROWS, LEAST_EARS_ROWS = 6, 11, 4
LEAST_TALK_CELLS = 40


class Pane(StrEnum):
    """The parts of the console that can be hidden."""

    TALK = "conversation"
    EARS = "ears"
    CUT = "last cut"
    SCOPE = "scope"


class Places(NamedTuple):
    """What is seen of each pane; 0 is nothing.

    Attributes:
        talk: Whether the conversation is seen.
        ears: Cells beside the conversation, else rows below it.
        cut: Rows.
        scope: Rows.
        beside: Conversation and ears stand side by side.
    """

    talk: bool
    ears: int
    cut: int
    scope: int
    beside: bool


@dataclass(slots=True)
class Wishes:
    """What the user has done to the panes.

    Attributes:
        hidden: Those that are not wanted.
        whole: The only one that is wanted.
        called: The scope is called up where it has no place of its own.
        ears_cells, ears_rows, scope_rows: Sizes; None: as they come.
    """

    hidden: set[Pane] = field(default_factory=set)
    whole: Pane | None = None
    called: bool = False
    ears_cells: int | None = None
    ears_rows: int | None = None
    scope_rows: int | None = None

    def toggle(self, pane: Pane) -> None:
        """Hide it, or show it."""
        self.hidden ^= {pane}


def scope_has_a_place(width: int, height: int) -> bool:
    """Whether the scope is seen without being called."""
    return width >= BESIDE_FROM_CELLS and height >= TALL_FROM_ROWS


def arrange(width: int, height: int, rows: int, wishes: Wishes) -> Places:
    """The places of all panes.

    Args:
        width: Of the screen.
        height: Of the screen.
        rows: What header, input line, status and keys leave over of the height.
        wishes: What the user has done.
    """
    beside, tall = width >= BESIDE_FROM_CELLS, height >= TALL_FROM_ROWS
    if wishes.whole is not None:
        one = wishes.whole
        cells = (width if beside else rows) if one is Pane.EARS else 0
        return Places(one is Pane.TALK, cells, 0, rows if one is Pane.SCOPE else 0, beside)
    roomy = scope_has_a_place(width, height)
    cut = 0 if Pane.CUT in wishes.hidden else CARD_ROWS if roomy else LINE_ROWS
    scope = 0
    if wishes.called if not roomy else Pane.SCOPE not in wishes.hidden:
        scope = _within(wishes.scope_rows or SCOPE_ROWS, LEAST_SCOPE_ROWS, rows - cut - LEAST_ROWS)
    if Pane.EARS in wishes.hidden or (wishes.called and not roomy and not beside):
        ears = 0
    elif beside:
        usual = VAST_EARS_CELLS if width >= VAST_FROM_CELLS else EARS_CELLS
        ears = _within(wishes.ears_cells or usual, LEAST_EARS_CELLS, width - LEAST_TALK_CELLS)
    else:
        usual = TALL_EARS_ROWS if tall else EARS_ROWS
        ears = _within(wishes.ears_rows or usual, LEAST_EARS_ROWS, max(usual, rows - cut - scope - LEAST_ROWS))
    below = 0 if beside else ears
    if rows - cut - scope - below < LEAST_ROWS and below:
        ears = below = 0
    if rows - cut - scope < LEAST_ROWS and not wishes.called:
        scope = 0
    if rows - cut - scope < LEAST_ROWS:
        cut = 0
    return Places(True, ears, cut, scope, beside)


def _within(wanted: int, least: int, most: int) -> int:
    return max(least, min(wanted, most))

"""The list of the context as lines: columns by width, one line an item. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from voice_tui.messages.context import SUMMARY_HEADING, ContextItem, Kind
from voice_tui.ui.common.wording import duration, shorten
from voice_tui.ui.context.wording import ABSENT, CUT, KIND_LOOK, PINNED

Piece: TypeAlias = tuple[str, str]
"""Text and the name of its style (a component class of the table)."""

WIDE_FROM, VAST_FROM = 100, 150
MARKS_TITLE = "marks"
FIXED = frozenset({Kind.INSTRUCTIONS, Kind.TOOLS, Kind.FACTS, Kind.REST, Kind.NEXT})
"""Kinds that nobody said: they have no number, no age, and can't be pinned."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column; the words take what is left."""

    number: int
    who: int
    kind: int
    words: int
    tokens: int
    age: int
    marks: int

    @property
    def wide(self) -> bool:
        """Words instead of signs."""
        return self.kind > 2


def columns(width: int, marked: int = 0) -> Columns:
    """For a line of so many cells.

    Args:
        width: Cells.
        marked: Cells of the longest marks there are.
    """
    number, who, kind, tokens, age = (4, 12, 10, 8, 19) if width >= WIDE_FROM else (4, 10, 2, 7, 8)
    if width >= VAST_FROM:
        who = 16
    marks = 2 + max(len(MARKS_TITLE), marked)
    words = max(8, width - 2 - number - who - kind - tokens - age - marks)
    return Columns(number, who, kind, words, tokens, age, marks)


def header(c: Columns) -> str:
    """The titles."""
    kind = "kind" if c.wide else ""
    left = f"  {'#':<{c.number}}{'who':<{c.who}}{kind:<{c.kind}}{'words':<{c.words}}"
    return f"{left}{'tokens':>{c.tokens}}{'age':>{c.age}}  {MARKS_TITLE}"


def marked(items: Iterable[ContextItem], width: int) -> int:
    """Cells of the longest marks, in a line of so many cells."""
    wide = width >= WIDE_FROM
    return max((sum(cell_len(text) for text, _ in marks(item, wide=wide)) for item in items), default=0)


def line(item: ContextItem, number: int, turn: int, now: float, c: Columns, *, current: bool) -> list[Piece]:
    """One item.

    Args:
        item: What to draw.
        number: Its place among those that were said, from 1.
        turn: The newest turn.
        now: Seconds on the clock of ``item.at``.
        c: Columns.
        current: The cursor is here.
    """
    sign, word = KIND_LOOK[item.kind]
    who = "summary" if item.kind is Kind.SUMMARY else item.role if item.role in ("user", "assistant") else "muted"
    plain = "text" if item.in_server else "absent"
    tokens = f"{'' if item.exact else '≈ '}{item.tokens}"
    text = " ".join(words(item).split()) or ("…" if item.kind is Kind.SPOKEN else "")
    turns = None if item.kind is Kind.SUMMARY else turn - item.turn
    fixed = item.kind in FIXED
    ago = "" if fixed else age(turns, now - item.at, wide=c.wide)
    return [
        ("▸ " if current else "  ", "cursor"),
        (f"{'' if fixed else number:<{c.number}}", "muted"),
        (_fit(item.speaker, c.who), who if item.in_server else "absent"),
        (_fit(f"{sign} {word}" if c.wide else sign, c.kind), who if item.in_server else "absent"),
        (_fit(text, c.words), plain),
        (f"{tokens:>{c.tokens}}", plain),
        (f"{ago:>{c.age}}  ", "muted"),
        *marks(item, wide=c.wide),
    ]


def marks(item: ContextItem, *, wide: bool) -> list[Piece]:
    """What is special about it."""
    out: list[Piece] = []
    if item.pinned:
        out.append((f"{PINNED} pinned  " if wide else f"{PINNED} ", "pinned"))
    if item.cut is not None:
        heard, received = (duration(ms) for ms in item.cut)
        out.append((f"{CUT} {heard} of {received} s  " if wide else f"{CUT}{heard[:-1]}/{received[:-1]} ", "cut"))
    if not item.in_server:
        out.append((f"{ABSENT} not in server" if wide else ABSENT, "absent"))
    return out


def words(item: ContextItem) -> str:
    """What an item says, a summary without the line that tells the model what it is."""
    return item.text.removeprefix(SUMMARY_HEADING)


def age(turns: int | None, seconds: float, *, wide: bool) -> str:
    """How long ago: turns, where they are counted and there is room, and time."""
    s = max(0, int(seconds))
    n, unit = (s, "s") if s < 100 else (s // 60, "min") if s < 6000 else (s // 3600, "h")
    if turns is None or not wide:
        return f"{n:>2} {unit:<3}"
    return f"{turns} {'turn ' if turns == 1 else 'turns'} · {n:>2} {unit:<3}"


def _fit(text: str, cells: int) -> str:
    """Exactly so many cells, the last one empty."""
    short = shorten(text, cells - 1)
    return short + " " * (cells - cell_len(short))

"""How recordings are said and drawn: lines of text, without a widget."""

from __future__ import annotations

from textual.content import Content

from voice_tui.drivers.recording.summary import Summary
from voice_tui.messages.talk import Row
from voice_tui.plain_text import one_line
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.keys import Commands, shown_key

LEGEND: tuple[Section, ...] = (
    (
        "Recordings",
        (
            ("[$error]●[/]", "It is being made now."),
            ("[$warning]![/]", "It is not all that it should be: cut short, begun in mid-talk; the line says which."),
            ("cuts", "How often the AI was stopped."),
        ),
    ),
)
LONGEST = 100_000  # characters of what is said in one row
WHEN_CELLS, LENGTH_CELLS, SIZE_CELLS, COUNT_CELLS = 16, 8, 9, 7
LEAST_CELLS = 6  # of where it was held


def heading() -> Content:
    """Over the list."""
    figures = f"{'length':>{LENGTH_CELLS}}{'MB':>{SIZE_CELLS}}{'turns':>{COUNT_CELLS}}{'cuts':>{COUNT_CELLS}}"
    return Content.styled(f"   {'when':<{WHEN_CELLS}}{figures}   where and how", "bold $muted")


def line(what: Summary, cells: int) -> Content:
    """One recording; the sign says what the words at its end say too. Where there is no room, they stay longest."""
    sign, hue = ("●", "$error") if what.state == "at work" else ("!", "$warning") if what.marks else (" ", "$muted")
    when = what.when[:WHEN_CELLS].replace("T", " ")
    figures = (
        f"{what.length:>{LENGTH_CELLS}}{what.size / 1e6:>{SIZE_CELLS},.1f}"
        f"{what.turns:>{COUNT_CELLS}}{what.interruptions:>{COUNT_CELLS}}   "
    )
    room = cells - 2 - WHEN_CELLS - len(figures)
    marks = shorten(one_line(what.marks), room) if what.marks else ""
    room -= len(marks) + 2 if marks else 0
    where = " · ".join(filter(None, (what.endpoint, what.model, what.preset)))
    place = shorten(one_line(where), room) + "  " * bool(marks) if room >= LEAST_CELLS else ""
    return Content.assemble(
        (f"{sign} ", f"bold {hue}"), f"{when:<{WHEN_CELLS}}", figures, (place, "$muted"), (marks, hue)
    )


def broken(name: str, why: str, cells: int) -> Content:
    """One that can't be read."""
    return Content.assemble(("! ", "bold $warning"), shorten(one_line(f"{name}: {why}"), max(20, cells - 2)))


def empty(commands: Commands) -> str:
    """Where there is none."""
    return (
        "Nothing was recorded yet.\n"
        f"{shown_key(commands, 'record')} keeps the conversation from now on; voice-tui --record from its beginning."
    )


def words(rows: list[Row]) -> list[list[Piece]]:
    """What was said, a row a line, with the part that nobody heard marked."""
    lines: list[list[Piece]] = []
    for row in rows:
        lines.append([(one_line(row.said_by) or row.role, "head")])
        lines.append([("  " + (one_line(row.text, LONGEST) or "–"), "text")])
        if row.cut is not None:
            heard = f"cut at {row.cut.heard_ms / 1000:.2f} s of {row.cut.received_ms / 1000:.2f} s"
            lines.append(
                [(f"  ✂ {heard}" + (f"; unheard: {one_line(row.unheard, LONGEST)}" if row.unheard else ""), "muted")]
            )
        lines.append([("", "text")])
    return lines or [[("Nothing was said.", "muted")]]

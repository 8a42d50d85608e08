"""Devices as lines: a name, a level, a remark. No widget in here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from voice_tui.drivers.devices.names import Device, Kind, lasting_name, of_kind
from voice_tui.drivers.devices.watch import Sight
from voice_tui.messages.link import DevicesChanged
from voice_tui.plain_text import one_line
from voice_tui.ui.common.geometry import Bins
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import shorten

LEGEND: tuple[Section, ...] = (
    (
        "Devices",
        (
            ("[$accent]●[/]", "It is chosen."),
            ("[$you]████[/]", "How loud a microphone is now, -60 to 0 dBFS."),
            ("the system's own", "What the system's settings say; it is followed when they change."),
        ),
    ),
)
OWN = "the system's own"
LOOKING = "Looking for devices …"
NONE = {Kind.INPUT: "none; plug one in, it appears by itself", Kind.OUTPUT: "none; plug one in, it appears by itself"}
HEADS = {Kind.INPUT: "Microphones", Kind.OUTPUT: "Loudspeakers"}
LOW_DBFS = -60.0
_LEVEL_CELLS, _NUMBER_CELLS, _NAME_CELLS = 16, 9, 42
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Row:
    """One that can be chosen.

    Attributes:
        kind: What it is for.
        name: What chooses it, "" for the system's own.
        label: What it is called here.
        chosen: It is.
        dbfs: How loud it is; None: not known.
        remark: What else there is to say.
        bad: ... and it is bad news.
        there: It can be chosen now.
    """

    kind: Kind
    name: str
    label: str
    chosen: bool
    dbfs: float | None = None
    remark: str = ""
    bad: bool = False
    there: bool = True


def rows(sight: Sight, chosen: Mapping[Kind, str], using: DevicesChanged, own_dbfs: float | None) -> Iterator[Row]:
    """Microphones, then loudspeakers; each kind begins with the system's own.

    Args:
        sight: What there is.
        chosen: What is wanted.
        using: What the conversation uses.
        own_dbfs: How loud the microphone of the conversation is; None: it has none.
    """
    found = sight.devices or ()
    for kind in Kind:
        usable = of_kind(found, kind)
        names = {lasting_name(device, found, kind): device for device in usable}
        own = next((name for name, device in names.items() if device.default(kind)), "")
        wanted = chosen.get(kind, "")
        if usable:
            label = f"{OWN}: {own}" if own else OWN
            yield _row(kind, "", label, own, names, sight, wanted == "", using, own_dbfs)
        for name in names:
            meant = bool(wanted) and (wanted == name or wanted == str(names[name].index))
            yield _row(kind, name, name, name, names, sight, meant, using, own_dbfs)
        problem = using.mic_problem if kind is Kind.INPUT else using.speaker_problem
        if wanted and wanted not in names and not any(str(d.index) == wanted for d in usable):
            fits = problem or "part of a name"
            yield Row(kind, wanted, wanted, True, None, fits, bool(problem), there=not problem)


def _row(
    kind: Kind,
    name: str,
    label: str,
    device: str,
    names: Mapping[str, Device],
    sight: Sight,
    chosen: bool,
    using: DevicesChanged,
    own_dbfs: float | None,
) -> Row:
    used = using.mic if kind is Kind.INPUT else using.speaker
    in_use = bool(device) and names[device].name == used
    if kind is Kind.OUTPUT:
        return Row(kind, name, label, chosen, None, "in use" if in_use and chosen else "")
    dbfs, problem = sight.levels.get(device), sight.problems.get(device, "")
    if in_use and dbfs is None:
        dbfs, problem = own_dbfs, ""
    problem = problem.partition(repr(names[device].name))[2].strip() or problem if device else problem
    remark = problem or ("in use" if in_use and chosen else "")
    return Row(kind, name, label, chosen, dbfs, remark, bool(problem))


def head(kind: Kind) -> Content:
    """Over the rows of a kind."""
    return Content.styled(HEADS[kind], "bold $muted")


def line(row: Row, cells: int) -> Content:
    """One row; where there is no room the remark goes first."""
    name_cells = max(16, min(_NAME_CELLS, cells - 2 - _LEVEL_CELLS - _NUMBER_CELLS - 12))
    name = shorten(one_line(row.label), name_cells)
    left = Content.assemble(("● " if row.chosen else "  ", "bold $accent"), f"{name:<{name_cells}} ")
    middle = _level(row) if row.dbfs is not None or not row.bad else Content("")
    room = cells - left.cell_length - middle.cell_length
    remark = shorten(one_line(row.remark), max(0, room)) if row.remark else ""
    return left + middle + Content.styled(remark, "$warning" if row.bad else "$muted")


def _level(row: Row) -> Content:
    if row.dbfs is None:
        return Content(" " * (_LEVEL_CELLS + _NUMBER_CELLS) if row.kind is Kind.INPUT else "")
    whole, part = divmod(Bins(LOW_DBFS, 0.0, _LEVEL_CELLS).eighths(row.dbfs), 8)
    bar = "█" * whole + (_EIGHTHS[part] if part else "")
    number = f"{row.dbfs:>4.0f} dB" if row.dbfs > LOW_DBFS else "  quiet"
    return Content.assemble((bar, "$you"), ("·" * (_LEVEL_CELLS - len(bar)), "$muted"), f"{number:<{_NUMBER_CELLS}}")


def told(sight: Sight, tone: str) -> tuple[str, str]:
    """What is said below the list, and its colour.

    Args:
        sight: What there is.
        tone: On which loudspeaker the tone is played now, "" for none.
    """
    if sight.problem:
        return sight.problem, "$error"
    if sight.devices is None:
        return LOOKING, "$muted"
    if sight.tone_problem and not tone:
        return sight.tone_problem, "$error"
    return (f"♪ {one_line(tone)}", "$you") if tone else ("", "$muted")

"""What the user tuned and saved: knobs by preset, two sets to compare, and what the next start begins with.

``tuned.toml`` is written when the user says so, ``swept.toml`` by a sweep, and both may be edited by hand; what is
wrong in them is left out and said.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from voice_tui.messages.knobs import KNOBS, SettingError, TurnSettings, change
from voice_tui.messages.presets import PRESETS
from voice_tui.plain_text import one_line, quoted
from voice_tui.private_file import replace_private
from voice_tui.settings.files import table_of

T = TypeVar("T")
SETS = ("A", "B")
START = ("preset", "theme", "profile")
"""What a start begins with, where nothing else says it."""
SWEPT = "swept.toml"
"""Beside it: what the last sweep recommends, in the same form."""
SWEPT_HEAD = """# Written by voice-tui lab sweep: what it recommended last. In the conversation A applies and saves it.
"""
HEAD = """# Written by voice-tui when you save (s in the conversation); yours to edit.
# Flags, variables, .env, a profile and config.toml go before preset, theme and profile here.
"""


@dataclass(frozen=True, slots=True)
class KnobSet:
    """One way of taking turns, with its knobs."""

    preset: str
    settings: TurnSettings

    @property
    def words(self) -> str:
        """The preset, and what does not stand where it has it."""
        usual = PRESETS[self.preset].settings
        moved = [
            f"{knob.label} {knob.format(value)}"
            for knob in KNOBS.values()
            if (value := getattr(self.settings, knob.name)) != getattr(usual, knob.name)
        ]
        return f"{self.preset}, {', '.join(moved) or 'as it is'}"


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was saved.

    Attributes:
        start: What the next start begins with, by its name in `START`.
        knobs: Preset → where its knobs stand.
        sets: The sets that are compared, by their names in `SETS`.
        at: The one that was in use.
    """

    start: Mapping[str, str] = field(default_factory=dict)
    knobs: Mapping[str, TurnSettings] = field(default_factory=dict)
    sets: Mapping[str, KnobSet] = field(default_factory=dict)
    at: str = SETS[0]


class TunedFile:
    """The file.

    Args:
        path: Where it is; it need not be there.

    Attributes:
        tuned: What it says.
        problems: What was wrong in it, one line each.
        untold: What is wrong in what the last sweep recommends, as long as nobody has taken it by `swept_problems`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.untold: list[str] = []
        self.tuned, self.problems = read(path)
        self._known = self.tuned  # what whoever saves goes out from
        self._swept: KnobSet | None = None
        self._swept_changed = 0  # when the file was written that it was read from, ns

    def save(self, tuned: Tuned) -> None:
        """Write it anew, with what another console or an editor has changed in it since; of one knob ours counts.

        Raises:
            OSError: It can't be written, or was edited so that it can't be read any more: then it is left as it is.
        """
        there = Tuned()
        if self._path.exists():
            try:
                there = _read(table_of(self._path))[0]
            except ValueError as error:
                why = one_line(f"{self._path.name} can't be read any more ({error}), mend or delete it")
                raise OSError(errno.EINVAL, why) from error
        both = merged(self._known, tuned, there)
        replace_private(self._path, written(both).encode())
        self._known, self.tuned = tuned, both

    @property
    def recommended(self) -> KnobSet | None:
        """What the last sweep recommends; None: there was none."""
        path = self._path.with_name(SWEPT)
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        if changed != self._swept_changed:
            self._swept, self.untold = read_swept(path)
            self._swept_changed = changed
        return self._swept

    def swept_problems(self) -> list[str]:
        """What is wrong in that, one line each: once, and again when it was written anew."""
        _ = self.recommended  # read, if it was not
        untold, self.untold = self.untold, []
        return untold

    @property
    def news(self) -> KnobSet | None:
        """The same, as long as nothing was saved since."""
        best = self.recommended
        try:
            saved = self._path.stat().st_mtime_ns
        except OSError:
            return best
        return best if self._swept_changed > saved else None

    def recommend(self, best: KnobSet) -> None:
        """Keep what a sweep recommends, for the console.

        Raises:
            OSError: It can't be written.
        """
        text = written(Tuned(knobs={best.preset: best.settings}), SWEPT_HEAD)
        replace_private(self._path.with_name(SWEPT), text.encode())


def read(path: Path) -> tuple[Tuned, list[str]]:
    """What a file says, and what is wrong in it, one line each."""
    table, unread = _table(path)
    tuned, wrong = _read(table)
    return tuned, _named(path, unread + wrong)


def read_swept(path: Path) -> tuple[KnobSet | None, list[str]]:
    """What a sweep recommends, and what is wrong in its file, one line each.

    Where several presets stand in it, the first counts that is right, or of which something is.
    """
    best: KnobSet | None = None
    table, wrong = _table(path)
    for name, value in table.items():
        if name not in PRESETS:
            wrong.append(f"{name}: no such preset, there are {', '.join(PRESETS)}")
            continue
        tuned, misfits = _read({name: value})
        wrong += misfits
        settings = tuned.knobs.get(name)
        if settings is None or (misfits and settings == PRESETS[name].settings):
            continue
        if best is not None:
            wrong.append(f"{name}: only one preset is recommended, {best.preset} stands before it")
        best = best or KnobSet(name, settings)
    return best, _named(path, wrong)


def _table(path: Path) -> tuple[Mapping[str, Any], list[str]]:
    """What stands in a file, and why nothing can be read; one that is missing says nothing."""
    try:
        return table_of(path), []
    except (FileNotFoundError, NotADirectoryError):
        return {}, []
    except OSError as error:
        return {}, [f"file: {error.strerror or error}"]
    except ValueError as error:
        return {}, [f"file: {error}"]


def _named(path: Path, wrong: list[str]) -> list[str]:
    return [one_line(f"{path.name}: {why}") for why in wrong]


def _read(table: Mapping[str, Any]) -> tuple[Tuned, list[str]]:
    """The same of what stands in a file."""
    wrong: list[str] = []
    start: dict[str, str] = {}
    knobs: dict[str, TurnSettings] = {}
    sets: dict[str, KnobSet] = {}
    at = SETS[0]
    for name, value in table.items():
        allowed = _allowed(name, value)
        if allowed:
            wrong.append(f"{name}: {quoted(value)} is not allowed, {allowed}")
        elif name in START:
            start[name] = value
        elif name == "set":
            at = value
        elif name == "sets":
            sets = dict(_sets(value, wrong))
        else:
            knobs[name] = _settings(name, name, value, wrong)
    return Tuned(start, knobs, sets, at), wrong


def merged(known: Tuned, ours: Tuned, theirs: Tuned) -> Tuned:
    """What two have made of the same: where one of them changed nothing, what the other did counts; else ours."""

    def of(known: T, ours: T, theirs: T) -> T:
        return theirs if ours == known else ours

    def all_of(known: Mapping[str, T], ours: Mapping[str, T], theirs: Mapping[str, T]) -> dict[str, T]:
        names = dict.fromkeys((*theirs, *ours))
        found = {name: of(known.get(name), ours.get(name), theirs.get(name)) for name in names}
        return {name: each for name, each in found.items() if each is not None}

    def knobs(preset: str) -> TurnSettings:
        usual = PRESETS[preset].settings
        each = [tuned.knobs.get(preset, usual) for tuned in (known, ours, theirs)]
        return TurnSettings(**{name: of(*(getattr(settings, name) for settings in each)) for name in KNOBS})

    return Tuned(
        all_of(known.start, ours.start, theirs.start),
        {preset: knobs(preset) for preset in dict.fromkeys((*theirs.knobs, *ours.knobs))},
        all_of(known.sets, ours.sets, theirs.sets),
        of(known.at, ours.at, theirs.at),
    )


def _allowed(name: str, value: object) -> str:
    """What is allowed in place of a value, where it is not; "" where it is."""
    if name == "preset":
        return "" if isinstance(value, str) and value in PRESETS else f"give {', '.join(PRESETS)}"
    if name in START:
        return "" if isinstance(value, str) else "give a text in quotes"
    if name == "set":
        return "" if value in SETS else f"give {' or '.join(SETS)}"
    if name == "sets" or name in PRESETS:
        return "" if isinstance(value, dict) else f"give a table: [{name}{'.A' if name == 'sets' else ''}]"
    return f"there are {', '.join((*START, 'set', 'sets', *PRESETS))}"


def _sets(table: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, KnobSet]]:
    for name, value in table.items():
        preset = value.get("preset") if isinstance(value, dict) else None
        if name in SETS and isinstance(preset, str) and preset in PRESETS:
            values = {knob: number for knob, number in value.items() if knob != "preset"}
            yield name, KnobSet(preset, _settings(f"sets.{name}", preset, values, wrong))
        else:
            wrong.append(f"sets.{name}: give {' or '.join(SETS)}, with a preset of {', '.join(PRESETS)}")


def _settings(where: str, preset: str, values: Mapping[str, Any], wrong: list[str]) -> TurnSettings:
    settings = PRESETS[preset].settings
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            wrong.append(f"{where}: {name}: {quoted(value)} is not allowed, give a number")
            continue
        try:
            settings = change(settings, name, float(value))
        except SettingError as error:
            wrong.append(f"{where}: {error}")
    return settings


def written(tuned: Tuned, head: str = HEAD) -> str:
    """The file's text: only what is not as the preset has it."""
    lines = [f'{name} = "{_escaped(value)}"' for name, value in tuned.start.items() if value]
    if tuned.sets:
        lines.append(f'set = "{tuned.at}"')
    for preset, settings in tuned.knobs.items():
        if (values := list(_values(preset, settings))) or not tuned.start:
            lines += ["", f"[{preset}]", *values]
    for name, kept in tuned.sets.items():
        lines += ["", f"[sets.{name}]", f'preset = "{kept.preset}"', *_values(kept.preset, kept.settings)]
    return "\n".join([head, *lines, ""])


def _values(preset: str, settings: TurnSettings) -> Iterator[str]:
    for name in KNOBS:
        if (value := getattr(settings, name)) != getattr(PRESETS[preset].settings, name):
            yield f"{name} = {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def with_knobs(tuned: Tuned, preset: str, settings: TurnSettings) -> Tuned:
    """The same with where the knobs of a preset stand."""
    return replace(tuned, knobs={**tuned.knobs, preset: settings})

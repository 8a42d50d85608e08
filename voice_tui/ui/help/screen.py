"""Help: what has the focus, the keys of the screen and its signs, then the rest; every list comes from its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Protocol, TypeAlias, runtime_checkable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget
from textual.widgets import Input, TextArea

from voice_tui.messages.knobs import KNOBS
from voice_tui.messages.presets import PRESETS
from voice_tui.ui.common.shell import Section, Shell, parsed
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.keys import Command, Commands, KeyGroup, Place, acting, key_name

SHELL_LEGEND: Section = (
    "Above and below, on every screen",
    (
        ("YOU [$you]▅ ● heard[/]", "Your side, by itself: how loud it is, and whether it is heard, ignored or muted."),
        (
            "AI [$assistant]▇ ▶ speaking[/]",
            "Its side, by itself: it thinks, speaks, is turned down, paused or stopped.",
        ),
        ("[$accent]natural ▾[/]", "The preset, with what it does. A click takes the next one."),
        ("first sound  0.64 s", "From the end of your turn to the first sound of the answer."),
        ("cuts, false", "Answers that were cut, and those that went on: false alarms."),
        ("lost", "Microphone frames, sounds or network audio that were lost; inaudible: answers without a sound."),
        ("context 3.2k of 8.0k", "Tokens that the next turn will read, of its budget; ▲ is beyond it."),
    ),
)
TERM_CELLS = 25
OURS = "voice_tui."
PLAIN_WORDS = 2  # a key that says no more than "Page up" is known
MOVES = ("up", "down", "pageup", "pagedown", "home", "end")
MEASURE_CELLS = 100  # longer lines are hard to read

Line: TypeAlias = tuple[str, str]
"""A term (markup) and beside it its meaning."""


class HelpText(Widget):
    """All sections as lines of one widget: two hundred widgets took a second to open.

    Args:
        sections: What is said.
    """

    def __init__(self, sections: tuple[Section, ...]) -> None:
        super().__init__(id="help-text")
        self._sections = sections
        self._laid_out: tuple[int, list[Line]] = (0, [])

    def _lines(self, width: int) -> list[Line]:
        """The lines, a term and beside it its meaning, in so many cells: text, for most of them are not seen."""
        width = min(width, MEASURE_CELLS)
        if self._laid_out[0] != width:
            self._laid_out = (width, [line for each in self._sections for line in _section(*each, width)])
        return self._laid_out[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """One line: of a hundred and fifty a screen shows thirty. While some are selected Textual draws them all."""
        lines, width = self._lines(self.size.width), self.size.width
        if self.text_selection is not None or y >= len(lines):
            return super().render_line(y)
        (strip,) = Visual.to_strips(self, _drawn(*lines[y]), width, 1, self.visual_style)
        return strip.apply_offsets(0, y)

    def render(self) -> Content:
        """All lines."""
        return Content("\n").join(_drawn(*line) for line in self._lines(self.size.width))


def _section(title: str, entries: tuple[tuple[str, str], ...], width: int) -> Iterator[Line]:
    yield "", ""
    yield f"[bold $accent]{_plain(title)}[/]", ""
    for term, meaning in entries:
        for number, part in enumerate(_wrapped(meaning, max(10, width - TERM_CELLS))):
            yield f"  {term if number == 0 else ''}", part


@lru_cache(1024)
def _wrapped(meaning: str, width: int) -> tuple[str, ...]:
    return tuple(meaning[start:stop] for start, stop in wrap(meaning, width))


def _drawn(lead: str, meaning: str) -> Content:
    """A line out of its two columns."""
    term = _term(lead)
    return term if not meaning else term + " " * max(1, TERM_CELLS - term.cell_length) + meaning


_term = lru_cache(1024)(Content.from_markup)


@runtime_checkable
class Explained(Protocol):
    """A widget that says of itself what it is."""

    @property
    def explained(self) -> Section:
        """A section of help."""
        ...


def of_focus(widget: Widget | None) -> Iterator[Section]:
    """What has the focus: what it is, where it says that, and its own keys."""
    if isinstance(widget, Explained):
        yield widget.explained
    if widget is not None and not isinstance(widget, Input | TextArea):  # how one types is known
        ours = {key for kind in type(widget).__mro__ if kind.__module__.startswith(OURS) for key in _bound_by(kind)}
        bound = [binding for bindings in widget._bindings.key_to_bindings.values() for binding in bindings]
        keys: dict[str, list[str]] = {}
        plain: set[str] = set()
        for binding in bound:
            words = binding.tooltip or binding.description
            if binding.key in MOVES and len(words.split()) <= PLAIN_WORDS:
                plain.add(binding.key)
            elif words and binding.key in ours:
                keys.setdefault(words, []).append(key_name(binding.key))
        rows = [(_keys(names), f"{words.rstrip('.')}.") for words, names in keys.items()]
        moves = [key_name(key) for key in MOVES if key in plain]
        if moves:  # what every list and every text does is one line, not twelve
            rows.append((_keys(moves[:2]), f"Move in it{'; also ' if moves[2:] else ''}{', '.join(moves[2:])}."))
        if rows:
            yield "Keys of what has the focus", tuple(rows)


def _bound_by(kind: type) -> Iterator[str]:
    """The keys that a class binds itself."""
    for binding in vars(kind).get("BINDINGS", ()):
        yield from (key.strip() for key in (binding[0] if isinstance(binding, tuple) else binding.key).split(","))


def keys_of(commands: Commands, place: Place, acts: Callable[[Command], bool]) -> Iterator[Section]:
    """The commands that act on a screen, by what they are about."""
    here = [command for command in acting(commands, place) if acts(command)]
    for group in KeyGroup:
        rows = tuple((_keys(c.key_names) or f"{c.title}, palette", c.sentence) for c in here if c.group is group)
        if rows:
            yield f"Keys · {group}", rows


def _keys(names: Iterable[str]) -> str:
    return "  ".join(f"[bold $accent]{_plain(name)}[/]" for name in names)


def _plain(text: str) -> str:
    """Key names such as ``[`` are not markup."""
    return text.replace("[", r"\[")


class Help(Shell[None]):
    """One scrolling page about the screen from which it was called.

    Args:
        state: What is known.
        about: That screen.
    """

    CSS_PATH = "screen.tcss"
    PLACE = Place.HELP
    AUTO_FOCUS = "#frame"

    def __init__(self, state: State, about: Shell[object]) -> None:
        super().__init__(state)
        self._about = about
        self.frame = VerticalScroll(id="frame")
        self.entitle(f"Help · {about.PLACE}", "↑ ↓ Page Up Page Down Home End")

    def _acts(self, command: Command) -> bool:
        """Whether it can ever act: not what is said to somebody on the line, in a replay."""
        namespace, name, parameters = parsed(command.run)
        if namespace == "app":
            return self.app.check_action(name, parameters) is not False
        return not self._about.nobody_for(name)

    def inside(self) -> ComposeResult:
        """The page."""
        about = self._about
        focus, here, keys = about.focused, KeyGroup.HERE, tuple(keys_of(self.state.commands, about.PLACE, self._acts))
        own = tuple(section for section in keys if section[0].endswith(here))
        tables: tuple[Section, ...] = (
            ("Presets", tuple((p.name, p.summary) for p in PRESETS.values())),
            ("Knobs", tuple((k.label, f"{k.help} ({k.side.value})") for k in KNOBS.values())),
        )
        rest = (*about.LEGEND, SHELL_LEGEND, *(section for section in keys if section not in own), *tables)
        yield HelpText((*of_focus(focus), *own, *rest))

"""Themes on a terminal of sixteen colours: each role keeps a colour of its own; the nearest ones would be shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

_DARK = {
    "background": 0, "surface": 0, "panel": 8, "row": 8, "foreground": 15, "muted": 7, "primary": 12, "you": 14,
    "assistant": 13, "interruption": 11, "success": 10, "warning": 3, "error": 9,
}  # fmt: skip
_LIGHT = {
    "background": 15, "surface": 15, "panel": 7, "row": 7, "foreground": 0, "muted": 8, "primary": 4, "you": 6,
    "assistant": 5, "interruption": 3, "success": 2, "warning": 3, "error": 1,
}  # fmt: skip
"""Name of a colour or role → number of the terminal's."""

Triplet = tuple[int, int, int]


def numbers_of(theme: Theme) -> dict[Triplet, int]:
    """The colours of a theme, each with the number of the terminal's that takes its place."""
    found: dict[Triplet, int] = {}
    for name, number in (_DARK if theme.dark else _LIGHT).items():
        value = theme.variables.get(name) or getattr(theme, name, None)
        if isinstance(value, str):
            found.setdefault(Color.parse(value).rgb, number)
    return found


class SixteenColours(LineFilter):
    """Colours of the theme become those of the terminal; what is mixed of two becomes the nearer one's.

    Args:
        theme: Gives the theme that is worn.
    """

    def __init__(self, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self._theme = theme
        self._known: Theme | None = None
        self._numbers: Mapping[Triplet, int] = {}
        self._style = lru_cache(1024)(self._translated)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in the terminal's colours."""
        theme = self._theme()
        if theme is not self._known:
            self._known, self._numbers = theme, numbers_of(theme)
            self._style.cache_clear()
        return [Segment(text, self._style(style) if style else style, control) for text, style, control in segments]

    def _translated(self, style: Style) -> Style:
        front, back = self._number(style.color), self._number(style.bgcolor)
        if front is not None and front == back:
            front = (_DARK if self._known is None or self._known.dark else _LIGHT)["muted"]
            front = front if front != back else self._numbers_of_foreground()
        return style + Style.from_color(_colour(front), _colour(back))

    def _numbers_of_foreground(self) -> int:
        return (_DARK if self._known is None or self._known.dark else _LIGHT)["foreground"]

    def _number(self, colour: RichColor | None) -> int | None:
        if colour is None or colour.type is not ColorType.TRUECOLOR or colour.triplet is None:
            return None
        rgb = tuple(colour.triplet)
        return self._numbers[min(self._numbers, key=lambda known: _apart(known, rgb))] if self._numbers else None


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _colour(number: int | None) -> RichColor | None:
    return None if number is None else RichColor(f"color{number}", ColorType.STANDARD, number=number)

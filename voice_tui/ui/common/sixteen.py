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

from voice_tui.ui.themes import contrast

_DARK = {
    "background": 0, "surface": 0, "panel": 8, "row": 8, "foreground": 15, "muted": 7, "primary": 12, "you": 14,
    "assistant": 13, "interruption": 11, "success": 10, "warning": 3, "error": 9,
}  # fmt: skip
_LIGHT = {
    "background": 15, "surface": 15, "panel": 7, "row": 7, "foreground": 0, "muted": 8, "primary": 4, "you": 6,
    "assistant": 5, "interruption": 1, "success": 2, "warning": 3, "error": 1,
}  # fmt: skip
"""Name of a colour or role → number of the terminal's."""
_LOOKS = (
    # the console of Linux, and of PCs before it
    (0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA,
     0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF),
    # xterm
    (0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
     0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
)  # fmt: skip
"""What the sixteen look like: no terminal tells, and these two are far apart."""
TOLD_APART = 2.5
"""From this contrast on a colour is told from its ground: what stands in it has a sign or a word as well."""

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
        if front is not None and back is not None and apart(front, back) < TOLD_APART:
            front = self._instead(front, back)
        return style + Style.from_color(_colour(front), _colour(back))

    def _instead(self, front: int, back: int) -> int:
        """What is read on a ground on which a colour is not: what is quiet stays so, where that can be."""
        roles = _DARK if self._known is None or self._known.dark else _LIGHT
        quiet = (roles["muted"],) if front in (roles["panel"], roles["muted"], back) else ()
        tried = (*quiet, roles["foreground"], roles["background"])
        return next((each for each in tried if apart(each, back) >= TOLD_APART), roles["foreground"])

    def _number(self, colour: RichColor | None) -> int | None:
        if colour is None or colour.type is not ColorType.TRUECOLOR or colour.triplet is None:
            return None
        rgb = tuple(colour.triplet)
        return self._numbers[min(self._numbers, key=lambda known: _distance(known, rgb))] if self._numbers else None


@lru_cache(256)
def apart(front: int, back: int) -> float:
    """How well one of the sixteen is told from another where they look most alike: 1 (not at all) to 21."""
    return min(contrast(_colour_of(look[front]), _colour_of(look[back])) for look in _LOOKS)


def _colour_of(rgb: int) -> Color:
    return Color(rgb >> 16, rgb >> 8 & 0xFF, rgb & 0xFF)


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _colour(number: int | None) -> RichColor | None:
    return None if number is None else RichColor(f"color{number}", ColorType.STANDARD, number=number)

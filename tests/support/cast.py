"""A cast of the console as one animated picture: screens of a terminal, one after the other, without any player.

    python -m tests.support.cast FOLDER docs/walk-through.svg

The folder holds screens as `tests.integration.walk` keeps them: text with its colours, a file each, in the order of
their names; what follows the number in a name is the line below the screen.
"""

from __future__ import annotations

import argparse
import re
import sys
from html import escape
from io import StringIO
from pathlib import Path

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

SHOWN_S = 4.0
COLUMNS, LINES = 120, 36  # what is beyond is left out
CELL, LINE, FONT = 9.6, 20, 16  # px
BELOW = 44  # px: the line of words
THEME = TerminalTheme(
    (17, 20, 24), (221, 225, 230),
    [(17, 20, 24), (224, 108, 117), (120, 190, 120), (226, 177, 92), (106, 176, 243), (186, 150, 246), (86, 194, 175),
     (221, 225, 230)],
)  # fmt: skip
FRONT, BACK = THEME.foreground_color.hex, THEME.background_color.hex


class Looks:
    """Styles of text by the name of their class: every one is written once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, style: Style, front: str) -> str:
        """The class of a style."""
        says = [f"fill:{front}"]
        says += ["font-weight:bold"] if style.bold else []
        says += ["font-style:italic"] if style.italic else []
        lines = [word for word, on in (("underline", style.underline), ("line-through", style.strike)) if on]
        says += [f"text-decoration:{' '.join(lines)}"] if lines else []
        return self._names.setdefault(";".join(says), f"k{len(self._names)}")

    @property
    def sheet(self) -> str:
        """All of them, for a style element."""
        return "\n".join(f".{name}{{{says}}}" for says, name in self._names.items())


def colours(style: Style) -> tuple[str, str]:
    """Text and ground of a style, as they are drawn."""
    front = style.color.get_truecolor(THEME, foreground=True).hex if style.color else FRONT
    back = style.bgcolor.get_truecolor(THEME, foreground=False).hex if style.bgcolor else BACK
    return (back, front) if style.reverse else (front, back)


def line(shown: Text, y: int, looks: Looks) -> list[str]:
    """The drawing of one line of a terminal at its height."""
    console = Console(file=StringIO(), force_terminal=True, color_system="truecolor", width=1000)
    grounds: list[tuple[str, int, int]] = []  # colour, first cell, cell behind the last
    words, x = [], 0
    shown.truncate(COLUMNS, overflow="ellipsis")
    for segment in Segment.simplify(shown.render(console)):
        style, cells = segment.style or Style(), cell_len(segment.text)
        front, back = colours(style)
        if grounds and grounds[-1][0] == back:
            grounds[-1] = (back, grounds[-1][1], x + cells)
        else:
            grounds.append((back, x, x + cells))
        said = segment.text.strip("\n") if style.strike or style.underline else segment.text.strip()
        if said.strip():
            begin = x + cell_len(segment.text[: segment.text.index(said)])
            words.append(
                f'<text class="{looks.name(style, front)}" x="{begin * CELL:g}" y="{y + FONT}" '
                f'textLength="{cell_len(said) * CELL:g}">{escape(said, quote=False)}</text>'
            )
        x += cells
    drawn = [
        f'<rect x="{begin * CELL:g}" y="{y}" width="{(end - begin) * CELL:g}" height="{LINE}" fill="{back}"/>'
        for back, begin, end in grounds
        if back != BACK
    ]
    return [*drawn, *words]


def cast(screens: list[tuple[str, str]]) -> str:
    """Words and screens as one picture that shows each for `SHOWN_S`; where nothing may move, the first."""
    looks = Looks()
    lines = [list(AnsiDecoder().decode(screen.rstrip("\n")))[:LINES] for _, screen in screens]
    frames = ["\n".join(part for y, text in enumerate(each) for part in line(text, y * LINE, looks)) for each in lines]
    width, height, whole = COLUMNS * CELL, max(map(len, lines)) * LINE, SHOWN_S * len(frames)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {width + 20:g} {height + BELOW + 10}" role="img">',
        "<style>",
        f"text{{font:{FONT}px monospace;white-space:pre}}",
        looks.sheet,
        ".words{fill:#e2b15c;font:20px system-ui,sans-serif}",
        f"@keyframes shown {{ 0% {{ visibility: visible }} {100 / len(frames):.3f}% {{ visibility: hidden }} }}",
        f".shown {{ visibility: hidden; animation: shown {whole:g}s step-end infinite }}",
        "@media (prefers-reduced-motion) { .shown { animation: none } .shown.first { visibility: visible } }",
        "</style>",
        f'<rect x="-10" y="-10" width="{width + 20:g}" height="{height + BELOW + 10}" fill="{BACK}"/>',
    ]
    for number, ((words, _), picture) in enumerate(zip(screens, frames, strict=True)):
        first = " first" if number == 0 else ""
        parts += [
            f'<g class="shown{first}" style="animation-delay: {number * SHOWN_S:g}s">',
            picture,
            f'<text class="words" x="6" y="{height + 24}">{number + 1}. {escape(words, quote=False)}</text>',
            "</g>",
        ]
    return "\n".join([*parts, "</svg>\n"])


def kept(folder: Path) -> list[tuple[str, str]]:
    """The screens of a walk: words and screen."""
    files = sorted(folder.glob("*.ansi"))
    return [(re.sub(r"^\d+ ", "", file.stem), file.read_text(encoding="utf-8")) for file in files]


def main() -> int:
    """Make the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("picture", type=Path)
    options = parser.parse_args()
    screens = kept(options.folder)
    if not screens:
        parser.error(f"{options.folder}: no screens (*.ansi) here")
    options.picture.write_text(cast(screens), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

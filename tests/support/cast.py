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

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

SHOWN_S = 4.0
COLUMNS = 120
THEME = TerminalTheme(
    (17, 20, 24), (221, 225, 230),
    [(17, 20, 24), (224, 108, 117), (120, 190, 120), (226, 177, 92), (106, 176, 243), (186, 150, 246), (86, 194, 175),
     (221, 225, 230)],
)  # fmt: skip
FRAME = """<svg class="{unique_id}-matrix" width="{width}" height="{height}"
viewBox="0 0 {terminal_width} {terminal_height}">
<style>{styles}
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
<rect fill="#111418" width="{terminal_width}" height="{terminal_height}"/>
<g clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
{matrix}
</g>
</svg>"""


def frame(screen: str, name: str) -> tuple[str, float, float]:
    """A screen as a picture, its width and its height."""
    lines = screen.rstrip("\n").split("\n")
    console = Console(record=True, width=COLUMNS, height=len(lines), file=StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text.from_ansi(line), no_wrap=True, overflow="crop")
    picture = console.export_svg(title="", theme=THEME, code_format=FRAME, unique_id=name)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    assert size is not None
    width, height = float(size[1]), float(size[2])
    here = f'width="{width:g}" height="{height:g}" viewBox'
    return re.sub(r'width="[\d.]+" height="[\d.]+"\sviewBox', here, picture, count=1), width, height


def cast(screens: list[tuple[str, str]]) -> str:
    """Words and screens as one picture that shows each for `SHOWN_S`; where nothing may move, the first."""
    frames = [frame(screen, f"f{number}") for number, (_, screen) in enumerate(screens)]
    width, height = max(f[1] for f in frames), max(f[2] for f in frames)
    whole = SHOWN_S * len(frames)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height + 40:g}" role="img">',
        "<style>",
        f"@keyframes shown {{ 0% {{ visibility: visible }} {100 / len(frames):.3f}% {{ visibility: hidden }} }}",
        f".shown {{ visibility: hidden; animation: shown {whole:g}s step-end infinite }}",
        "@media (prefers-reduced-motion) { .shown { animation: none } .shown.first { visibility: visible } }",
        "</style>",
        f'<rect width="{width:g}" height="{height + 40:g}" fill="#111418"/>',
    ]
    for number, ((words, _), (picture, *_rest)) in enumerate(zip(screens, frames, strict=True)):
        first = " first" if number == 0 else ""
        parts += [
            f'<g class="shown{first}" style="animation-delay: {number * SHOWN_S:g}s">',
            picture,
            f'<text x="16" y="{height + 27:g}" fill="#e2b15c" font-family="system-ui, sans-serif" font-size="20">'
            f"{number + 1}. {escape(words)}</text>",
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

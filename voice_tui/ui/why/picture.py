"""A story as a file: SVG and HTML in the colours of the theme, or plain text."""

from __future__ import annotations

import io

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text
from textual.widget import Widget

from voice_tui.ui.common.lines import Piece
from voice_tui.ui.why.wording import plain

FORMS = (".svg", ".html", ".txt")
"""By how the file's name ends."""


def drawn(lines: list[list[Piece]], form: str, title: str, dressed: Widget) -> str:
    """The lines as a file's text.

    Args:
        lines: Pieces with their style.
        form: One of `FORMS`.
        title: Above it.
        dressed: The widget whose colours they have.
    """
    if form == ".txt":
        return f"{title}\n\n{plain(lines)}"
    width = max((sum(len(text) for text, _ in pieces) for pieces in lines), default=20) + 1
    console = Console(record=True, width=min(160, max(60, width)), file=io.StringIO(), color_system="truecolor")
    for pieces in lines:
        line = Text(no_wrap=False)
        for text, style in pieces:
            line.append(text, dressed.get_component_rich_style(f"lines--{style}"))
        console.print(line)
    theme = _theme(dressed)
    if form == ".svg":
        return console.export_svg(title=title, theme=theme)
    return console.export_html(theme=theme, inline_styles=True)


def _theme(dressed: Widget) -> TerminalTheme:
    """What has no colour of its own has the widget's."""
    ground, ink = (dressed.styles.background.rgb, dressed.rich_style.color)
    foreground = ink.get_truecolor() if ink is not None else (0, 0, 0)
    plain_colours = [ground, foreground]
    return TerminalTheme(ground, (foreground[0], foreground[1], foreground[2]), plain_colours * 4, plain_colours * 4)

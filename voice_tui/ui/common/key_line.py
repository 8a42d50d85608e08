"""The last line of every screen: the keys that act here and now, the most used ones first; each can be clicked."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from voice_tui.ui.keys import Command, is_typed, key_name

_GAP = 2


def key_line(commands: Iterable[Command], width: int, *, typing: bool) -> list[tuple[str, Command]]:
    """What fits into so many cells, by rank: the screen's own commands, then those of all screens.

    Args:
        commands: Those that act now.
        width: Cells.
        typing: Keys with a character are typed, so they are not shown.

    Returns:
        Name of the key, and the command.
    """
    shown: list[tuple[str, Command]] = []
    used = 1
    for command in sorted(commands, key=lambda command: command.rank):
        key = next((key for key in command.keys if not (typing and is_typed(key))), None)
        if not command.rank or key is None:
            continue
        used += len(key_name(key)) + 1 + len(command.word)
        if used > width:
            break
        used += _GAP
        shown.append((key_name(key), command))
    return shown


class KeyLine(Widget):
    """Drawn again only when other keys act."""

    def __init__(self) -> None:
        super().__init__(id="key-line")
        self._acting: tuple[Command, ...] = ()
        self._typing = False

    def show(self, commands: Iterable[Command], *, typing: bool) -> None:
        """Take over what acts now."""
        now = tuple(commands)
        if (now, typing) != (self._acting, self._typing):
            self._acting, self._typing = now, typing
            self.refresh()

    def render(self) -> Content:
        """Keys reversed, words after them."""
        parts = [
            Content.from_markup(f"[@click={c.run}][reverse]$key[/reverse] $word[/]", key=key, word=c.word)
            for key, c in key_line(self._acting, self.size.width, typing=self._typing)
        ]
        return Content(" ") + Content(" " * _GAP).join(parts)

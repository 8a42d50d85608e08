"""The themes of an application: worn, and read again when one of the user's files changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

from voice_tui.ui.themes import DEFAULT_THEME, LoadedThemes, load_themes, packaged_folder

LOOK_S = 1.0  # how soon a file that was saved is seen


class Wardrobe:
    """All themes there are.

    Args:
        app: Wears them.
        folder: The user's own; None: there is none.
    """

    def __init__(self, app: App[Any], folder: Path | None) -> None:
        self._app, self._folder = app, folder
        self._files = self._look()
        self._worn: dict[str, Theme] = {}
        self._said: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """In the order found."""
        return tuple(self._worn)

    def dress(self, wanted: str) -> list[str]:
        """Let the application wear a theme, or the default one.

        Returns:
            Everything that was wrong, one line each.
        """
        found = self._read()
        self._app.theme = wanted if wanted in found.themes else DEFAULT_THEME
        unknown = f"theme: {wanted!r} does not exist, there are {', '.join(found.themes)}"
        self._said = set(found.errors)
        return [*found.errors, *([] if wanted in found.themes else [unknown])]

    def look(self) -> list[str]:
        """Read the themes again if a file is another one; a file that is wrong leaves its theme as it was.

        Returns:
            What is wrong now and was not before, one line each.
        """
        files = self._look()
        if files == self._files:
            return []
        self._files = files
        name = self._app.theme
        before = self._worn.get(name)
        found = self._read()
        if before is not None and self._worn.get(name) != before:
            self._app.mutate_reactive(App.theme)  # the name is the same, the colours are not
        fresh = [error for error in found.errors if error not in self._said]
        self._said = set(found.errors)
        return fresh

    def _read(self) -> LoadedThemes:
        found = load_themes((packaged_folder(), self._folder))
        for theme in found.themes.values():
            self._app.register_theme(theme)
        self._worn |= found.themes
        return found

    def _look(self) -> Sequence[tuple[str, int, int]]:
        """The user's files, each with what changes when it is written."""
        if self._folder is None:
            return ()
        try:
            known = [(path.name, path.stat()) for path in sorted(self._folder.glob("*.toml"))]
        except OSError:  # a file went while one looked: one looks again soon
            return ()
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in known]

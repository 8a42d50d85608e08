"""What Tab completes behind an option: its words, names that files give, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from voice_tui.endpoints.providers import DIALECTS, FORMATS, PROVIDERS
from voice_tui.settings import paths

FILE = "FILE"  # an option with such a value is completed as a path


def _folder(name: str) -> Callable[[], Iterable[str]]:
    """Names of the files that come with the program, and of the user's own."""

    def names() -> Iterable[str]:
        package = Path(__file__).resolve().parents[1]
        inside = package / name
        folders = (
            inside if inside.is_dir() else package.parent / name,
            paths.config_folder() / name,
        )  # or beside
        return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})

    return names


WORDS: dict[str, Callable[[], Iterable[str]]] = {
    "provider": lambda: ("auto", *PROVIDERS),
    "dialect": lambda: DIALECTS,
    "audio_format": lambda: FORMATS,
    "signs": lambda: ("auto", "unicode", "ascii"),
    "theme": _folder("themes"),
    "profile": _folder("profiles"),
    "mic": lambda: ("none",),
    "speaker": lambda: ("none",),
}
"""What can stand behind an option, by the field that it gives."""


def completed(name: str, value: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]] | None:
    """What completes an option: by its field, else by what its value is called; None: nothing does."""
    if value == FILE:
        return lambda context, param, begun: [CompletionItem(begun, type="file")]
    words = WORDS.get(name)
    if words is None:
        return None
    return lambda context, param, begun: [CompletionItem(word) for word in words() if word.startswith(begun)]

"""Folders of TOML files that users write: a wrong file is left out, and everything that is wrong with it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from voice_tui.settings.files import table_of

T = TypeVar("T")


def read_all(
    folders: Iterable[Path | None], read: Callable[[dict[str, Any]], tuple[T | None, list[str]]]
) -> tuple[list[T], list[str]]:
    """Read every ``*.toml`` of the folders, in the order of their names; a folder that is missing holds none.

    Args:
        folders: Where to look; None is no folder.
        read: From a file's table to what it says, or to the reasons why it is left out.

    Returns:
        What was read, and everything that was wrong, one line each with the file's name.
    """
    found: list[T] = []
    errors: list[str] = []
    for path in (path for folder in folders if folder is not None for path in sorted(folder.glob("*.toml"))):
        try:
            one, reasons = read(table_of(path))
        except (OSError, ValueError) as error:
            one, reasons = None, [f"file: {error}"]
        errors.extend(f"{path.name}: {reason}" for reason in reasons)
        if one is not None:
            found.append(one)
    return found, errors

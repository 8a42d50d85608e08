"""Files and folders on the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class GivenPath(click.Path):
    """A path; an empty one, as a variable of the shell that is not set leaves it, is none and not this folder."""

    def __init__(self, **more: Any) -> None:
        super().__init__(path_type=Path, **more)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """From what was given."""
        if not os.fspath(value):
            wanted = "a file" if not self.dir_okay else "a folder" if not self.file_okay else "a file or folder"
            self.fail(f"'' is not allowed, give the name of {wanted}", param, ctx)
        return super().convert(value, param, ctx)

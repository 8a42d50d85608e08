"""Files that commands write: the one that the user named is replaced, a name of ours never takes another's place."""

from __future__ import annotations

from pathlib import Path

import click

from voice_tui.cli.output import say
from voice_tui.plain_text import clean_text


def write_out(named: Path | None, ours: str, content: bytes) -> None:
    """Write what a command has made, and say where it is.

    Args:
        named: What the user called it; None: nothing.
        ours: What it is called then, in the folder that one is in.
        content: All of it.

    Raises:
        click.ClickException: It can't be written.
    """
    target = named or Path(ours)
    try:
        with target.open("xb" if named is None else "wb") as file:
            file.write(content)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from error
    say(clean_text(str(target)))

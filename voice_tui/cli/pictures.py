"""The option ``--chart``: where a picture is written, looked at before anything is computed for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_tui.cli.files import write_whole
from voice_tui.cli.options import UsageProblem
from voice_tui.cli.targets import OutputFile

F = TypeVar("F", bound=Callable[..., Any])
Makers = Mapping[str, Callable[[], str | bytes]]
PNG = ".png"


def chart_option(*kinds: str) -> Callable[[F], F]:
    """The option, for pictures whose names end so."""

    def look(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() == PNG:
            _look_for_plots()
        return path

    help_text = f"A picture: {', '.join(kinds)}."
    return click.option("--chart", "picture", type=OutputFile(kinds), metavar="FILE", callback=look, help=help_text)


def draw(picture: Path | None, makers: Makers) -> None:
    """Write the picture, if one is wanted.

    Raises:
        click.ClickException: It can't be written.
    """
    if picture is None:
        return
    made = makers[picture.suffix.lower()]()
    try:
        write_whole(picture, made.encode() if isinstance(made, str) else made)
    except OSError as error:
        raise click.ClickException(f"--chart: {picture}: {error.strerror or error}") from error


def _look_for_plots() -> None:
    from voice_tui.replay.plots import NoPlots, check

    try:
        check()
    except NoPlots as error:
        raise UsageProblem(f"--chart: {error}") from error

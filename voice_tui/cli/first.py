"""``voice-tui setup`` and ``voice-tui tour``: the console, with what a first start needs."""

from __future__ import annotations

import sys

import click

from voice_tui.cli.console import run_console
from voice_tui.cli.options import OptionCommand, configured

_THEME = configured("theme")
_LOG = configured("log_file")


@click.command(cls=OptionCommand)
@_THEME
@_LOG
def setup(**given: object) -> None:
    """Enter an endpoint and its key on a screen, try it, and keep it.

    A target URI may be pasted as a portal shows it. The key is never shown.
    """
    sys.exit(run_console(given, None, opens="setup"))


@click.command(cls=OptionCommand)
@_THEME
@_LOG
def tour(**given: object) -> None:
    """Start the console with the four hints of the first start."""
    sys.exit(run_console(given, None, tours=True))

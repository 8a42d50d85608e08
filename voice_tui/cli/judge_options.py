"""Options of the commands that judge recordings: what is heard in one, and where that is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from voice_tui.cli.numbers import Whole
from voice_tui.cli.options import UsageProblem
from voice_tui.replay.cluster import ClusterError, check_address
from voice_tui.replay.judge.speech import UserSpeech

F = TypeVar("F", bound=Callable[..., Any])

KEEP, REMOVE = "keep", "remove"
AS_IN_JUDGE = "As in judge."

PROCESSES = click.option("--processes", type=Whole(min=0), default=0, help="How many at once; 0: one a core.")


def echo_option(help_text: str = AS_IN_JUDGE) -> Callable[[F], F]:
    """What becomes of the echo: `KEEP` or `REMOVE`."""
    return click.option("--echo", type=click.Choice([REMOVE, KEEP]), default=REMOVE, show_default=True, help=help_text)


def user_option(help_text: str = AS_IN_JUDGE) -> Callable[[F], F]:
    """What counts as the user's speech: a value of `UserSpeech`."""
    kinds = click.Choice([speech.value for speech in UserSpeech])
    return click.option("--user", type=kinds, default=UserSpeech.VOICE.value, show_default=True, help=help_text)


def scheduler_option(help_text: str = AS_IN_JUDGE) -> Callable[[F], F]:
    """The address of a Dask scheduler; "": this machine does it."""
    return click.option("--scheduler", callback=_scheduler, default="", metavar="tcp://HOST:PORT", help=help_text)


def _scheduler(_: click.Context, __: click.Parameter, address: str) -> str:
    if address:
        try:
            check_address(address)
        except ClusterError as error:
            raise UsageProblem(str(error)) from error
    return address

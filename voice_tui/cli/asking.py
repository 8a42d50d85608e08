"""Questions before something is done for good: where nobody answers, the option that does without is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from voice_tui.cli.options import UsageProblem

NOBODY = "nobody answers here: give --yes"


@contextmanager
def answered() -> Iterator[None]:
    """Where a question is asked.

    Raises:
        click.Abort: The answer is no.
        UsageProblem: Standard input is at its end.
    """
    try:
        yield
    except click.Abort as refused:
        if not isinstance(refused.__context__, EOFError):
            raise
        click.echo()  # the question stands there without an answer
        raise UsageProblem(NOBODY) from None


def agreed(question: str, *, yes: bool) -> None:
    """Ask whether to go on; ``yes``: it was said beforehand. Raises as `answered` does."""
    if not yes:
        with answered():
            click.confirm(question, abort=True)

"""Questions before something is done for good."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner, Result

from voice_tui.cli.asking import NOBODY, agreed


def asked(typed: str, *, yes: bool = False) -> Result:
    @click.command()
    def delete() -> None:
        agreed("Delete it?", yes=yes)
        click.echo("deleted")

    return CliRunner().invoke(delete, input=typed)


@pytest.mark.parametrize(
    ("typed", "yes", "code", "deleted"),
    [("y\n", False, 0, True), ("n\n", False, 1, False), ("\n", False, 1, False), ("", True, 0, True)],
)
def test_it_is_done_where_somebody_agrees(typed: str, yes: bool, code: int, deleted: bool) -> None:
    done = asked(typed, yes=yes)
    assert (done.exit_code, "deleted" in done.output) == (code, deleted)
    assert NOBODY not in done.output


def test_where_nobody_answers_the_way_without_a_question_is_named() -> None:
    done = asked("")
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == f"Error: {NOBODY}"

from __future__ import annotations

from pathlib import Path

import click
import pytest

from voice_tui.cli.given import GivenPath
from voice_tui.cli.main import main


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (GivenPath(dir_okay=False), "a file"),
        (GivenPath(file_okay=False), "a folder"),
        (GivenPath(), "a file or folder"),
        (GivenPath(exists=True), "a file or folder"),
    ],
)
def test_an_empty_path_is_none(kind: GivenPath, wanted: str) -> None:
    with pytest.raises(click.BadParameter, match=f"'' is not allowed, give the name of {wanted}$"):
        kind.convert("", None, None)


def test_a_path_is_taken_as_it_is() -> None:
    assert GivenPath(dir_okay=False).convert("a.wav", None, None) == Path("a.wav")


def commands(group: click.Group) -> list[click.Command]:
    context = click.Context(group)
    found = [group.get_command(context, name) for name in group.list_commands(context)]
    return [each for one in found if one for each in (commands(one) if isinstance(one, click.Group) else [one])]


def test_every_path_on_the_command_line_is_of_this_kind() -> None:
    params = [(command.name, param) for command in commands(main) for param in command.params]
    paths = [(name, param.name, param.type) for name, param in params if isinstance(param.type, click.Path)]
    assert len(paths) > 10
    assert [each for each in paths if not isinstance(each[2], GivenPath)] == []

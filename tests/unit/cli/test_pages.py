"""Every command and every option that a page names is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from voice_tui.cli.main import main

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SPAN = re.compile(r"`voice-tui ([^`]+)`")
LINE = re.compile(r"^(?!.*`).*?\bvoice-tui (.+)$")
QUOTED = re.compile(r'"[^"]*"')


def named(text: str) -> Iterator[str]:
    """What stands behind the program's name, in running text and in examples."""
    yield from SPAN.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL).replace("\n", " "))
    for block in re.findall(r"```(?:sh|console|powershell|bat)\n(.*?)```", text, re.DOTALL):
        yield from (found[1] for line in block.splitlines() if (found := LINE.match(line)))


def unknown(words: str) -> list[str]:
    """What there is not."""
    command: click.Command = main
    wrong = []
    for word in QUOTED.sub("WORDS", words.partition("#")[0].partition("|")[0]).split():
        if word == "--":
            break
        if word.startswith("-") and word not in ("-", "-h", "--help"):
            known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
            wrong += [word] if word.partition("=")[0] not in known else []
        elif isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), word)
            wrong += [word] if inner is None and command is not main else []
            command = inner or command
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_a_page_names_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [(words, wrong) for words in named(text) if "…" not in words and (wrong := unknown(words))] == []


def test_enough_is_looked_at_and_what_is_wrong_is_found() -> None:
    assert sum(len(list(named(page.read_text(encoding="utf-8")))) for page in PAGES) > 120
    assert unknown("lab sweep talk.wav --param sureness=4 --perhaps") == ["--perhaps"]
    assert unknown("recordings burn last") == ["burn", "last"]
    assert unknown("serve --brain echo  # comment --none") == []
    assert unknown('talk --say "What is --this?" | tee --append') == []

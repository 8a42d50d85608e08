"""The tables of keys in README and docs, from the table of commands; ``python -m tests.support.readme_keys`` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.keys import EVERYWHERE, Command, Place

ROOT = Path(__file__).parents[2]
README, DOCS = ROOT / "README.md", ROOT / "docs" / "keys.md"
BEGIN, END = "<!-- keys: from the table of commands -->\n", "<!-- end of keys -->\n"


def names(command: Command) -> list[str]:
    """Its keys, as a reader of Markdown knows them."""
    return [name.replace("^", "Ctrl+") for name in command.key_names]


def short_table() -> Iterator[str]:
    """Two commands a line: the keys that act everywhere, and the scope."""
    rows = [
        f"{', '.join(names(command))} | {command.sentence}"
        for command in sorted(COMMANDS.values(), key=lambda command: command.rank)
        if command.rank > 20 and command.key
    ]
    yield "| key | | key | |"
    yield "| --- | --- | --- | --- |"
    half = (len(rows) + 1) // 2
    for left, right in zip(rows[:half], [*rows[half:], " | "], strict=False):
        yield f"| {left} | {right} |"


def long_table() -> Iterator[str]:
    """Every command with its keys, its id, and where it acts."""
    yield "| key | id | where | |"
    yield "| --- | --- | --- | --- |"
    for command in COMMANDS.values():
        where = "everywhere" if command.where == EVERYWHERE else ", ".join(p for p in Place if p in command.where)
        yield f"| {', '.join(names(command)) or 'palette'} | `{command.id}` | {where} | {command.sentence} |"


def written(text: str, table: Iterator[str]) -> str:
    """A text with its table as it is now."""
    before, rest = text.split(BEGIN)
    lines = "\n".join(table)
    return f"{before}{BEGIN}{lines}\n{END}{rest.split(END)[1]}"


TABLES = {README: short_table, DOCS: long_table}

if __name__ == "__main__":
    for path, table in TABLES.items():
        path.write_text(written(path.read_text(encoding="utf-8"), table()), encoding="utf-8")

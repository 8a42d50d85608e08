"""The README's tables of keys, made from the table of commands; ``python -m tests.support.readme_keys`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.keys import EVERYWHERE, Command, Place

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- keys: from the table of commands -->\n", "<!-- end of keys -->\n"


def names(command: Command) -> list[str]:
    """Its keys, as the README writes them."""
    return [name.replace("^", "Ctrl+") for name in command.key_names]


def tables() -> str:
    """Both tables: keys for everywhere and the conversation, then the letters of each other screen."""
    return "\n".join([*_everywhere(), "", *_screens(), ""])


def _everywhere() -> Iterator[str]:
    yield "| key | also | |"
    yield "| --- | --- | --- |"
    for command in COMMANDS.values():
        if command.keys and (command.where == EVERYWHERE or Place.CONSOLE in command.where or command.id == "back"):
            key, *also = names(command)
            yield f"| {key} | {', '.join(also)} | {command.sentence} |"


def _screens() -> Iterator[str]:
    yield "| screen | its own keys |"
    yield "| --- | --- |"
    for place in Place:
        own = [c for c in COMMANDS.values() if c.where == {place} and place is not Place.CONSOLE and c.keys]
        if own:
            yield f"| {place} | {' · '.join(f'`{names(c)[0]}` {c.title[0].lower()}{c.title[1:]}' for c in own)} |"


def written(readme: str) -> str:
    """The README with the tables as they are now."""
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}{tables()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")

"""``voice-tui manual``: the manual page, made of the same tables as ``--help``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from voice_tui import __version__
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import say

FILES = (
    ("~/.config/voice-tui/config.toml", "settings; also profiles/, themes/, keys.toml, models.toml and voices"),
    (".env", "keys and endpoints, here or in a folder above"),
    ("~/.local/state/voice-tui/voice-tui.log", "what went wrong, without keys"),
)


@click.command(cls=OptionCommand)
def manual() -> None:
    """Print the manual page.

    Example: voice-tui manual > ~/.local/share/man/man1/voice-tui.1
    """
    from voice_tui.cli.main import main

    say("\n".join(page(main)))


def page(group: click.Group) -> Iterator[str]:
    """The lines of the page, for man(7)."""
    context = click.Context(group, info_name="voice-tui")
    yield f'.TH VOICE\\-TUI 1 "" "voice\\-tui {_plain(__version__)}" "User Commands"'
    yield from (
        ".SH NAME",
        f"voice\\-tui \\- {_first(group)}",
        ".SH SYNOPSIS",
        "\\fBvoice\\-tui\\fR [OPTIONS] [COMMAND]",
    )
    yield from (".SH DESCRIPTION", *_paragraphs(group.help or ""), ".SH OPTIONS", *_options(group, context))
    yield ".SH COMMANDS"
    yield from _commands(group, context, "voice-tui")
    yield ".SH FILES"
    for path, about in FILES:
        yield from (".TP", f"\\fI{_plain(path)}\\fR", _plain(about))


def _commands(group: click.Group, context: click.Context, name: str) -> Iterator[str]:
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        if command is None or command.hidden:
            continue
        inner, whole = click.Context(command, context, info_name=each), f"{name} {each}"
        if isinstance(command, click.Group):
            yield from _commands(command, inner, whole)
            continue
        usage = " ".join(command.collect_usage_pieces(inner))
        yield from (f".SS {_plain(whole)} {_plain(usage)}", *_paragraphs(command.help or ""), *_options(command, inner))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for param in command.get_params(context):
        if isinstance(param, click.Option) and (record := param.get_help_record(context)) is not None:
            yield from (".TP", f"\\fB{_plain(record[0])}\\fR", _plain(record[1]))


def _first(command: click.Command) -> str:
    return _plain((command.help or "").strip().partition("\n\n")[0])


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip().split("\n\n"):
        yield from (".PP", _plain(paragraph))


def _plain(text: str) -> str:
    """Words that man does not take for commands of its own."""
    words = " ".join(text.replace("\b", "").split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{words}" if words[:1] in (".", "'") else words

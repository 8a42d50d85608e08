"""``voice-tui completion``: what a shell needs so that Tab completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import say

PROGRAM, VARIABLE = "voice-tui", "_VOICE_TUI_COMPLETE"


@click.command(cls=OptionCommand)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the lines that make SHELL complete commands and options with Tab.

    Example: voice-tui completion bash >> ~/.bashrc
    """
    from voice_tui.cli.main import main

    made = get_completion_class(shell)
    assert made is not None
    # The version of bash is not asked for: the lines are the same for each, and another shell may write them.
    say(made.source_template % made(main, {}, PROGRAM, VARIABLE).source_vars())

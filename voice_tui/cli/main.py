"""The command line: the table of its commands, each imported only when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from voice_tui import __version__
from voice_tui.cli.flags import EVENTS, SHARED_FLAGS, flags, refuse_clashes, talk_flags
from voice_tui.cli.help import write_commands, write_options
from voice_tui.cli.options import Group, UsageProblem

# The models' runtime sends telemetry and, where it can't keep an id for that, writes to the terminal. We send nothing,
# so it shall not either; the child that is the embedded server inherits this.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
LATER = {
    "completion": ("voice_tui.cli.completion", "completion"),
    "devices": ("voice_tui.cli.devices", "list_devices"),
    "doctor": ("voice_tui.cli.doctor", "doctor"),
    "drive": ("voice_tui.cli.scenarios", "drive"),
    "endpoints": ("voice_tui.cli.endpoints", "list_endpoints"),
    "judge": ("voice_tui.cli.judge", "judge"),
    "lab": ("voice_tui.cli.lab", "lab"),
    "load": ("voice_tui.cli.load", "load"),
    "manual": ("voice_tui.cli.manual", "manual"),
    "memory": ("voice_tui.cli.memory", "memory"),
    "models": ("voice_tui.cli.endpoints", "list_models"),
    "probe": ("voice_tui.cli.probe", "probe"),
    "recordings": ("voice_tui.cli.recordings", "recordings"),
    "replay": ("voice_tui.cli.replay", "replay"),
    "report": ("voice_tui.cli.report", "report"),
    "serve": ("voice_tui.cli.serve", "serve"),
    "settings": ("voice_tui.cli.settings", "settings"),
    "setup": ("voice_tui.cli.first", "setup"),
    "speakers": ("voice_tui.cli.speakers", "speakers"),
    "talk": ("voice_tui.cli.talk", "talk"),
    "tour": ("voice_tui.cli.first", "tour"),
    "test": ("voice_tui.cli.scenarios", "test"),
    "web": ("voice_tui.cli.web", "web"),
}
"""Commands that are imported only when they are asked for, for some bring their models: module and name."""


class Commands(Group):
    """All commands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options by topic; then the commands by purpose, and examples."""
        write_options(self, ctx, formatter)
        write_commands(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in order."""
        return sorted([*super().list_commands(ctx), *LATER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, name = LATER[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="voice-tui %(version)s")
@flags(*SHARED_FLAGS, "theme", "signs")
@talk_flags
@EVENTS
@click.option("--demo", is_flag=True, help="The demo caller talks from the beginning (F7): no microphone is needed.")
@click.pass_context
def main(
    context: click.Context,
    /,
    events: Path | None,
    private: bool,
    noise: str | None,
    snr: float | None,
    demo: bool,
    **given: object,
) -> None:
    """An instrument for realtime voice agents: talk, tune turn-taking live, see interruptions happen.

    Without a key it talks to its embedded server; voice-tui setup enters an endpoint and its key.
    """
    if context.invoked_subcommand is None:
        memory = given["memory"]
        if given["record"] in main.list_commands(context):
            raise UsageProblem(f"--record {given['record']}: give ./{given['record']} for a folder of that name")
        refuse_clashes(
            memory=memory if isinstance(memory, bool) else None, private=private, record=bool(given["record"])
        )
        gc.disable()  # all that is loaded stays: `prepare_interpreter` has it looked at once
        try:
            from voice_tui.cli.console import run_console  # the screen is imported only where there is one
            from voice_tui.cli.noise import room_options

            sys.exit(run_console(given, events, room_options(noise, snr), private=private, demo=demo))
        finally:
            gc.enable()


if __name__ == "__main__":
    main()

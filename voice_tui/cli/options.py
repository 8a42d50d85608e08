"""Options mean the same before a subcommand and after it; what a subcommand does not take is refused, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from voice_tui.cli.completing import completed
from voice_tui.cli.help import write_options
from voice_tui.cli.output import Program
from voice_tui.settings.options import OPTIONS

F = TypeVar("F", bound=Callable[..., Any])


class UsageProblem(click.ClickException):
    """Something the user can mend; one line, exit code 2."""

    exit_code = 2


def switch_of(name: str) -> str:
    """How a field of the configuration is given on the command line."""
    return "--brain" if name == "brain_url" else "--" + name.replace("_", "-")


VALUES: dict[str, str] = {
    "endpoint": "NAME",
    "provider": "NAME",
    "url": "URL",
    "model": "MODEL",
    "dialect": "DIALECT",
    "audio_format": "FORMAT",
    "proxy": "URL",
    "ca": "FILE",
    "mic": "DEVICE",
    "speaker": "DEVICE",
    "preset": "PRESET",
    "profile": "NAME",
    "voice": "NAME",
    "context_mode": "MODE",
    "context_budget": "TOKENS",
    "brain_url": "URL",
    "brain_model": "MODEL",
    "max_cost": "DOLLARS",
    "max_minutes": "MINUTES",
    "idle_minutes": "MINUTES",
    "theme": "NAME",
    "signs": "SIGNS",
    "tools": "FILE",
    "mcp": "SERVER",
    "approve": "NAME,…",
    "record_limit": "SIZE",
    "log_file": "FILE",
}
"""What stands in help for the value of a field of the configuration."""


def configured(name: str, **more: Any) -> Callable[[F], F]:
    """An option that gives a field of the configuration; ``more`` as click has it, also in place of what is usual."""
    value = VALUES[name]
    usual = {"default": None, "metavar": value, "help": OPTIONS[name].help, "shell_complete": completed(name, value)}
    return click.option(switch_of(name), name, **(usual | more))


class OptionCommand(click.Command):
    """A command that takes over the options given before its name, as if they stood behind it.

    Where an option is given in both places the one behind, which is nearer, counts.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options by topic, where there are many."""
        if not write_options(self, ctx, formatter):
            super().format_options(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            UsageProblem: Something before the command's name is no option of it, or no value for it.
        """
        own = {switch: param for param in self.params for switch in param.opts}
        inherited: dict[str | None, object] = {}
        refused: list[str] = []
        for switch, value in _given_before(ctx):
            param = next((own[s] for s in switch.opts if s in own), None)
            if param is None:
                refused.append(switch.secondary_opts[0] if value is False else switch.opts[0])
                continue
            if param.multiple and not isinstance(value, tuple):  # the command takes several, the one before it one
                value = (value,)
            try:
                inherited.setdefault(param.name, param.type_cast_value(ctx, value))
            except click.BadParameter as error:
                raise UsageProblem(f"{switch.opts[0]}, before {ctx.command_path}: {error.message}") from error
        ctx.default_map = {**(ctx.default_map or {}), **{name: value for name, value in inherited.items() if name}}
        rest = super().parse_args(ctx, args)  # whoever asks for help gets it
        if refused and not ctx.resilient_parsing:
            raise UsageProblem(f"{', '.join(refused)}: {ctx.command_path} has no such option")
        return rest


class Group(Program):
    """Commands that take over what is given before their names."""

    command_class = OptionCommand


def _given_before(ctx: click.Context) -> Iterator[tuple[click.Parameter, object]]:
    """The options on the command line before this command's name and their values, the nearest first."""
    above = ctx.parent
    while above is not None:
        for param in above.command.params:
            if param.name and above.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
                yield param, above.params[param.name]
        above = above.parent

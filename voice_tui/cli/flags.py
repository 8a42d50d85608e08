"""Options of several commands, out of the configuration's table."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_tui.cli.given import GivenPath
from voice_tui.cli.numbers import Number
from voice_tui.cli.options import UsageProblem, configured
from voice_tui.messages.context_settings import Mode
from voice_tui.messages.noise import SNR_DB
from voice_tui.messages.presets import PRESETS
from voice_tui.plain_text import one_line
from voice_tui.settings.options import OPTIONS
from voice_tui.settings.values import ALWAYS, NEVER

F = TypeVar("F", bound=Callable[..., Any])

# fmt: off
SHARED_FLAGS = (
    "endpoint", "provider", "url", "model", "dialect", "audio_format", "proxy", "ca", "mic", "speaker", "preset",
    "profile", "voice", "context_mode", "context_budget", "brain_url", "brain_model", "max_cost", "max_minutes",
    "idle_minutes", "log_file",
)
# fmt: on


SNR_DEFAULT = 10.0
CHOICES = {"preset": list(PRESETS), "context_mode": [mode.value for mode in Mode]}


def flags(*names: str) -> Callable[[F], F]:
    """Options of a command, out of the configuration's table."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            function = configured(name, type=click.Choice(CHOICES[name]) if name in CHOICES else None)(function)
        function = click.option("--entra", is_flag=True, default=None, help=OPTIONS["entra"].help)(function)
        labels = click.option("--speaker-labels/--no-speaker-labels", default=None, help=OPTIONS["speaker_labels"].help)
        function = labels(function)
        return click.option("--greeting/--no-greeting", default=None, help=OPTIONS["greeting"].help)(function)

    return decorate


def plain_flags(*names: str) -> Callable[[F], F]:
    """Options of a command that holds no conversation: these, and how one signs in."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            function = configured(name)(function)
        return click.option("--entra", is_flag=True, default=None, help=OPTIONS["entra"].help)(function)

    return decorate


def tool_flags(function: F) -> F:
    """What the model may call, and what of it without asking."""
    function = configured("approve")(function)
    for name in ("mcp", "tools"):
        function = configured(name, multiple=True, help=f"{OPTIONS[name].help} May be given more than once.")(function)
    return function


def memory_flags(function: F) -> F:
    """Whether the memory is used."""
    function = click.option("--private", is_flag=True, help="Use the memory, but store nothing.")(function)
    return click.option("--memory/--no-memory", default=None, help=OPTIONS["memory"].help)(function)


def record_flags(function: F) -> F:
    """Whether the conversation is kept."""
    function = configured("record_limit")(function)
    help_ = "Keep the conversation, in DIR or in the usual folder."
    return click.option(
        "--record", is_flag=False, flag_value=ALWAYS, default=None, metavar="[DIR]", help=help_, callback=_folder
    )(function)


def _folder(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """What ``--record`` names, where a folder is or can be.

    Raises:
        UsageProblem: It cannot.
    """
    if given is None or given in (ALWAYS, NEVER):
        return given
    there = next(path for path in (Path(given), *Path(given).absolute().parents) if path.exists())
    if not there.is_dir():
        raise UsageProblem(f"--record: {one_line(there)}: it is no folder")
    if not os.access(there, os.W_OK):
        raise UsageProblem(f"--record: {one_line(there)}: Permission denied")
    return given


def noise_flags(function: F) -> F:
    """A noise under the microphone."""
    snr = f"How much louder your voice is than the noise, {SNR_DB[0]:g} to {SNR_DB[1]:g} dB; default: {SNR_DEFAULT:g}."
    function = click.option("--snr", type=Number(*SNR_DB), default=None, metavar="DB", help=snr)(function)
    noise = "Noise of another room under the microphone: a recording, played over and over, or hiss."
    return click.option("--noise", default=None, metavar="FILE", help=noise)(function)


def talk_flags(function: F) -> F:
    """What every conversation can be given beside its settings."""
    return tool_flags(memory_flags(record_flags(noise_flags(function))))


CLASHES = (
    ({"private": True, "record": True}, "--private and --record exclude each other: give one of them"),
    (
        {"memory": False, "private": True},
        "--no-memory and --private exclude each other: give one of them",
    ),
    ({"memory": False, "remember": True}, "--no-memory and --remember exclude each other: give one of them"),
    ({"private": True, "remember": True}, "--private and --remember exclude each other: give one of them"),
)
"""What cannot be wanted together, and what is said then."""


def refuse_clashes(**given: bool | None) -> None:
    """Refuse options that contradict each other.

    Raises:
        click.UsageError: Some do.
    """
    for clash, words in CLASHES:
        if all(given.get(name) is value for name, value in clash.items()):
            raise click.UsageError(words)


EVENTS = click.option("--events", type=GivenPath(dir_okay=False), help="Write every wire event to this file (JSONL).")

"""``--option NAME=VALUE``: single settings of the interruption policy on the command line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

import click

from voice_tui.conversation.turn_taking.policy import PolicySettings
from voice_tui.conversation.turn_taking.ranges import allow
from voice_tui.messages.knobs import SettingError

NAMES = tuple(f.name for f in fields(PolicySettings))


def turned(settings: PolicySettings, options: Iterable[str]) -> PolicySettings:
    """The settings with some of them replaced.

    Args:
        settings: Where they stand.
        options: ``NAME=VALUE``.

    Raises:
        click.BadParameter: There is no such setting, or it cannot take the value.
    """
    for option in options:
        try:
            name, value = _read(option)
        except SettingError as error:
            raise click.BadParameter(str(error), param_hint="--option") from error
        change: dict[str, Any] = {name: bool(value) if name == "act" else value}
        settings = replace(settings, **change)
    return settings


def _read(option: str) -> tuple[str, float]:
    name, _, text = option.partition("=")
    if not name:
        raise SettingError(f"{option!r} is not allowed, give NAME=NUMBER; there are {', '.join(NAMES)}")
    if name not in NAMES:
        raise SettingError(f"{name}: no such setting, there are {', '.join(NAMES)}")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingError(f"{option}: give {name}=NUMBER")
    return name, allow(name, number)

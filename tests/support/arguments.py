"""Numbers for `argparse` with the bounds that commands have: what is not allowed is named with what is."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import click

from voice_tui.cli.numbers import Number, Whole


def whole(least: int = 0, most: int | None = None) -> Callable[[str], int]:
    """The type of an argument that is a whole number within these bounds."""
    bounds = Whole(least, most)

    def number(text: str) -> int:
        try:
            return bounds.convert(text, None, None)
        except click.BadParameter as error:
            raise argparse.ArgumentTypeError(error.message) from error

    return number


def above_zero(text: str) -> float:
    """The type of an argument that is a number above zero."""
    try:
        return Number(min=0, min_open=True).convert(text, None, None)
    except click.BadParameter as error:
        raise argparse.ArgumentTypeError(error.message) from error

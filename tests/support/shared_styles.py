"""Style sheets parsed once a run, their rules found quickly: a fifth of the work of an application under test."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


def parse_each_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications share the rules of a text that they read with the same variables; nobody changes rules."""
    parsed: dict[tuple[Any, ...], list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def once(sheet: Stylesheet, css: str, *where: Any, **how: Any) -> list[RuleSet]:
        key = (css, where, *sorted(how.items()), *sorted(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, css, *where, **how)
        return parsed[key]

    patch.setattr(Stylesheet, "_parse_rules", once)


def rules_are_found_quickly(patch: pytest.MonkeyPatch) -> None:
    """Let a rule be known by its place in memory without a call of Python: every widget asks for two hundred."""
    patch.setattr(RuleSet, "__hash__", object.__hash__)

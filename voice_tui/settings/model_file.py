"""``models.toml`` in the configuration folder: what the user knows better of models, and which deployment is which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from voice_tui.endpoints.models import MODELS, Model, ModelTable, Price
from voice_tui.plain_text import quoted
from voice_tui.settings.files import table_of

PRICES = tuple(f.name for f in fields(Price))
_NEEDED = tuple(name for name in PRICES if not name.startswith("image"))


class _Wrong(ValueError):
    """A value that can't be."""


def read_models(path: Path) -> tuple[ModelTable, list[str]]:
    """The table with what the file says; a file that is not there says nothing.

    Returns:
        The table, and one line (file: field: value, what is allowed) for each thing that was left out.
    """
    if not path.exists():
        return MODELS, []
    try:
        given = table_of(path)
    except (OSError, ValueError) as error:
        return MODELS, [f"{path}: {error}"]
    reader = _Reader(path)
    return reader.read(given), reader.problems


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[str] = []

    def read(self, given: Mapping[str, Any]) -> ModelTable:
        for name in given.keys() - {"read", "models", "deployments"}:
            self._say(name, "no such table, there are read, models, deployments")
        models = dict(MODELS.models)
        for name, row in self._tables("models", given.get("models", {})):
            try:
                models[name] = self._model(f"models.{name}", row, models.get(name, Model()))
            except _Wrong as wrong:
                self.problems.append(str(wrong))
        deployments: dict[str, str] = {}
        for name, model in self._tables("deployments", given.get("deployments", {})):
            if isinstance(model, str) and model in models:
                deployments[name] = model
            else:
                self._say(f"deployments.{name}", f"{quoted(model)} is not allowed, give one of {', '.join(models)}")
        read = given.get("read", MODELS.read)
        if not _is_date(read):
            self._say("read", f"{quoted(read)} is not allowed, give a date such as 2026-11-22")
            read = MODELS.read
        return ModelTable(models, deployments, read)

    def _model(self, where: str, row: object, known: Model) -> Model:
        if not isinstance(row, dict):
            raise self._wrong(where, f"{quoted(row)} is not allowed, give a table")
        changes: dict[str, Any] = {}
        for name, value in row.items():
            if name not in _CHECKS and name != "price":
                raise self._wrong(f"{where}.{name}", f"no such field, there are {', '.join(_CHECKS)}, price")
            if name == "price":
                changes[name] = self._price(f"{where}.price", value, known.price)
                continue
            fits, allowed = _CHECKS[name]
            if not fits(value):
                raise self._wrong(f"{where}.{name}", f"{quoted(value)} is not allowed, give {allowed}")
            changes[name] = _amount(value) if name == "per_minute" else value
        return replace(known, **changes)

    def _price(self, where: str, row: object, known: Price | None) -> Price:
        if not isinstance(row, dict):
            raise self._wrong(where, f"{quoted(row)} is not allowed, give a table")
        for name, value in row.items():
            if name not in PRICES:
                raise self._wrong(f"{where}.{name}", f"no such price, there are {', '.join(PRICES)}")
            if not _is_amount(value):
                raise self._wrong(
                    f"{where}.{name}", f"{quoted(value)} is not allowed, give US dollars per million tokens"
                )
        amounts = {name: _amount(value) for name, value in row.items()}
        if known is not None:
            return replace(known, **amounts)
        if missing := [name for name in _NEEDED if name not in row]:
            raise self._wrong(where, f"give {', '.join(missing)} as well")
        return Price(**amounts)

    def _tables(self, name: str, table: object) -> Iterator[tuple[str, Any]]:
        if isinstance(table, dict):
            yield from table.items()
        else:
            self._say(name, f"{quoted(table)} is not allowed, give a table")

    def _wrong(self, where: str, why: str) -> _Wrong:
        return _Wrong(f"{self._path}: {where}: {why}")

    def _say(self, where: str, why: str) -> None:
        self.problems.append(str(self._wrong(where, why)))


def _is_date(value: object) -> bool:
    return type(value) is date


def _amount(value: float) -> Decimal:
    """The number as it is written in the file."""
    return Decimal(str(value))


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "window": (lambda value: type(value) is int and 0 < value <= 100_000_000, "a number of tokens"),
    "per_minute": (_is_amount, "US dollars per minute"),
    "ends": (_is_date, "a date such as 2027-01-20"),
    "successor": (lambda value: isinstance(value, str), "a name in quotes"),
    "reasons": (lambda value: isinstance(value, bool), "true or false"),
}
assert {*_CHECKS, "price"} == {f.name for f in fields(Model)}

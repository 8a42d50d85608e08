"""Endpoints that have a name: the tables ``[endpoints.NAME]`` of the config file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from voice_tui.plain_text import quoted
from voice_tui.secret import Secret
from voice_tui.settings.values import header, key, variable

FIELDS = ("provider", "url", "model", "voice", "transcription_model", "dialect", "audio_format", "entra", "proxy", "ca")
"""What a table may hold that is a setting of its own as well."""
OWN = ("key_env", "headers")


class Setting(Protocol):
    """How one field is read from text."""

    @property
    def parse(self) -> Callable[[str], Any]:
        """Raises ValueError saying what is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class NamedEndpoint:
    """What a table says.

    Attributes:
        where: File and table, for messages.
        values: By field of the configuration.
        headers: What else is sent at the handshake.
        key_env: The variable that the key came from.
        wrong: Everything that is wrong with the table, a line each.
        missing: A variable that it names and that is not set, one line; "" for none.
    """

    where: str
    values: dict[str, object] = field(default_factory=dict)
    headers: dict[str, Secret] = field(default_factory=dict)
    key_env: str = ""
    wrong: list[str] = field(default_factory=list)
    missing: str = ""

    @property
    def secrets(self) -> list[Secret]:
        """What must not be shown."""
        return [
            *(value for value in self.values.values() if isinstance(value, Secret) and value),
            *self.headers.values(),
        ]


def read_all(
    path: Path | None, tables: object, variables: Mapping[str, str], settings: Mapping[str, Setting]
) -> tuple[dict[str, NamedEndpoint], list[str]]:
    """Read the tables.

    Args:
        path: The file, for messages.
        tables: What stands under ``endpoints``.
        variables: Of the environment and of ``.env``, for keys and headers.
        settings: The configuration's fields.

    Returns:
        The endpoints by name, and what is wrong beyond a table.
    """
    if not isinstance(tables, dict):
        return {}, [f"{path}: endpoints: {quoted(tables)} is not allowed, give tables: [endpoints.NAME]"]
    found = {name: _Reader(f"{path}: endpoints.{name}", variables, settings).read(t) for name, t in tables.items()}
    return found, []


class _Reader:
    def __init__(self, where: str, variables: Mapping[str, str], settings: Mapping[str, Setting]) -> None:
        self._variables, self._settings = variables, settings
        self._where = where
        self._wrong: list[str] = []
        self._missing = ""

    def read(self, table: object) -> NamedEndpoint:
        if not isinstance(table, dict):
            self._wrong.append(f"{self._where}: {quoted(table)} is not allowed, give a table")
            return NamedEndpoint(self._where, wrong=self._wrong)
        values: dict[str, object] = {}
        headers: dict[str, Secret] = {}
        for name, value in table.items():
            if name in FIELDS:
                self._setting(name, value, values)
            elif name == "headers":
                headers = self._headers(value)
            elif name != "key_env":
                self._refuse(name, f"no such setting, there are {', '.join(FIELDS + OWN)}")
        if not values.get("provider") and not values.get("url") and not self._wrong:
            self._wrong.append(f"{self._where}: give provider or url")
        key_env = table.get("key_env", "")
        if not isinstance(key_env, str):
            self._refuse("key_env", f"{quoted(key_env)} is not allowed, give the name of a variable in quotes")
        elif key_env and (found := self._variable("key_env", key_env)):
            try:
                values["api_key"] = key(found)
            except ValueError as error:
                self._refuse("key_env", f"{key_env}: {error}")
        return NamedEndpoint(self._where, values, headers, str(key_env), self._wrong, self._missing)

    def _setting(self, name: str, value: object, values: dict[str, object]) -> None:
        if name == "entra" and isinstance(value, bool):
            values[name] = value
            return
        if not isinstance(value, str):
            self._refuse(name, f"{quoted(value)} is not allowed, give a text in quotes")
            return
        if name == "proxy" and "@" in value:
            self._refuse(name, "user and password do not belong here, put the address into VOICE_TUI_PROXY")
            return
        try:
            values[name] = self._settings[name].parse(value)
        except ValueError as error:
            shown = "" if name in ("url", "proxy") else f"{quoted(value)} is not allowed, "
            self._refuse(name, f"{shown}{error}")

    def _headers(self, value: object) -> dict[str, Secret]:
        if not isinstance(value, dict):
            self._refuse("headers", "give a table of texts in quotes")
            return {}
        headers: dict[str, Secret] = {}
        for name, text in value.items():
            if not isinstance(text, str):
                self._refuse(f"headers.{name}", "give a text in quotes; $NAME is the value of a variable")
                continue
            found = self._variable(f"headers.{name}", text[1:]) if text.startswith("$") else text
            try:
                headers[name] = header(name, found)
            except ValueError as error:
                self._refuse(f"headers.{name}", str(error))
        return headers

    def _variable(self, name: str, reference: str) -> str:
        try:
            return variable(reference, self._variables)
        except ValueError as error:
            self._missing = self._missing or f"{self._where}: {name}: {error}"
            return ""

    def _refuse(self, name: str, why: str) -> None:
        self._wrong.append(f"{self._where}: {name}: {why}")

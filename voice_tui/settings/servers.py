"""Servers of tools: the tables ``[mcp.NAME]`` of the config file, and what the command line names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from voice_tui.messages.tools import TIMEOUT_S
from voice_tui.plain_text import quoted
from voice_tui.secret import Secret
from voice_tui.settings.values import variable
from voice_tui.tools.marks import LONGEST_S
from voice_tui.tools.servers import ServerOptions, server_of

FIELDS = ("url", "command", "env", "headers", "trust", "timeout", "enabled")
NONE = "none"


class _Wrong(ValueError):
    """A field can't be; it says which, and what is allowed."""


def read_servers(
    path: Path | None, tables: object, variables: Mapping[str, str]
) -> tuple[list[ServerOptions], list[str]]:
    """Read the tables.

    Args:
        path: The file, for messages.
        tables: What stands under ``mcp``.
        variables: Of the environment and of ``.env``, for what a ``$NAME`` means.

    Returns:
        The servers, and what is wrong, a line each; a wrong table is left out whole.
    """
    if not isinstance(tables, dict):
        return [], [f"{path}: mcp: {quoted(tables)} is not allowed, give tables: [mcp.NAME]"]
    servers: list[ServerOptions] = []
    problems: list[str] = []
    for name, table in tables.items():
        try:
            if (server := _server(str(name), table, variables)) is not None:
                servers.append(server)
        except ValueError as error:
            problems.append(f"{path}: mcp.{name}: {error}")
    return servers, problems


def named_servers(
    given: Iterable[str], configured: Iterable[ServerOptions]
) -> tuple[tuple[ServerOptions, ...], list[str]]:
    """The servers of a run: those of the config file and those that were given beside; ``none`` leaves out the first.

    Returns:
        The servers, each with a name of its own, and what is wrong, a line each.
    """
    words, problems = list(given), []
    servers = [] if NONE in words else list(configured)
    for text in words:
        if text == NONE:
            continue
        try:
            servers.append(server_of(text))
        except ValueError as error:
            problems.append(f"mcp: {error}")
    taken: set[str] = set()
    for i, server in enumerate(servers):
        number, name = 1, server.name
        while name in taken:
            number += 1
            name = f"{server.name}-{number}"
        taken.add(name)
        servers[i] = replace(server, name=name)
    return tuple(servers), problems


def _server(name: str, table: object, variables: Mapping[str, str]) -> ServerOptions | None:
    if not isinstance(table, dict):
        raise _Wrong(f"{quoted(table)} is not allowed, give a table")
    if unknown := [field for field in table if field not in FIELDS]:
        raise _Wrong(f"{unknown[0]}: no such setting, there are {', '.join(FIELDS)}")
    if table.get("enabled", True) is False:
        return None
    if ("url" in table) is ("command" in table):
        raise _Wrong("give url or command")
    return replace(
        _reached(table),
        name=name,
        env=_texts("env", table.get("env", {}), variables),
        headers=_texts("headers", table.get("headers", {}), variables),
        trusted=_trusted(table.get("trust", False)),
        timeout_s=_timeout(table.get("timeout", TIMEOUT_S)),
    )


def _reached(table: Mapping[str, object]) -> ServerOptions:
    words = table.get("command", table.get("url"))
    if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
        return ServerOptions("", command=tuple(words))
    if not isinstance(words, str):
        raise _Wrong("url, command: give a text in quotes; a command may be a list of them")
    server = server_of(words)
    if bool(server.url) is not ("url" in table):
        raise _Wrong(f"{words!r} is no {'address' if 'url' in table else 'command'}")
    return server


def _texts(field: str, given: object, variables: Mapping[str, str]) -> dict[str, Secret]:
    """Texts by name; ``$NAME`` in one is the value of a variable."""
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise _Wrong(f"{field}: give a table of texts in quotes; $NAME is the value of a variable")
    texts: dict[str, Secret] = {}
    for name, text in given.items():
        head, sign, reference = text.partition("$")
        try:
            texts[name] = Secret(head + variable(reference, variables) if sign else text)
        except ValueError as error:
            raise _Wrong(f"{field}.{name}: {error}") from None
    return texts


def _trusted(given: object) -> frozenset[str] | None:
    if isinstance(given, bool):
        return None if given else frozenset()
    if isinstance(given, list) and all(isinstance(name, str) for name in given):
        return frozenset(given)
    raise _Wrong(f"trust: {quoted(given)} is not allowed, give true, false or a list of names")


def _timeout(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and 0 < given <= LONGEST_S:
        return float(given)
    raise _Wrong(f"timeout: {quoted(given)} is not allowed, give seconds up to {LONGEST_S:g}")

"""How a server of tools is reached."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_tui.messages.tools import TIMEOUT_S
from voice_tui.secret import Secret

_RUNNERS = frozenset(
    {"env", "npx", "uvx", "uv", "pipx", "run", "node", "deno", "bun", "docker", "python", "python3", "py"}
)
_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a server is reached.

    Attributes:
        name: What the user calls it.
        url: Where it is; "" where it is a command.
        command: What starts it, word by word.
        env: What is in its environment besides a few harmless variables of ours.
        headers: What is sent with each request to a URL.
        trusted: Names of its tools that need not ask; None: all of them.
        timeout_s: A call may take so long, s.
    """

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    env: Mapping[str, Secret] = field(default_factory=dict)
    headers: Mapping[str, Secret] = field(default_factory=dict)
    trusted: frozenset[str] | None = frozenset()
    timeout_s: float = TIMEOUT_S

    def asks(self, tool: str) -> bool:
        """Whether somebody has to agree to a call of this tool."""
        return self.trusted is not None and tool not in self.trusted


def server_of(text: str) -> ServerOptions:
    """The server that a URL or a command means; its name is taken from it.

    Raises:
        ValueError: It is neither; one line says why.
    """
    text = text.strip()
    if re.match(r"https?://", text):
        host = re.sub(r"^https?://(?:[^/@]*@)?", "", text).split("/")[0].split("?")[0]
        if not host:
            raise ValueError(f"{text!r} is no address: give http://HOST or https://HOST")
        return ServerOptions(host, url=text)
    if "://" in text:
        raise ValueError(f"{text!r} is no address of a server of tools: it begins with http:// or https://")
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is no command: {error}") from error
    if not words:
        raise ValueError("give an address or a command")
    plain = [_stem(word) for word in words if not word.startswith("-")]
    names = [name for name in plain if _NAME.fullmatch(name) and name not in _RUNNERS]
    return ServerOptions(next(iter([*names, *plain]), "server"), command=words)


def _stem(word: str) -> str:
    """The name of a program, of a script or of a package."""
    last = re.split(r"[/\\]", word.rstrip("/\\"))[-1]
    return re.sub(r"\.(?:py|js|mjs|ts|exe|sh|cmd)$|(?<=.)@.*$", "", last)

"""A server of tools, by the official package: over its standard input, or on a port of its own."""

from __future__ import annotations

import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("library")


def find(title: str) -> str:
    """Find a book."""
    return f"{title} is on shelf 12"


def time() -> str:
    """Say when it opens: a name that we have, too."""
    return "at nine"


def environment() -> list[str]:
    """Name the variables."""
    return sorted(os.environ)


def burn() -> str:
    """End in the middle of a call."""
    print("fire", file=sys.stderr, flush=True)
    os._exit(3)


def lend(title: str) -> str:
    """Lend a book."""
    raise ValueError(f"{title} is out")


for tool in (find, time, environment, burn, lend):
    server.add_tool(tool)

if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run("stdio")

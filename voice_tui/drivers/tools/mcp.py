"""Servers that speak the Model Context Protocol, by the official ``mcp`` package where it is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from voice_tui.drivers.tools.server import Connection, Unusable
from voice_tui.tools.servers import ServerOptions


@asynccontextmanager
async def connect(options: ServerOptions) -> AsyncIterator[Connection]:
    """Connect with a server."""
    raise Unusable("servers of tools need a package: pip install 'voice-tui[mcp]'")
    yield

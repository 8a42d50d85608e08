"""Servers that speak the Model Context Protocol, by the official ``mcp`` package where it is installed.

A server that is a command gets nothing of our environment but what the package deems harmless (``PATH``, ``HOME`` and
the like), and what its table in the config file gives it. What it writes to its standard error goes to the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import Any

import msgspec

from voice_tui.drivers.tools.last_words import LastWords
from voice_tui.drivers.tools.server import (
    START_S,
    Connection,
    Gone,
    Listed,
    Said,
    ServerError,
    Unusable,
    first_of,
    reason_of,
)
from voice_tui.plain_text import one_line
from voice_tui.tools.servers import ServerOptions

MISSING = "servers of tools need the package mcp: pip install 'voice-tui[mcp]'"
CONNECTION_CLOSED = -32000  # the package's code of a request that the end of the connection has settled
HTTP = "HTTP "
ADVICE = {
    401: "it wants another key: headers in its table of config.toml",
    403: "the key is not allowed to do this",
    404: "there is no such address",
    405: "there is no server of tools at this address",
}
"""What no other try would mend."""
SILENCE_S = 300.0  # of a server on the network, in a stream that it holds open
MOST_PAGES = 50  # of a list of tools: a server that never ends is left


@asynccontextmanager
async def connect(options: ServerOptions) -> AsyncIterator[Connection]:
    """Connect with a server.

    Raises:
        Unusable: It can't be used, and no other try would help.
        ServerError: It can't be reached now.
    """
    if find_spec("mcp") is None:
        raise Unusable(MISSING)
    from mcp import Client

    ended, changed, last_words = asyncio.Event(), asyncio.Event(), LastWords(options.name)

    async def heard(message: Any) -> None:
        if type(message).__name__ == "ToolListChangedNotification":
            changed.set()

    async with AsyncExitStack() as stack:
        try:
            transport = await _transport(options, stack, last_words)
            client = await stack.enter_async_context(Client(_Watched(transport, ended), message_handler=heard))
        except Exception as error:
            raise _refused(error, options, await last_words.whole()) from error
        last_words.close()
        yield _McpConnection(client, ended, changed, last_words)


def _refused(error: BaseException, options: ServerOptions, last_words: str) -> ServerError:
    """Why there is no connection, in words that lead on."""
    error = first_of(error)
    if isinstance(error, ServerError):
        return error
    if isinstance(error, FileNotFoundError | PermissionError) and options.command:
        return Unusable(f"{one_line(options.command[0])} can't be started: {error.strerror}")
    status = int(last_words.removeprefix(HTTP)) if last_words.startswith(HTTP) else 0
    if status in ADVICE:
        return Unusable(f"{HTTP}{status}: {ADVICE[status]}")
    return ServerError(_with(reason_of(error), last_words))


def _with(reason: str, last_words: str) -> str:
    """The reason with what the server wrote last, which often says more."""
    return f"{reason}; it wrote: {last_words}" if last_words else reason


# ---- how it is reached


async def _transport(
    options: ServerOptions, stack: AsyncExitStack, last_words: LastWords
) -> AbstractAsyncContextManager[Any]:
    if options.url:
        from httpx2 import AsyncClient, Timeout
        from mcp.client.streamable_http import streamable_http_client

        headers = {name: value.reveal() for name, value in options.headers.items()}
        patience = Timeout(START_S, read=SILENCE_S)
        http = await stack.enter_async_context(AsyncClient(headers=headers, timeout=patience))

        async def refused(response: Any) -> None:  # the package keeps the status for itself
            # A stream of the server's own (GET) is one that it need not have.
            if response.status_code >= 400 and response.request.method == "POST":
                last_words.text = f"{HTTP}{response.status_code}"

        http.event_hooks["response"].append(refused)
        return _typed(streamable_http_client(options.url, http_client=http))
    from mcp.client.stdio import StdioServerParameters, stdio_client

    env = {name: value.reveal() for name, value in options.env.items()}
    started = StdioServerParameters(command=options.command[0], args=list(options.command[1:]), env=env)
    stack.callback(last_words.close)
    return _typed(stdio_client(started, errlog=last_words.file()))


def _typed(transport: Any) -> AbstractAsyncContextManager[Any]:
    given: AbstractAsyncContextManager[Any] = transport
    return given


class _Watched:
    """A transport that says when the other side has closed it.

    Args:
        transport: The package's: a pair of streams, to read and to write.
        ended: Is set then.
    """

    def __init__(self, transport: AbstractAsyncContextManager[Any], ended: asyncio.Event) -> None:
        self._transport, self._ended = transport, ended

    async def __aenter__(self) -> tuple[Any, Any]:
        reads, writes = await self._transport.__aenter__()
        return _WatchedStream(reads, self._ended), writes

    async def __aexit__(self, *error: Any) -> bool | None:
        return await self._transport.__aexit__(*error)


class _WatchedStream:
    def __init__(self, stream: Any, ended: asyncio.Event) -> None:
        self._stream, self._ended = stream, ended

    @property
    def last_context(self) -> Any:
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Any:
        try:
            return await self._stream.receive()
        except Exception:  # the end of a stream has several names
            self._ended.set()
            raise

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> _WatchedStream:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except (Exception, StopAsyncIteration):
            self._ended.set()
            raise

    async def __aenter__(self) -> _WatchedStream:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> bool | None:
        left: bool | None = await self._stream.__aexit__(*error)
        return left


# ---- what it does


class _McpConnection:
    """A connected server.

    Args:
        client: The package's.
        ended: The connection is closed.
        changed: The tools are others.
        last_words: What it wrote last to its standard error.
    """

    def __init__(self, client: Any, ended: asyncio.Event, changed: asyncio.Event, last_words: LastWords) -> None:
        self._client, self._ended, self._changed, self._last_words = client, ended, changed, last_words

    async def tools(self) -> list[Listed]:
        found: list[Listed] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._client.list_tools(cursor=cursor)
            found += [Listed(tool.name, tool.description or "", tool.input_schema) for tool in page.tools]
            cursor = page.next_cursor
            if not cursor:
                break
        return found

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Said:
        try:
            result = await self._client.call_tool(name, dict(arguments))
        except Exception as error:
            raise await self._failed(error) from error
        return Said(_text(result), failed=bool(result.is_error))

    async def _failed(self, error: Exception) -> ServerError:
        code = getattr(getattr(error, "error", None), "code", None)
        if type(error).__name__ == "MCPError" and code != CONNECTION_CLOSED and not self._ended.is_set():
            return ServerError(one_line(error))  # it has answered: that it will not
        self._ended.set()
        return Gone(_with(reason_of(error), await self._last_words.whole()))

    async def ended(self) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._ended, self._changed)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        self._changed.clear()
        if self._ended.is_set():
            raise Gone(_with("it has ended", await self._last_words.whole()))


def _text(result: Any) -> str:
    """What a result says: its texts, of anything else what it is; else its structure."""
    parts = [_part(part) for part in result.content]
    if not parts and result.structured_content is not None:
        return msgspec.json.encode(result.structured_content, enc_hook=str).decode()
    return "\n".join(parts)


def _part(part: Any) -> str:
    if isinstance(text := getattr(part, "text", None), str):
        return text
    if isinstance(text := getattr(getattr(part, "resource", None), "text", None), str):
        return text
    what = getattr(part, "mime_type", None) or getattr(part, "uri", None) or ""
    return f"[{getattr(part, 'type', 'content')} {one_line(what, 80)}]".replace(" ]", "]")

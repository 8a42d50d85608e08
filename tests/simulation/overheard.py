"""A client's connection, as a server sees it behind somebody who stands between."""

from __future__ import annotations

from collections.abc import Awaitable

from websockets.http11 import Request

from voice_tui.server.sender import ClientLink


class OverheardLink:
    """All of a connection but its messages, as it is; those are the business of whoever stands between."""

    def __init__(self, link: ClientLink) -> None:
        self._link = link

    @property
    def heard(self) -> int:
        return self._link.heard

    @property
    def request(self) -> Request | None:
        return self._link.request

    @property
    def unsent(self) -> int:
        return self._link.unsent

    async def ask(self) -> Awaitable[float]:
        return await self._link.ask()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._link.close(code, reason)

    def abort(self) -> None:
        self._link.abort()

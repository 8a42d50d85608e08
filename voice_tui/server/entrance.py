"""Who may come in: what a handshake is refused for, and with which words."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

import msgspec
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from voice_tui.secret import NO_SECRET, Secret
from voice_tui.server.inference import OVERLOADED

PATHS = frozenset({"/v1/realtime", "/openai/v1/realtime", "/openai/realtime"})
MAX_SESSIONS = 64
RETRY_AFTER_S = 5
SUBPROTOCOL_HEADER = "Sec-WebSocket-Protocol"
KEY_SUBPROTOCOL = "openai-insecure-api-key."  # a browser can send no header of its own
BEARER = "bearer "
NEEDS_KEY = (
    "--host: whoever reaches {host} could talk here, so a key is needed: set VOICE_TUI_SERVE_KEY or give "
    "--api-key-file, or listen on 127.0.0.1"
)


_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?")
_USUAL_PORT = {"http": "80", "https": "443"}
NO_ORIGIN = "null"
"""What browsers call a page of a file."""


def origin(text: str) -> str:
    """A web page's origin as browsers name it.

    Raises:
        ValueError: It is none; the words say what is allowed.
    """
    found = _ORIGIN.fullmatch(text.strip().lower())
    if found is None:
        if text == NO_ORIGIN:
            return text
        raise ValueError("give scheme, host and port as the browser names them, such as http://localhost:3000")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{port}" if port and port != _USUAL_PORT.get(scheme) else "")


def offered_subprotocols(request: Request) -> list[str]:
    """What a handshake offers, in its order."""
    return [name.strip() for line in request.headers.get_all(SUBPROTOCOL_HEADER) for name in line.split(",")]


def address(request: Request) -> SplitResult:
    """What a handshake asks for, split; empty where it is no address."""
    try:
        return urlsplit(request.path)
    except ValueError:
        return urlsplit("")


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach an address; a name that is not localhost may mean any."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a client needs to come in.

    Attributes:
        key: The only key that is taken; empty: any, or none.
        origins: Web pages that may connect, as browsers name them (``https://example.org``, also with a port).
        max_sessions: So many at once.
    """

    key: Secret = NO_SECRET
    origins: frozenset[str] = frozenset()
    max_sessions: int = MAX_SESSIONS

    def objection(self, host: str) -> str:
        """Why one must not listen on ``host`` like this; "" where one may."""
        return "" if self.key or is_loopback(host) else NEEDS_KEY.format(host=host or "this machine")

    def refusal(self, request: Request, sessions: int, *, late: bool = False) -> Response | None:
        """The answer to a handshake that stays outside; None: it comes in.

        Args:
            request: The handshake.
            sessions: So many are inside.
            late: The server does not keep up with them.
        """
        strange = [origin for origin in request.headers.get_all("Origin") if origin not in self.origins]
        if strange:
            message = "Web pages may not talk to this server, except those that --allow-origin names."
            return _answer(HTTPStatus.FORBIDDEN, "forbidden_origin", message)
        if self.key and not self._knows(request):
            message = (
                "This server needs its key: in Authorization: Bearer, in api-key, or in the browser's subprotocol."
            )
            return _answer(HTTPStatus.UNAUTHORIZED, "invalid_api_key", message, {"WWW-Authenticate": "Bearer"})
        path = address(request).path
        if path not in PATHS:
            message = f"There is no {path} here, only {', '.join(sorted(PATHS))}."
            return _answer(HTTPStatus.NOT_FOUND, "not_found", message)
        if sessions >= self.max_sessions:
            message = f"All {self.max_sessions} sessions of this server are taken (--max-sessions); try again later."
            retry = {"Retry-After": str(RETRY_AFTER_S)}
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "session_limit_reached", message, retry)
        if late:
            message = "The server does not keep up with the sessions that it has; try again later."
            retry = {"Retry-After": str(RETRY_AFTER_S)}
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, OVERLOADED, message, retry)
        return None

    def _knows(self, request: Request) -> bool:
        right = self.key.reveal().encode()
        # The library reads headers as Latin-1: so the bytes are had again as they came.
        return any(hmac.compare_digest(offer.encode("latin-1"), right) for offer in _keys(request))


def _keys(request: Request) -> Iterator[str]:
    for value in request.headers.get_all("Authorization"):
        if value[: len(BEARER)].lower() == BEARER:
            yield value[len(BEARER) :].strip()
    yield from request.headers.get_all("api-key")
    for name in offered_subprotocols(request):
        if name.startswith(KEY_SUBPROTOCOL):
            yield name.removeprefix(KEY_SUBPROTOCOL)


def _answer(status: HTTPStatus, code: str, message: str, more: dict[str, str] | None = None) -> Response:
    body = msgspec.json.encode({"error": {"code": code, "message": message}})
    usual = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    return Response(status.value, status.phrase, Headers(usual | (more or {})), body)

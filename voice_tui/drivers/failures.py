"""What is said and done when a connection can't be opened, or ends: tables from the cause to a line and the next try.

The causes come from three places: the HTTP status of the handshake with its JSON body, the code of a close with the
error event before it, and the errors of network, certificate and proxy.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.http11 import Response

from voice_tui.endpoints.providers import Endpoint
from voice_tui.plain_text import one_line

FIRST_S, LONGEST_S = 0.5, 30.0  # the pause before a try doubles from one to the other
JITTER = 0.25  # ... give or take such a share of it
STEADY_S = 30.0  # so long a session has to live before the pauses begin anew
FEW_TRIES = 3
LONGEST_WISH_S = 600.0  # a server that wants to be left alone for longer is asked again after so long
SHORTEST_SECRET = 8  # what is shorter ("Bearer") would also hide words
REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id", "request-id")
REGION = "x-ms-region"


class ConnectionFailed(Exception):
    """The endpoint can't be used; the text is one line for the user."""


class Then(Enum):
    """What follows a failure."""

    NOW = "at once"
    LATER = "after a pause that grows"
    FEW = "after a pause that grows, three times"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a connection is not there.

    Attributes:
        then: Whether another try may help.
        words: What happened and what to do, one line.
        after_s: The server asked to be left alone for so long.
    """

    then: Then
    words: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class LastError:
    """The error event before a close: its code and its words; "" for none."""

    code: str = ""
    words: str = ""


_KEY = "the key was refused: check {key}"
_MODEL = "there is no model or deployment {model!r}: check its name"
_QUOTA = "the quota is used up: check plan and billing, or ask for more quota"
_PREVIEW = "this address speaks the GA dialect only: use /v1/realtime without preview headers"

STATUS: dict[int, tuple[Then, str]] = {
    400: (Then.NEVER, "the request was refused: is {model!r} a realtime model?"),
    401: (Then.NEVER, _KEY),
    403: (Then.NEVER, "access is forbidden: check the key's rights and the network rules"),
    404: (Then.NEVER, "nothing is there: check the address and the deployment or model"),
    408: (Then.LATER, "the server waited too long for the request"),
    426: (Then.NEVER, "the address takes no websocket of this kind: check the address"),
    429: (Then.LATER, "too many requests, or the quota is used up"),
}
"""HTTP status of the handshake → what follows, and what is said."""

BODY: dict[str, tuple[Then | None, str]] = {
    "DeploymentNotFound": (None, _MODEL),
    "OperationNotSupported": (None, "{model!r} is no realtime model: choose another deployment"),
    "insufficient_quota": (None, _QUOTA),
    "invalid_api_key": (Then.NEVER, _KEY),
    "missing_model": (Then.NEVER, "no model was named: set one"),
    "invalid_model": (Then.NEVER, _MODEL),
    "model_not_found": (Then.NEVER, _MODEL),
    "beta_api_shape_disabled": (Then.NEVER, _PREVIEW),
    "session_expired": (Then.NOW, "the session has reached its longest duration"),
    "session_limit_reached": (Then.LATER, "every place at the server is taken"),
}
"""Code of an error, in the body of a refused handshake or in an event before a close → the same, where it says more."""

CLOSE: dict[int, tuple[Then, str]] = {
    1001: (Then.NOW, "the server goes away"),
    1002: (Then.NEVER, "the two ends do not speak the same protocol"),
    1003: (Then.NEVER, "the server takes no such data"),
    1006: (Then.LATER, "the line was cut"),
    1007: (Then.NEVER, "the server could not read what was sent"),
    1008: (Then.NEVER, "the server refuses by its policy"),
    1009: (Then.NEVER, "a message was too big"),
    1010: (Then.NEVER, "the server lacks an extension"),
    1011: (Then.LATER, "the server failed"),
    1012: (Then.LATER, "the server starts anew"),
    1013: (Then.LATER, "the server is busy"),
    1014: (Then.LATER, "a gateway on the way failed"),
    3000: (Then.NEVER, _KEY),
    4000: (Then.NEVER, "the server refused the session"),
    4004: (Then.NEVER, _MODEL),
}
"""Code of a close → the same; a code that does not stand here is tried a few times."""

NETWORK: tuple[tuple[type[Exception], Then, str], ...] = (
    (InvalidURI, Then.NEVER, "this is no websocket address: it has to begin with ws:// or wss://"),
    (InvalidProxyStatus, Then.NEVER, "the proxy refused the way: {error}"),
    (InvalidProxy, Then.NEVER, "the proxy's address can't be read: check http_proxy, https_proxy and socks_proxy"),
    (ProxyError, Then.LATER, "the proxy failed: {error}"),
    (
        ssl.SSLCertVerificationError,
        Then.NEVER,
        "the certificate is not trusted: set SSL_CERT_FILE, or trust it ({error})",
    ),
    (ssl.SSLError, Then.LATER, "the encryption broke off: {error}"),
    (InvalidMessage, Then.LATER, "no HTTP answer came: {error}"),
    (InvalidHandshake, Then.LATER, "the handshake failed: {error}"),
    (TimeoutError, Then.LATER, "{error}"),
    (socket.gaierror, Then.LATER, "no such host: check the address and the network"),
    (ConnectionRefusedError, Then.LATER, "nobody listens there"),
    (OSError, Then.LATER, "{error}"),
    (UnicodeError, Then.NEVER, "the address can't be read: {error}"),
    (ImportError, Then.NEVER, "{error}"),
)
"""The first row that fits an error of network, certificate, proxy or address."""


def explained(error: Exception, endpoint: Endpoint, last: LastError, session: str = "", request: str = "") -> Failure:
    """What an error of a connection means.

    Args:
        error: What opening or reading raised.
        endpoint: Where to.
        last: What the server said just before.
        session: The id of the session that ended, "" for none.
        request: What the endpoint called the connection at its handshake, "" for nothing.

    Raises:
        Exception: It is no error of a connection.
    """
    if isinstance(error, InvalidStatus):
        failure = _refused(error.response, endpoint)
    elif isinstance(error, ConnectionClosed):
        failure = _closed(error, endpoint, last, _ids(request, session))
    else:
        cause = _cause(error)
        row = next((row for row in NETWORK if isinstance(cause, row[0])), None)
        if row is None:
            raise error
        failure = Failure(row[1], _filled(row[2], endpoint, cause) + _ids(request, session))
    return replace(failure, words=_without_secrets(failure.words, endpoint))


def delay(failures: int, chance: float) -> float:
    """The pause before the next try, s.

    Args:
        failures: How many there were in a row, at least 1.
        chance: 0 to 1.
    """
    return min(FIRST_S * 2.0 ** min(failures - 1, 16), LONGEST_S) * (1 + JITTER * (2 * chance - 1))


def request_of(headers: Mapping[str, str]) -> str:
    """What an endpoint calls a request, and where it was served, for its support; "" where it says nothing."""
    said = [headers[name] for name in REQUEST_IDS if name in headers][:1]
    said += [f"in {headers[REGION]}"] if REGION in headers else []
    return " ".join(one_line(each, 80) for each in said)


def _refused(response: Response, endpoint: Endpoint) -> Failure:
    status = response.status_code
    code, message = _body(bytes(response.body or b""))
    usual = Then.LATER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Then.FEW
    then, words = STATUS.get(status, (usual, ""))
    named, more = BODY.get(code, (None, ""))
    if status == HTTPStatus.UNAUTHORIZED and "api-version=" in endpoint.url and "/openai/v1/" in endpoint.url:
        more = "a v1 address takes no api-version: leave it out"
    words = _filled(more or words, endpoint) or _phrase(status)
    said = "" if code in BODY or not message else f' ("{message}")'
    after = _seconds(response.headers.get("Retry-After", "")) if then is Then.LATER else None
    return Failure(named or then, f"HTTP {status}, {words}{said}{_ids(request_of(response.headers), '')}", after)


def _closed(error: ConnectionClosed, endpoint: Endpoint, last: LastError, ids: str) -> Failure:
    code = error.rcvd.code if error.rcvd else 1006
    reason = one_line(error.rcvd.reason) if error.rcvd else ""
    then, words = CLOSE.get(code, (Then.FEW, "the server hung up"))
    known = last.code if last.code in BODY else reason.rpartition(".")[2]
    named, more = BODY.get(known, (None, ""))
    said = reason or one_line(last.words)
    words = _filled(more or words, endpoint) + (f': "{said}"' if said else "")
    return Failure(named or then, f"close {code}, {words}{ids}")


def _cause(error: Exception) -> Exception:
    """Several addresses of one host that failed alike failed as one."""
    numbers = set(re.findall(r"\[Errno (\d+)\]", str(error)))
    if not isinstance(error, OSError) or error.errno is not None or len(numbers) != 1:
        return error
    number = int(numbers.pop())
    return OSError(number, os.strerror(number))


def _without_secrets(words: str, endpoint: Endpoint) -> str:
    for secret in endpoint.headers.values():
        for part in secret.reveal().split():
            if len(part) >= SHORTEST_SECRET:
                words = words.replace(part, "…")
    return words


def _body(raw: bytes) -> tuple[str, str]:
    """Code and message of ``{"error": {"code", "message"}}``, "" where there is none."""
    try:
        error = json.loads(raw)["error"]
        return one_line(error.get("code") or ""), one_line(error.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _filled(words: str, endpoint: Endpoint, error: Exception | None = None) -> str:
    said = one_line(error.strerror if isinstance(error, OSError) and error.strerror else error)
    known = {"key": endpoint.key_name or "the key", "model": endpoint.model}
    return words.format(error=said or type(error).__name__, **known)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "no such status is known"


def _seconds(text: str) -> float | None:
    """``Retry-After`` as a number; a date is not read, the usual pause does as well."""
    return min(float(text), LONGEST_WISH_S) if text.strip().isdecimal() else None


def _ids(request: str, session: str) -> str:
    known = [f"{name} {one_line(value, 160)}" for name, value in (("request", request), ("session", session)) if value]
    return f" [{', '.join(known)}]" if known else ""

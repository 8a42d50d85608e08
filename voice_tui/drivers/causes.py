"""Why a connection is not there: tables from the cause to what follows and to what is said, with what to do.

In a text ``{key}`` is the variable that the key came from, ``{model}`` what was asked for, ``{place}`` where a
redirection leads, ``{error}`` what the error itself says, ``{plain}`` the advice to leave the encryption out where the
address asks for it, ``{encrypted}`` the advice to ask for it where it does not.
"""

from __future__ import annotations

import re
import socket
import ssl
from enum import Enum

from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidProxy, InvalidURI, ProxyError


class Then(Enum):
    """What follows a failure."""

    NOW = "at once"
    LATER = "after a pause that grows"
    FEW = "after a pause that grows, three times"
    NEVER = "never"


KEY = "the key was refused: check {key}"
KEYLESS = "a key is wanted, and none was sent: {withheld}set {key}"
"""What `KEY` becomes where the endpoint has none of ours."""
_MODEL = "there is no model or deployment {model!r}: check its name"
_NO_MODEL = "{model!r} is no realtime model: choose another model or deployment"
UNNAMED = "it wants a model or deployment, and none was named: give --model"
"""What a text about ``{model}`` becomes where none was asked for."""
_QUOTA = "the quota is used up: check plan and billing, or ask for more quota"
_ACCOUNT = "the account may not be used: ask the provider, or check the billing"
_RIGHTS = "the key may not do this: check its rights, the project and the network rules"
_REGION = "the provider does not serve this country or region"
_PREVIEW = "this address speaks the GA dialect only: use /v1/realtime without preview headers"
_NO_WEBSOCKET = "the address takes no websocket of this kind: check the address"
_ELSEWHERE = "the address leads {place}: give the right address itself, a key follows no redirection"
_PAGE = "an answer of the web came, no websocket: check the address, it mostly ends with /realtime"
_GATEWAY = "a gateway on the way reached no server behind it: is it running?"
_SLOW = "the server behind a gateway took too long: it may be loading its model"

STATUS: dict[int, tuple[Then, str]] = {
    300: (Then.FEW, _ELSEWHERE),
    301: (Then.FEW, _ELSEWHERE),
    302: (Then.FEW, _ELSEWHERE),
    303: (Then.FEW, _ELSEWHERE),
    307: (Then.FEW, _ELSEWHERE),
    308: (Then.FEW, _ELSEWHERE),
    400: (Then.NEVER, "the request was refused: is {model!r} a realtime model?"),
    401: (Then.NEVER, KEY),
    402: (Then.NEVER, _QUOTA),
    403: (Then.NEVER, "access is forbidden: check the key's rights and the network rules"),
    404: (Then.NEVER, "nothing is there: check the address and the deployment or model"),
    405: (Then.NEVER, _NO_WEBSOCKET),
    406: (Then.NEVER, _NO_WEBSOCKET),
    407: (Then.NEVER, "a proxy on the way wants a user and a password: give it with --proxy"),
    408: (Then.LATER, "the server waited too long for the request"),
    410: (Then.NEVER, "what was there is gone for good: check the address and the deployment or model"),
    421: (Then.NEVER, "that server does not serve this host: check the address"),
    425: (Then.LATER, "the server wants the request again"),
    426: (Then.NEVER, _NO_WEBSOCKET),
    429: (Then.LATER, "too many requests, or the quota is used up: wait, or ask for more quota"),
    431: (Then.NEVER, "the headers are too long for the server: is the key, or a header of yours, what it should be?"),
    451: (Then.NEVER, _REGION),
    500: (Then.LATER, "the server failed: try again later, or tell its support the ids"),
    501: (Then.NEVER, _NO_WEBSOCKET),
    502: (Then.LATER, _GATEWAY),
    503: (Then.LATER, "the server is overloaded, or not up yet: try again later"),
    504: (Then.LATER, _SLOW),
    505: (Then.NEVER, _NO_WEBSOCKET),
    511: (Then.FEW, "the network wants you to sign in: open any page in a browser"),
    520: (Then.LATER, _GATEWAY),
    521: (Then.LATER, _GATEWAY),
    522: (Then.LATER, _SLOW),
    523: (Then.LATER, _GATEWAY),
    524: (Then.LATER, _SLOW),
    525: (Then.LATER, _GATEWAY),
    526: (Then.LATER, _GATEWAY),
}
"""HTTP status of the handshake → what follows, and what is said."""

HUNDREDS: dict[int, tuple[Then, str]] = {
    2: (Then.FEW, _PAGE),
    3: (Then.FEW, _ELSEWHERE),
    4: (Then.FEW, "the request was refused: check address, model and key"),
    5: (Then.LATER, "the server failed: try again later, or tell its support the ids"),
}
"""The same of any other status, by its first digit."""
ANY_STATUS = (Then.FEW, "no such status is known: check the address, that may be no server of the web")

_CODES: dict[str, tuple[Then, str]] = {
    "DeploymentNotFound": (Then.NEVER, _MODEL),
    "OperationNotSupported": (Then.NEVER, _NO_MODEL),
    "insufficient_quota": (Then.NEVER, _QUOTA),
    "billing_hard_limit_reached": (Then.NEVER, _QUOTA),
    "billing_not_active": (Then.NEVER, _ACCOUNT),
    "Arrearage": (Then.NEVER, _ACCOUNT),
    "account_deactivated": (Then.NEVER, _ACCOUNT),
    "account_disabled": (Then.NEVER, _ACCOUNT),
    "organization_deactivated": (Then.NEVER, _ACCOUNT),
    "access_terminated": (Then.NEVER, _ACCOUNT),
    "invalid_api_key": (Then.NEVER, KEY),
    "incorrect_api_key": (Then.NEVER, KEY),
    "expired_api_key": (Then.NEVER, KEY),
    "authentication_error": (Then.NEVER, KEY),
    "invalid_authentication": (Then.NEVER, KEY),
    "AuthenticationFailed": (Then.NEVER, KEY),
    "unauthorized": (Then.NEVER, KEY),
    "permission_denied": (Then.NEVER, _RIGHTS),
    "permission_error": (Then.NEVER, _RIGHTS),
    "insufficient_permissions": (Then.NEVER, _RIGHTS),
    "AccessDenied": (Then.NEVER, _RIGHTS),
    "mismatched_organization": (Then.NEVER, _RIGHTS),
    "mismatched_project": (Then.NEVER, _RIGHTS),
    "unsupported_country_region_territory": (Then.NEVER, _REGION),
    "missing_model": (Then.NEVER, "no model was named: set one"),
    "invalid_model": (Then.NEVER, _MODEL),
    "model_not_found": (Then.NEVER, _MODEL),
    "beta_api_shape_disabled": (Then.NEVER, _PREVIEW),
    "session_expired": (Then.NOW, "the session has reached its longest duration"),
    "session_limit_reached": (Then.LATER, "every place at the server is taken"),
}


def _bare(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.lower())


CODES = {_bare(code): row for code, row in _CODES.items()}
"""Code of an error, in the body of a refused handshake or in an event before a close → the same, where it says more."""


def by_code(code: str) -> tuple[Then, str] | None:
    """What a code means, however it is spelt (``InvalidApiKey``, ``invalid_api_key``); None: it is not known."""
    return CODES.get(_bare(code))


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
    3000: (Then.NEVER, KEY),
    4000: (Then.NEVER, "the server refused the session"),
    4004: (Then.NEVER, _MODEL),
}
"""Code of a close → the same; a code that does not stand here is tried a few times."""

UNREADABLE: dict[int, str] = {
    1002: "the server does not keep to the protocol",
    1003: "the server sent what is no text",
    1007: "the server sent a text that is none",
    1009: "the server sent more than 32 MiB at once",
}
"""Code of a close that we said, for what came can't be read → what is said of it."""

NETWORK: tuple[tuple[type[Exception], Then, str], ...] = (
    (InvalidURI, Then.NEVER, "this is no websocket address: it has to begin with ws:// or wss://"),
    (
        ssl.SSLCertVerificationError,
        Then.NEVER,
        "the certificate is not trusted: set SSL_CERT_FILE, or trust it ({error})",
    ),
    (ssl.SSLError, Then.LATER, "the encryption broke off: {error}{plain}"),
    (InvalidMessage, Then.LATER, "no HTTP answer came: {error}{encrypted}"),
    (InvalidHandshake, Then.LATER, "the handshake failed: {error}"),
    (TimeoutError, Then.LATER, "{error}"),
    (socket.gaierror, Then.LATER, "no such host: check the address and the network"),
    (ConnectionRefusedError, Then.LATER, "nobody listens there"),
    (ConnectionError, Then.LATER, "the other end cut the line{plain}{encrypted}"),
    (OSError, Then.LATER, "{error}"),
    (UnicodeError, Then.NEVER, "the address can't be read: {error}"),
    (ImportError, Then.NEVER, "{error}"),
)
"""The first row that fits an error of network, certificate or address."""

PROXY: tuple[tuple[type[Exception], Then, str], ...] = (
    (InvalidProxy, Then.NEVER, "can't be read: it has to be like http://host:port"),
    (ProxyError, Then.LATER, "failed: {error}"),
    (ssl.SSLCertVerificationError, Then.NEVER, "has a certificate that is not trusted ({error})"),
    (ssl.SSLError, Then.LATER, "does not encrypt: should it begin with http://? ({error})"),
    (TimeoutError, Then.LATER, "does not answer: check its address"),
    (socket.gaierror, Then.LATER, "has a host that does not exist: check its address"),
    (ConnectionRefusedError, Then.LATER, "can't be reached, nobody listens there: is it running?"),
    (OSError, Then.LATER, "can't be reached: {error}"),
    (UnicodeError, Then.NEVER, "can't be read: it has to be like http://host:port"),
    (ImportError, Then.NEVER, "needs python-socks: pip install python-socks"),
)
"""The same of the proxy, behind its name: errors that came before it led anywhere."""

PROXY_STATUS: dict[int, tuple[Then, str]] = {
    407: (Then.NEVER, "wants a user and a password, or other ones: put them before its host, http://USER:PASSWORD@…"),
    4: (Then.NEVER, "refuses to lead there (HTTP {status}): ask who runs it"),
    5: (Then.LATER, "could not lead there (HTTP {status}): check the endpoint's address"),
}
"""Status of a proxy's answer, or its first digit → the same."""
ANY_PROXY_STATUS = (Then.FEW, "gave no answer of a proxy (HTTP {status}): is it one?")

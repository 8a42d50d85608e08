"""How an endpoint is reached: through which proxy, and which certificates are trusted on the way."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidProxy, WebSocketException
from websockets.proxy import get_proxy, parse_proxy
from websockets.uri import parse_uri

from voice_tui import plain_file
from voice_tui.endpoints.address import loopback, shown
from voice_tui.endpoints.providers import Endpoint
from voice_tui.secret import Secret

PROXY_VARIABLES = ("wss_proxy", "ws_proxy", "socks_proxy", "https_proxy", "http_proxy")
"""Where the library looks, in its order."""


class Unredirected(connect):
    """Opens a websocket, and follows no redirection: the headers would go along, and with them the key."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """What became of the handshake."""
        return exc


@dataclass(frozen=True, slots=True)
class Proxy:
    """What an endpoint is reached through.

    Attributes:
        address: Of the proxy; it may hold a password.
        origin: Where that address was set, "" where nobody knows.
    """

    address: Secret
    origin: str = ""

    def __str__(self) -> str:
        """What may be shown of it."""
        return shown(self.address.reveal()) + (f" ({self.origin})" if self.origin else "")


class ProxyFailed(Exception):
    """The proxy is not there, or does not lead anywhere: the endpoint itself was not reached."""

    def __init__(self, proxy: Proxy, cause: Exception) -> None:
        super().__init__(f"the proxy {proxy}: {type(cause).__name__}")  # its words may hold the password
        self.proxy, self.cause = proxy, cause


def proxy_for(endpoint: Endpoint) -> Proxy | None:
    """The proxy that an endpoint is reached through: the configured one, else what the environment says.

    Raises:
        ProxyFailed: Its address can't be read, or it speaks SOCKS and python-socks is not installed.
        InvalidURI: The endpoint has no address.
    """
    if loopback(endpoint.url):
        return None
    address = endpoint.proxy.reveal()
    origin = endpoint.proxy_origin
    if not address:
        address = get_proxy(parse_uri(endpoint.url)) or ""
        origin = _variable(address, os.environ)
    if not address:
        return None
    proxy = Proxy(Secret(address), origin)
    try:
        scheme = parse_proxy(address).scheme
    except (InvalidProxy, ValueError):
        raise ProxyFailed(proxy, InvalidProxy(shown(address), "")) from None
    if scheme.startswith("socks") and find_spec("python_socks") is None:
        raise ProxyFailed(proxy, ImportError("python-socks"))
    return proxy


def _variable(address: str, environment: Mapping[str, str]) -> str:
    """The variable that an address of a proxy came from; where none holds it, the system has settings of its own."""
    found = [name for name, value in environment.items() if name.lower() in PROXY_VARIABLES and _same(value, address)]
    found.sort(key=lambda name: (PROXY_VARIABLES.index(name.lower()), name.isupper()))
    return f"environment: {found[0]}" if found else "settings of the system"


def _same(value: str, address: str) -> bool:
    """Whether a variable holds this address, which may have got another scheme on the way here."""
    return value.rpartition("://")[2] == address.rpartition("://")[2]


def trust(endpoint: Endpoint) -> ssl.SSLContext | None:
    """The certificates that are trusted; None where nothing is encrypted.

    Raises:
        OSError: The file is not there, or holds no certificates.
    """
    if urlsplit(endpoint.url).scheme != "wss":
        return None
    context = ssl.create_default_context()
    if endpoint.authorities:
        context.load_verify_locations(endpoint.authorities)  # beside the usual ones
    return context


def way(endpoint: Endpoint, proxy: Proxy | None) -> dict[str, Any]:
    """The arguments of a connection that say how the endpoint is reached.

    Raises:
        OSError: As `trust`.
    """
    address, context = proxy.address.reveal() if proxy else None, trust(endpoint)
    behind = {"proxy_ssl": context} if address and address.startswith("https:") and context else {}
    return {"proxy": address, "ssl": context, **behind}


UNREACHED = (OSError, WebSocketException, EOFError, UnicodeError)
"""What a proxy that does not lead anywhere raises."""


def certificate_problem(endpoint: Endpoint, environment: Mapping[str, str]) -> str:
    """What is wrong with the files of certificates that were named, one line; "" for nothing.

    The library takes a file of the environment that is not there for one without certificates, and trusts nobody.
    """
    if urlsplit(endpoint.url).scheme != "wss":
        return ""
    path = environment.get("SSL_CERT_FILE", "")
    for name, file in (("SSL_CERT_FILE", path), ("ca", endpoint.authorities)):
        try:
            if file:
                plain_file.content(Path(file))
                ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            return f"{name}: {file}: it holds no certificates, give a PEM file"
        except OSError as error:
            return f"{name}: {file}: {error.strerror or error}"
    return ""

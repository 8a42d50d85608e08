"""How an endpoint is reached: through which proxy, and which certificates are trusted on the way."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidProxy
from websockets.proxy import get_proxy, parse_proxy
from websockets.uri import parse_uri

from voice_tui.endpoints.address import loopback, shown
from voice_tui.endpoints.providers import Endpoint


class Unredirected(connect):
    """Opens a websocket, and follows no redirection: the headers would go along, and with them the key."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """What became of the handshake."""
        return exc


def proxy_for(endpoint: Endpoint) -> str | None:
    """The proxy that an endpoint is reached through: the configured one, else what the environment says.

    Raises:
        InvalidProxy: Its address can't be read; what is shown of it holds no password.
        ImportError: It speaks SOCKS, and python-socks is not installed.
        InvalidURI: The endpoint has no address.
    """
    if loopback(endpoint.url):
        return None
    address = endpoint.proxy.reveal() or get_proxy(parse_uri(endpoint.url))
    if address is None:
        return None
    try:
        scheme = parse_proxy(address).scheme
    except (InvalidProxy, ValueError):
        raise InvalidProxy(shown(address), "it has to be like http://host:port") from None
    if scheme.startswith("socks") and find_spec("python_socks") is None:
        raise ImportError(f"the proxy {shown(address)} needs python-socks: pip install python-socks")
    return address


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


def way(endpoint: Endpoint) -> dict[str, Any]:
    """The arguments of a connection that say how the endpoint is reached.

    Raises:
        Exception: As `proxy_for` and `trust`.
    """
    proxy, context = proxy_for(endpoint), trust(endpoint)
    behind = {"proxy_ssl": context} if proxy and proxy.startswith("https:") and context else {}
    return {"proxy": proxy, "ssl": context, **behind}


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
                ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            return f"{name}: {file}: it holds no certificates, give a PEM file"
        except OSError as error:
            return f"{name}: {file}: {error.strerror or error}"
    return ""

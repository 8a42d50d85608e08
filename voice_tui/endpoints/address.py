"""Addresses: read from what people paste, checked before a key goes there, and shown without anything secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
KEY_PARAMETERS = (
    "api-key", "api_key", "apikey", "key", "token", "access_token", "auth", "authorization", "code", "sig", "signature",
    "secret", "password", "subscription-key", "ocp-apim-subscription-key", "x-api-key", "client_secret",
)  # fmt: skip
"""Parameters of a query that carry a key: proxies and servers write addresses down."""
_SHORT = re.compile(r"\d+(\.\d+){1,2}")
_HOST = re.compile(r"[\w.-]*(:\d*)?|\[[\da-fA-F:.]*\](:\d*)?")


class AddressError(ValueError):
    """An address can't be used; the text says why, without what may be secret."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a websocket is.

    Attributes:
        scheme: ``ws`` or ``wss``.
        host: Name or number with its port, as in an address.
        path: "" or with a slash before it.
        query: Names and values in their order.
    """

    scheme: str
    host: str
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return urlunsplit((self.scheme, self.host, self.path, urlencode(self.query), ""))


def read(text: str) -> Address:
    """An address as people paste it; ``https`` means ``wss``, ``http`` means ``ws``.

    Raises:
        AddressError: It can't be read, or holds a user, a password or a key.
    """
    where = shown(text)
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise AddressError(f"{where!r} is not allowed, {_reason(error)}") from None
    if parts.scheme not in SCHEMES or not text.lower().startswith(f"{parts.scheme}://"):
        raise AddressError(f"{where!r} is not allowed, give an address that begins with ws://, wss:// or https://")
    if not host or any(c.isspace() or not c.isprintable() for c in text):
        raise AddressError(f"{where!r} is not allowed, it has no host, or a blank in it")
    if not all(c.isalnum() or c in "-._:%" for c in host):
        raise AddressError(f"{where!r} is not allowed, its host can't be read")
    if port == 0:
        raise AddressError(f"{where!r} is not allowed, a port is a number from 1 to 65535")
    if "@" in parts.netloc:
        raise AddressError(f"{where}: user and password do not belong into an address, give the key by its variable")
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    if keys := [name for name, value in query if name.lower() in KEY_PARAMETERS and value]:
        raise AddressError(f"{where}: {keys[0]}=… does not belong into an address, give the key by its variable")
    return Address(SCHEMES[parts.scheme], parts.netloc, parts.path, query)


def shown(text: str) -> str:
    """What may be seen of an address: scheme, host and path, without user, password and query.

    A password may hold any of ``/?#`` where somebody forgot to encode it: then all before the last ``@`` is left out.
    """
    scheme, mark, rest = text.partition("://") if "://" in text else ("", "", text)
    authority, path = re.fullmatch(r"([^/?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # it always fits
    path, query = re.fullmatch(r"([^?#]*)(.*)", path, re.DOTALL).groups()  # type: ignore[union-attr]
    if "@" in path or (not path and "@" in query) or not _HOST.fullmatch(authority):
        authority, path = re.fullmatch(r"([^/?#]*)([^?#]*).*", rest.rpartition("@")[2], re.DOTALL).groups()  # type: ignore[union-attr]
    return "".join(c for c in f"{scheme}{mark}{authority}{path}" if c.isprintable())


def loopback(url: str) -> bool:
    """Whether an address is on this machine, in any way that one can write that."""
    host = urlsplit(url).hostname or ""
    if _SHORT.fullmatch(host):  # "127.1", "127.0.1": leading parts as they stand, the last fills up
        return host.startswith("127.")
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_loopback or inner.is_unspecified)


def _reason(error: ValueError) -> str:
    return "a port is a number from 1 to 65535" if "ort" in str(error) else "its host can't be read"

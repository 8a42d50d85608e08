"""Keys that a server says back, in an error or as a name of something: they are taken out before anybody reads it."""

from __future__ import annotations

import re

from voice_tui.endpoints.providers import Endpoint

SHORTEST = 8
HOLDERS = re.compile(r"(?i)auth|key|token|secret|cookie")
"""Names of headers that hold a key."""
INSTEAD = "…".encode()


def keys_of(endpoint: Endpoint) -> tuple[bytes, ...]:
    """What an endpoint is sent as a key; a plain word is none: servers that want none are given some."""
    held = (secret.reveal() for name, secret in endpoint.headers.items() if HOLDERS.search(name))
    parts = (part for value in held for part in value.split())
    return tuple(p.encode() for p in parts if len(p) >= SHORTEST and any(c.isdigit() for c in p))


def without(keys: tuple[bytes, ...], raw: bytes) -> bytes:
    """A message without them."""
    for key in keys:
        if key in raw:
            raw = raw.replace(key, INSTEAD)
    return raw

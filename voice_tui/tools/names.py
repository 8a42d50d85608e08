"""Names of tools as the wire allows them."""

from __future__ import annotations

import re
from collections.abc import Container

LONGEST = 64
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_-]+")


def legal(name: str) -> str:
    """The name with ``_`` for whatever is not allowed, cut to what is; never empty."""
    return _ILLEGAL.sub("_", name).strip("_")[:LONGEST] or "tool"


def unique(name: str, taken: Container[str], prefix: str = "") -> str:
    """A legal name that nothing else has: the name itself, else with the prefix, else with a number."""
    plain = legal(name)
    if plain not in taken:
        return plain
    whole = legal(f"{prefix}_{name}") if prefix else plain
    number, found = 1, whole
    while found in taken:
        number += 1
        found = f"{whole[: LONGEST - len(str(number)) - 1]}_{number}"
    return found

"""Names of things on the wire: a prefix that says what, and 21 characters that say which."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
ID_CHARS = 21  # as on the wire


def new_id(prefix: str) -> str:
    """A fresh id such as ``item_7Qd…``; ``prefix`` is ``sess``, ``conv``, ``item``, ``resp``, ``call`` or ``event``."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(ID_CHARS))}"

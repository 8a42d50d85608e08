"""Who may come in: a browser of this machine, asked by a page of ours, that knows the code or has come in before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else
GROUPS, LETTERS = 3, 4  # 59 bits, with at most `TRIES`
TRIES = 20
NAMES = ("127.0.0.1", "localhost", "[::1]")


def new_code() -> str:
    """A code that can be typed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


@dataclass(slots=True)
class Door:
    """The only way in.

    Attributes:
        port: Where it stands; another page of this machine is a stranger too.
        code: Lets one browser in, once; "" when it is spent, or was guessed at too often.
        pass_: What that browser shows from then on.
    """

    port: int
    code: str = field(default_factory=new_code, repr=False)
    pass_: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _wrong: int = 0

    @property
    def cookie(self) -> str:
        """Its name; browsers do not keep those of two ports apart."""
        return f"voice-tui-{self.port}"

    def ours(self, host: str | None) -> bool:
        """Whether a ``Host`` names this door: a name that leads here by somebody's DNS does not."""
        return host in {f"{name}:{self.port}" for name in NAMES}

    def asked_by_us(self, host: str | None, origin: str | None) -> bool:
        """Whether a page of ours asks (``Origin``), of the same name that it asks for."""
        return self.ours(host) and origin == f"http://{host}"

    def enter(self, typed: str) -> bool:
        """Whether the code is right; then it is spent."""
        plain = "".join(typed.lower().split()).strip("-#")
        if self.code and compare_digest(plain.encode(), self.code.encode()):
            self.code = ""
            return True
        self._wrong += 1
        if self._wrong >= TRIES:
            self.code = ""
        return False

    def knows(self, shown: str | None) -> bool:
        """Whether this is the pass."""
        return shown is not None and compare_digest(shown.encode(), self.pass_.encode())

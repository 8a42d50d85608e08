"""Secrets, held so that they cannot be printed by accident."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A string that shows itself only to `reveal`."""

    _value: str = field(repr=False)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def reveal(self) -> str:
        """The secret itself: for a header, and nothing else."""
        return self._value


NO_SECRET = Secret("")

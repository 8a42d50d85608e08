"""Refusing a value in the words of the wire."""

from __future__ import annotations

import random
import secrets
import string
from collections.abc import Sequence
from contextvars import ContextVar

from voice_tui.endpoints.realtime.wire.codec import ProtocolError


def check_choice(param: str, value: object, allowed: Sequence[object]) -> None:
    """Refuse a value that is not one of ``allowed``.

    Raises:
        ProtocolError: ``invalid_value``.
    """
    if value not in allowed:
        known = ", ".join(f"'{choice}'" for choice in allowed)
        raise ProtocolError("invalid_value", f"Invalid value: '{value}'. Supported values are: {known}.", param)


def check_range(param: str, value: float, low: float, high: float | None = None) -> None:
    """Refuse a number outside ``low``..``high`` (None: no upper end).

    Raises:
        ProtocolError: ``integer_below_min_value``, ``decimal_above_max_value`` and so on.
    """
    kind = "integer" if isinstance(value, int) else "decimal"
    if value < low:
        raise _outside(param, kind, "below minimum", "below_min", ">=", low, value)
    if high is not None and value > high:
        raise _outside(param, kind, "above maximum", "above_max", "<=", high, value)


def _outside(param: str, kind: str, words: str, code: str, sign: str, bound: float, value: float) -> ProtocolError:
    try:
        given = f"{value:g}"
    except OverflowError:  # a whole number of hundreds of digits fits no float
        given = f"a number of {len(str(abs(int(value))))} digits"
    return ProtocolError(
        f"{kind}_{code}_value",
        f"Invalid '{param}': {kind} {words} value. Expected a value {sign} {bound:g}, but got {given} instead.",
        param,
    )


def check_length(param: str, value: str, most: int) -> None:
    """Refuse a text longer than ``most`` characters.

    Raises:
        ProtocolError: ``string_above_max_length``.
    """
    if len(value) > most:
        raise ProtocolError(
            "string_above_max_length",
            f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
            f"but got a string with length {len(value)} instead.",
            param,
        )


def unknown(param: str) -> ProtocolError:
    """The refusal of a field that this kind of object does not have."""
    return ProtocolError("unknown_parameter", f"Unknown parameter: '{param}'.", param)


ALPHABET = string.ascii_letters + string.digits
ID_CHARS = 21  # as on the wire
ID_SOURCE: ContextVar[random.Random | None] = ContextVar("ID_SOURCE", default=None)
"""Where ids come from, for a simulation that is to be the same again; None: nobody can guess them."""
_UNGUESSABLE = secrets.SystemRandom()


def new_id(prefix: str) -> str:
    """A fresh id such as ``item_7Qd…``; ``prefix`` is ``sess``, ``conv``, ``item``, ``resp``, ``call`` or ``event``."""
    source = ID_SOURCE.get() or _UNGUESSABLE
    return f"{prefix}_{''.join(source.choices(ALPHABET, k=ID_CHARS))}"

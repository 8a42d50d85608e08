"""What a trace is written with: the same words in every process, and short."""

from __future__ import annotations

import logging
import zlib
from typing import Any

import msgspec

LONG = 400  # characters


def rendered(notice: object) -> str:
    """A notice as text that is the same in every process: sets are sorted."""
    return msgspec.json.encode(notice, enc_hook=repr, order="deterministic").decode()


class ErrorsTo(logging.Handler):
    """Keeps what is logged as an error, one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._lines.append(record.getMessage() + (f": {error!r}" if error else ""))


def shortened(value: Any) -> Any:
    """What is long is sound: its length and its checksum say whether it is the same."""
    if isinstance(value, str) and len(value) > LONG:
        return f"{len(value)} characters, {zlib.crc32(value.encode()):08x}"
    return value


def unhandled(context: dict[str, Any]) -> BaseException:
    """What a loop tells of an error that nobody took."""
    return context.get("exception") or AssertionError(context["message"])

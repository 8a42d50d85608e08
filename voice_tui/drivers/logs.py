"""Logging: to a file, never to the terminal, and without secrets."""

from __future__ import annotations

import logging
import os
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 2_000_000
SECRET_SHAPES = re.compile(
    r"(?i)(\bsk-[\w-]{4})[\w-]+|((?:authorization|api-key|apikey|api_key)\W{1,4}(?:bearer\s+)?)[^\s'\"]+|(\bbearer\s+)\S+"
)


class Redactor(logging.Formatter):
    """Formats as usual, then takes out the given secrets and whatever looks like one (tracebacks included)."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")
        self._secrets = [s for s in secrets if len(s) >= 6]

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted."""
        return redact(super().format(record), self._secrets)


def redact(text: str, secrets: list[str]) -> str:
    """The text without the secrets and without anything shaped like one."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return SECRET_SHAPES.sub(lambda m: next(g for g in (*m.groups(), "") if g is not None) + "…", text)


def log_to(path: Path, secrets: list[str]) -> None:
    """Send all logging to a file.

    Raises:
        OSError: The file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(Redactor(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("websockets").setLevel(logging.WARNING)  # at DEBUG it would log the handshake's headers


def keep_native_errors_off_the_terminal(path: Path) -> None:
    """ALSA and PortAudio print to file descriptor 2; one line of theirs would tear the screen that Textual paints.

    Textual paints through ``sys.__stderr__``: that gets a copy of the terminal, descriptor 2 becomes the log file.
    """
    terminal = os.dup(2)
    with path.open("ab") as sink:
        os.dup2(sink.fileno(), 2)
    sys.stderr = sys.__stderr__ = open(terminal, "w", encoding="utf-8", closefd=True)  # type: ignore[misc]  # noqa: SIM115  # what Textual writes to, until the process ends

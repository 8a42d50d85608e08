"""Text from outside, made fit for a terminal.

Whatever somebody else wrote (a server, a model, a file's name, a variable) may hold sequences that wipe a screen, write
the clipboard or turn the reading direction around. A terminal obeys them wherever they stand in a line.
"""

from __future__ import annotations

import re
from typing import Final

LINE: Final = 300
"""Characters of a line that somebody else wrote; more is cut."""

_BLANK = "\t\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"  # what moves the cursor separates words
# C0, DEL and C1; marks that turn the direction or annotate; BOM.
_GONE = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
_CONTROL = re.compile(rf"\r\n|[{_BLANK}]|[{_GONE}]|[\ud800-\udfff]")
# Sequences go whole, so that no parameters are left behind: CSI, then OSC and its kind up to their end, then the rest.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]+[0-~]"
)


def clean_text(text: str) -> str:
    r"""The text without anything that a terminal would obey; of all control characters only ``\n`` is kept.

    Tabs and other breaks become a space, halves of surrogate pairs (undecodable bytes as well) become ``\ufffd``.
    """
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub(_replaced, _SEQUENCE.sub("", text))


def one_line(text: object, limit: int = LINE) -> str:
    """The text, clean, as one line of at most ``limit`` characters; ``…`` stands for what was cut."""
    line = " ".join(clean_text(str(text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _replaced(found: re.Match[str]) -> str:
    each = found.group()
    if each == "\r\n":
        return "\n"
    if each in _BLANK:
        return " "
    return "\ufffd" if "\ud800" <= each <= "\udfff" else ""

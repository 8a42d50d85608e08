"""Text from outside, made fit for a terminal.

Whatever somebody else wrote (a server, a model, a file's name, a variable) may hold sequences that wipe a screen, write
the clipboard or turn the reading direction around. A terminal obeys them wherever they stand in a line. It may also
hold what nobody sees, and with it words that a model reads and a user does not.
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

LINE: Final = 300
"""Characters of a line that somebody else wrote; more is cut."""

_BLANK = "\t\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"  # what moves the cursor separates words
# C0, DEL and C1; marks that turn the direction, annotate or format; and all that Unicode says may be ignored where it
# is shown: soft hyphen, joiners, fillers, characters of zero width, selectors of variants, tags.
_GONE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ODD = re.compile(rf"[{_BLANK}{_GONE}\ud800-\udfff]")

# What can't be seen and yet is needed, with what it stands behind.
_JOINER, _JOINERS, _STYLES = "\u200d", "\u200c\u200d", "\ufe0e\ufe0f"
_PICTURE = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_SKIN = "\U0001f3fb-\U0001f3ff"
_ONE = rf"[{_PICTURE}](?:[{_STYLES}]|[{_SKIN}])?"
_TAGS = str.maketrans({c: chr(0xE0000 + ord(c)) for c in "bceglnstw"})
_FLAGS = "|".join(f"{name.translate(_TAGS)}\U000e007f" for name in ("gbeng", "gbsct", "gbwls"))
# Scripts in which a joiner is spelling: Arabic and its neighbours, those of South and South-East Asia, Mongolian.
_JOINED = (
    "\u0610-\u061a\u0620-\u08ff\u0900-\u109f\u1700-\u17b3\u17b6-\u180a\u1810-\u18af\u1900-\u1c4f\ua800-\ua8ff"
    "\ua900-\ua9ff\uaa00-\uaaff\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010aff\U00011000-\U00011fff"
    "\U0001e900-\U0001e95f"
)
_IDEOGRAPH = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f"
_NEEDED = (
    rf"{_ONE}(?:{_JOINER}{_ONE})*"
    rf"|[0-9#*]\ufe0f\u20e3"
    rf"|[{_JOINED}][{_JOINERS}]"
    rf"|[\u1800-\u180a\u1810-\u18af][\u180b-\u180f]"
    rf"|[{_IDEOGRAPH}][\ufe00-\ufe02\U000e0100-\U000e01ef]"
)
_PLAIN = re.compile(rf"\r\n|{_ODD.pattern}")  # nothing in ASCII needs what can't be seen
_CONTROL = re.compile(rf"(\U0001f3f4(?:{_FLAGS})|{_NEEDED})|{_PLAIN.pattern}")
# A piece may begin in the middle of such a thing, and end there.
_BEHIND = f"{_JOINERS}{_STYLES}\u180b-\u180f\ufe00-\ufe02\U000e0100-\U000e01ef"
_SEAM = re.compile(rf"(\A[{_BEHIND}]{{1,2}}|{_ONE}(?:{_JOINER}{_ONE})*{_JOINER}\Z|[0-9#*]\ufe0f\Z)|{_CONTROL.pattern}")
_STARTS = re.compile(rf"[{_BEHIND}\u20e3]")
_REACH = 32  # characters before the edge of a piece that it may belong to
# Sequences go whole, so that no parameters are left behind: CSI, then OSC and its kind up to their end, then the rest.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]+[0-~]"
)


def clean_text(text: str, *, piece: bool = False) -> str:
    r"""The text without anything that a terminal would obey or nobody can see; of control characters ``\n`` is kept.

    Tabs and other breaks become a space, halves of surrogate pairs (undecodable bytes as well) become ``\ufffd``. What
    can't be seen stays where it is spelling: inside an emoji, in scripts with joiners, behind an ideograph.

    Args:
        text: As somebody wrote it.
        piece: More of it stands before and behind, see `extended`.
    """
    if (text.isascii() and text.isprintable()) or not _ODD.search(text):
        return text
    pattern = _PLAIN if text.isascii() else _SEAM if piece else _CONTROL
    return pattern.sub(_replaced, _SEQUENCE.sub("", text))


def extended(text: str, piece: str) -> str:
    """A clean text with its next piece, which was cleaned as one: what stands at the seam is judged by both sides."""
    if not _STARTS.match(piece) and not text.endswith((_JOINER, "\ufe0f")):
        return text + piece
    return text[:-_REACH] + clean_text(text[-_REACH:] + piece, piece=True)


def one_line(text: object, limit: int = LINE) -> str:
    """The text, clean, as one line of at most ``limit`` characters; ``…`` stands for what was cut."""
    try:
        words = str(text)
    except Exception:  # of somebody's class: an error has to be said all the same
        words = f"{type(text).__name__} without words"
    line = " ".join(clean_text(words).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def quoted(value: object, limit: int = 60) -> str:
    """A value as a settings file has it, short enough to leave room for what is allowed instead of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return one_line(value if isinstance(value, date | time) else repr(value), limit)


def _replaced(found: re.Match[str]) -> str:
    each = found.group()
    if found.lastindex is not None:  # it is needed
        return each
    if each == "\r\n":
        return "\n"
    if each in _BLANK:
        return " "
    return "\ufffd" if "\ud800" <= each <= "\udfff" else ""

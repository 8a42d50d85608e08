"""What a program reads of a conversation: a line of JSON each, the same from every command."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from voice_tui.messages.notices import Notice


def json_line(value: Any) -> str:
    """A line of ASCII: it can be printed in any encoding, and no terminal obeys it."""
    return json.dumps(msgspec.to_builtins(value, str_keys=True))


def notice_line(notice: Notice, t: float, **more: Any) -> str:
    """A notice, and when it was told, s.

    Args:
        notice: Which.
        t: When.
        more: Further fields of the line.
    """
    return json_line({"notice": type(notice).__name__, "t": round(t, 3), "data": notice, **more})

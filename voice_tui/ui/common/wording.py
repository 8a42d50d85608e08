"""How numbers and states are said: one table per thing, so that every widget says it alike."""

from __future__ import annotations

import re

from rich.cells import cell_len, get_character_cell_size, set_cell_size

from voice_tui.messages.link import Link
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.talk import Ack, Phase

LINK_LOOK: dict[Link, tuple[str, str]] = {
    Link.CONNECTING: ("◌", "$warning"),
    Link.CONFIGURING: ("◍", "$warning"),
    Link.LIVE: ("●", "$success"),
    Link.RECONNECTING: ("↻", "$warning"),
    Link.CLOSED: ("○", "$muted"),
}
"""Sign and colour of each state of the connection."""

LINK_WORDS: dict[Link, str] = {
    Link.CONNECTING: "connecting",
    Link.CONFIGURING: "configuring",
    Link.LIVE: "live",
    Link.RECONNECTING: "not connected",
    Link.CLOSED: "closed",
}
"""Each state of the connection in words."""

NOT_CONNECTED = "not connected"
"""What is said in place of "listening" while nobody could hear it."""

WAITING = "waiting for you"
"""... and while nobody would hear the user."""

NOT_LISTENING = "not listening"
"""... and of a recording: nobody can be waited for."""

PHASE_LOOK: dict[Phase, tuple[str, str]] = {
    Phase.LISTENING: ("○", "$foreground"),
    Phase.USER_SPEAKING: ("●", "$you"),
    Phase.THINKING: ("◐", "$foreground"),
    Phase.ASSISTANT_SPEAKING: ("▶", "$assistant"),
    Phase.INTERRUPTED: ("■", "$interruption"),
}
"""Sign and colour of each phase of the conversation."""

PHASE_WORDS: dict[Phase, str] = {
    Phase.LISTENING: "listening",
    Phase.USER_SPEAKING: "you speak",
    Phase.THINKING: "AI thinks",
    Phase.ASSISTANT_SPEAKING: "AI speaks",
    Phase.INTERRUPTED: "AI is stopped",
}
"""Each phase in words."""

ACK_SIGN: dict[Ack, str] = {Ack.NONE: "", Ack.PENDING: "…", Ack.ACKNOWLEDGED: "✓", Ack.REJECTED: "✗"}

SEEN_SIGN: dict[Seen, str] = {Seen.UNKNOWN: "✓", Seen.WORKS: "✓✓", Seen.NOT_SEEN: "✓?"}
"""Sign of an acknowledged setting, by what was seen of its effect."""


def setting_sign(ack: Ack, observed: Observed) -> str:
    """How far a setting of the server's has come: asked for, acknowledged, seen to work or not."""
    return SEEN_SIGN[observed.seen] if ack is Ack.ACKNOWLEDGED else ACK_SIGN[ack]


def setting_words(ack: Ack, observed: Observed, reason: str = "") -> str:
    """The same in words, with the reason."""
    if ack is not Ack.ACKNOWLEDGED:
        said = {Ack.NONE: "not told yet", Ack.PENDING: "asked for", Ack.REJECTED: "rejected"}[ack]
        return f"{said}: {reason}" if reason else said
    said = {
        Seen.UNKNOWN: "acknowledged",
        Seen.WORKS: "acknowledged, seen to work",
        Seen.NOT_SEEN: "acknowledged, not seen to work",
    }[observed.seen]
    return f"{said}: {observed.reason}" if observed.reason else said


def clock(seconds: float) -> str:
    """Minutes and seconds, ``03:12``; from 100 minutes on it simply grows."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def duration(ms: int) -> str:
    """Seconds with two decimals, ``1.84``."""
    return f"{ms / 1000:.2f}"


def thousands(n: int) -> str:
    """A count in at most four cells: ``812``, ``3.4k``, ``120k``."""
    return str(n) if n < 1000 else f"{n / 1000:.1f}k" if n < 10_000 else f"{n // 1000}k"


WORTH = 0.6
"""So much of the room is used at least: a shorter text ends with a piece of a word instead."""


def shorten(text: str, cells: int) -> str:
    """The text in at most so many cells, with an ellipsis when something is missing: behind a word, where one ends."""
    if cell_len(text) <= cells:
        return text
    if cells <= 1:
        return ""
    cut = set_cell_size(text, cells - 1)
    inside = text.startswith(cut) and not (cut[-1:].isspace() or text[len(cut) : len(cut) + 1].isspace())
    whole = cut.rpartition(" ")[0].rstrip(" ·,;:")
    return (whole if inside and cell_len(whole) >= WORTH * cells else cut).rstrip(" ·,;:") + "…"


def beginning(text: str, width: int, lines: int = 1) -> str:
    """As much of a text as so many lines have room for, with an ellipsis when something is missing."""
    spans = wrap(text, width)
    if len(spans) <= lines:
        return "\n".join(text[a:b] for a, b in spans)
    *before, (start, _) = spans[:lines]
    return "\n".join([*(text[a:b] for a, b in before), shorten(" ".join(text[start:].splitlines()), width)])


_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_CLOSING = "、。，．！？：；」』）】〉》"  # must not begin a line
# A unit is what may not be broken: a double-width character with what clings to it, or a run of other characters.
_UNIT = re.compile(rf"[{_WIDE}](?:[\ufe0f{_CLOSING}]|\u200d[{_WIDE}])*|[^\s{_WIDE}]+|[^\S\n]+|\n")

Span = tuple[int, int]


def wrap(text: str, width: int) -> list[Span]:
    """Break a text into lines.

    Args:
        text: May hold newlines and double-width characters.
        width: Cells in a line, at least 2 (a double-width character must fit).

    Returns:
        Start and end of each line in ``text``, in order and without overlap; spaces at a break belong to
        no line. An empty text has one empty line.
    """
    width = max(2, width)
    lines: list[Span] = []
    start = end = cells = 0  # the line in the making: from start to end, so many cells including inner spaces
    for unit in _UNIT.finditer(text):
        a, b = unit.span()
        if text[a] == "\n":
            lines.append((start, end))
            start = end = b
            cells = 0
        elif text[a].isspace():
            if end > start:
                cells += b - a
            else:
                start = end = b
        else:
            size = cell_len(text[a:b])
            if cells + size > width and end > start:
                lines.append((start, end))
                start, cells = a, 0
            while size > width:
                cut = _fit(text, a, b, width)
                lines.append((a, cut))
                a = start = cut
                size = cell_len(text[a:b])
            end = b
            cells += size
    lines.append((start, end))
    return lines


def _fit(text: str, start: int, end: int, width: int) -> int:
    """Where to cut a unit that is longer than a line: after as many characters as fit, at least one."""
    cells = 0
    for i in range(start, end):
        cells += get_character_cell_size(text[i])
        if cells > width:
            return max(i, start + 1)
    return end

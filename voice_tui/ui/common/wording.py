"""How numbers and states are said: one table per thing, so that every widget says it alike."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from voice_tui.messages.link import Link
from voice_tui.messages.observed import Observed, Seen
from voice_tui.messages.talk import Ack, Phase
from voice_tui.ui.common.wrapping import wrap

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

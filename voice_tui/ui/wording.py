"""How numbers and states are said: one table per thing, so that every widget says it alike."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from voice_tui.conversation.notices import Ack, Cut, Link, Phase

LINK_LOOK: dict[Link, tuple[str, str]] = {
    Link.CONNECTING: ("◌", "$warning"),
    Link.CONFIGURING: ("◍", "$warning"),
    Link.LIVE: ("●", "$success"),
    Link.RECONNECTING: ("↻", "$warning"),
    Link.FAILED: ("✗", "$error"),
    Link.CLOSED: ("○", "$muted"),
}
"""Sign and colour of each state of the connection."""

PHASE_LOOK: dict[Phase, tuple[str, str]] = {
    Phase.LISTENING: ("○", "$foreground"),
    Phase.USER_SPEAKING: ("●", "$you"),
    Phase.THINKING: ("◐", "$foreground"),
    Phase.ASSISTANT_SPEAKING: ("▶", "$assistant"),
    Phase.INTERRUPTED: ("■", "$interruption"),
}
"""Sign and colour of each phase of the conversation."""

ACK_SIGN: dict[Ack, str] = {Ack.NONE: "", Ack.PENDING: "…", Ack.ACKNOWLEDGED: "✓", Ack.REJECTED: "✗"}


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


def cut_words(cut: Cut) -> str:
    """Where an answer was cut and what the server made of it."""
    if cut.heard_ms <= 0:
        where, deed = f"cut before anything of {duration(cut.received_ms)} s was heard", "deleted"
    else:
        where, deed = f"cut at {duration(cut.heard_ms)} s of {duration(cut.received_ms)} s", "truncated"
    said = {
        Ack.NONE: "",
        Ack.PENDING: f"{deed}, pending",
        Ack.ACKNOWLEDGED: f"{deed}, acknowledged",
        Ack.REJECTED: f"not {deed}, rejected" + (f": {cut.reason}" if cut.reason else ""),
    }[cut.ack]
    return f"{where} · {ACK_SIGN[cut.ack]} {said}" if said else where


def shorten(text: str, cells: int) -> str:
    """The text in at most so many cells, with an ellipsis when something is missing."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…" if cells > 1 else ""

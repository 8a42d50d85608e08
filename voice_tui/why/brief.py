"""A cut in one or two short sentences: who decided, and on what evidence."""

from __future__ import annotations

from voice_tui.messages.measures import Origin
from voice_tui.messages.talk import Ack
from voice_tui.messages.turns import Stage
from voice_tui.why.stories import Cut


def brief(cut: Cut) -> str:
    """Who decided on what, whether the server agreed, and whether it refused to forget."""
    refused = cut.truncated is not None and cut.truncated.ack is Ack.REJECTED
    forgot = "The server did not forget the rest." if refused else ""
    return " ".join(filter(None, (_decided(cut), _agreed(cut), forgot)))


def _decided(cut: Cut) -> str:
    by, origin = cut.timed.by, cut.timed.origin
    if cut.timed.resumed:
        return f"{_sounded(cut, ' at most')} It went on where it had paused."
    if not by:
        return "Something sounds like you; nothing is decided yet."
    if by == "local":
        return _sounded(cut) if cut.traced is not None else "Our ears heard a voice that was loud enough."
    if by == "server":
        silent = "; our own ears heard no voice" if origin is Origin.SERVER else ""
        return f"The server heard you speak{silent}."
    return "You pressed the key." if by == "key" else "You typed into it."


def _sounded(cut: Cut, more: str = "") -> str:
    """What the evidence came to."""
    if cut.traced is None or not cut.traced.frames:
        return "Something sounded like you, and did not go on." if cut.timed.resumed else "It sounded like you."
    peak, needed = max(frame.sum for frame in cut.traced.frames), cut.traced.settings.sureness
    if cut.timed.resumed and peak >= needed:
        return f"It sounded like you, but not for long enough: {peak:.1f} of {needed:.1f} needed."
    return f"It sounded like you, not like its own echo: {peak:.1f} of {needed:.1f} needed{more}."


def _agreed(cut: Cut) -> str:
    """When the server heard it, beside when it was decided."""
    stages = dict(cut.timed.steps)
    decided = stages.get(Stage.CONFIRM, stages.get(Stage.CUT))
    server = stages.get(Stage.SERVER)
    if server is None or decided is None or cut.timed.by != "local":
        return ""
    if server >= decided:
        return f"The server agreed {server - decided} ms later."
    return f"The server had heard it {decided - server} ms before."

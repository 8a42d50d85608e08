"""Function keys that once did something else: the first use of each says where that is found now."""

from __future__ import annotations

from voice_tui.settings.once import Once
from voice_tui.ui.keys import Commands, shown_key

MOVED: dict[str, str] = {
    "record": "{record} keeps the conversation; echo cancellation is switched in the palette ({palette}).",
    "events": "{events} shows what goes over the wire; voice detectors are chosen in the palette ({palette}).",
    "why": "{why} says why it was cut; {previous} is the preset before.",
}
"""Command → what is said; ``{name}`` is the key of a command."""


def moved(action: str, commands: Commands, once: Once) -> str:
    """What is to be said about an action that is carried out; "" for nothing, or if it was said before."""
    for name, words in MOVED.items():
        if commands[name].run == action and once.first(f"moved-{name}"):
            return words.format(**{each: shown_key(commands, each) for each in (*MOVED, "palette", "previous")})
    return ""

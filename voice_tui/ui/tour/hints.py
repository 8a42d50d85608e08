"""The hints of the tour: what each says, and what shows that it was followed. No widget in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.talk import SettingsChanged, SwitchesChanged
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import shown_key


@dataclass(frozen=True, slots=True)
class Hint:
    """One of them.

    Attributes:
        title: A few words.
        words: What to do; ``{name}`` is the key of a command.
        trace: Something of the state that changes when it was done; a change leads to the next hint.
    """

    title: str
    words: str
    trace: Callable[[State], object]


def _nothing(state: State) -> object:
    return None


HINTS = (
    Hint(
        "Talk",
        "Say something, type below, or press {demo}: a demo caller talks for you. The line above says who is heard.",
        lambda state: (state.last(SwitchesChanged).demo, len(state.said)),
    ),
    Hint(
        "Talk over it",
        "While it speaks, talk over it, or press {interrupt}. What nobody heard is struck through, and forgotten.",
        lambda state: len(state.cuts),
    ),
    Hint(
        "Turn the knobs",
        "{next} takes turns in another way. Tab goes to the knobs; each acts at once, and says what it does.",
        lambda state: state.last(SettingsChanged),
    ),
    Hint(
        "Ask why",
        "{why} says why it was cut. {palette} finds every command, {help} explains what you see. "
        "{devices} chooses devices, {setup} an endpoint.",
        _nothing,
    ),
)
_WITHOUT_MICROPHONE = "There is no microphone: press {demo}, and a demo caller talks for you. Or type below."


def words_of(hint: Hint, state: State) -> str:
    """What a hint says now, with the user's keys."""
    first = hint is HINTS[0] and bool(state.last(DevicesChanged).mic_problem)
    template = _WITHOUT_MICROPHONE if first else hint.words
    names = ("demo", "interrupt", "next", "why", "palette", "help", "devices", "setup")
    return template.format(**{name: shown_key(state.commands, name) for name in names})

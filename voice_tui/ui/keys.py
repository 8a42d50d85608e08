"""What a row of the table of commands is, and how its keys are named and bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, key_to_character

from voice_tui.messages.intents import Request
from voice_tui.messages.turns import FrontEndChanged

_SHOWN = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "slash": "/",
    "number_sign": "#",
    "dollar_sign": "$",
    "space": "Space",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "escape": "Esc",
    "delete": "Del",
    "semicolon": ";",
    "ctrl+@": "^Space",
}
_MOVES = frozenset({"left", "right", "up", "down"})
NO_KEY = "no-key"
"""A key that no terminal sends."""

Switch: TypeAlias = Callable[[FrontEndChanged], Request]
"""Makes the request of a switch, which depends on how the front end stands."""


class Place(StrEnum):
    """A screen, as help and the README call it."""

    CONSOLE = "conversation"
    CONTEXT = "context"
    MEMORY = "memory"
    TALK = "kept conversation"
    FOUND = "found facts"
    VOICES = "voices"
    CHECK = "calibration, echo test"
    EDITOR = "editor"
    EVENTS = "events"
    COST = "usage and cost"
    LATENCY = "latency"
    JUDGE = "judge"
    RECORDINGS = "recordings"
    WHY = "why"
    DEVICES = "devices"
    SETUP = "endpoint"
    REPLAY = "replay"
    WORDS = "words"
    HELP = "help"


EVERYWHERE = frozenset(Place)


class KeyGroup(StrEnum):
    """What a command is about, in the order of help."""

    HERE = "This screen"
    TALK = "Talking"
    TURNS = "Taking turns"
    KNOBS = "Knobs"
    SCREENS = "Screens"
    OFFERS = "Answers to an offer"
    CALLS = "When a tool asks"
    READING = "Reading and typing"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do.

    Attributes:
        id: Stable name: of the binding and in ``keys.toml``.
        title: What the palette calls it.
        word: What the key line calls it.
        sentence: What it does.
        key: Textual name of its key, "" if it has none.
        also: Other keys, comma separated.
        letter: The key where nothing is being typed.
        synonyms: More words by which the palette finds it.
        group: What it is about.
        where: The screens it acts on.
        action: Textual's action that carries it out; "" where it only sends ``request``.
        request: What is sent to the voice side, or makes it.
        on: Kind of notice and the field of it that tells whether it is on now.
        rank: Place in the key line, 0: not there. The highest do not stand there when there is no room; a screen's own
            commands have ranks below 20.
        first: Asked before the focused widget, though its key is no F, Ctrl or Alt key.
    """

    id: str
    title: str
    word: str
    sentence: str
    key: str = ""
    also: str = ""
    letter: str = ""
    synonyms: str = ""
    group: KeyGroup = KeyGroup.HERE
    where: frozenset[Place] = EVERYWHERE
    action: str = ""
    request: Request | Switch | None = None
    on: tuple[type, str] | None = None
    rank: int = 0
    first: bool = False

    @property
    def run(self) -> str:
        """The Textual action that carries it out."""
        return self.action or f"app.obey('{self.id}')"

    @property
    def keys(self) -> tuple[str, ...]:
        """All its keys, the most important one first."""
        other = tuple(key for key in self.also.split(",") if key)
        letter = (self.letter,) if self.letter else ()
        return (self.key, *other, *letter) if self.key else (*letter, *other)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as a reader knows them: ``F2``, ``^O``, ``m``."""
        return tuple(dict.fromkeys(key_name(key) for key in self.keys))

    @property
    def letter_name(self) -> str:
        """The first of its keys that has a character, as a reader knows it; "" if it has none."""
        return next((key_name(key) for key in self.keys if is_typed(key)), "")

    def wanted(self, front: FrontEndChanged) -> Request | None:
        """What to send while the front end stands so."""
        return self.request(front) if callable(self.request) else self.request

    def parted(self) -> dict[str, str]:
        """Names of its two bindings, each with its keys: those asked before the focused widget, and those after it."""
        early = [key for key in self.keys if self.first or goes_first(key)]
        late = [key for key in self.keys if key not in early]
        return {self.id: ",".join(early) or NO_KEY, f"{self.id}:late": ",".join(late) or NO_KEY}

    def bindings(self) -> Iterator[Binding]:
        """The Textual bindings; both are always there, so that ``keys.toml`` can give them keys."""
        for name, keys in self.parted().items():
            yield Binding(
                keys,
                self.run,
                self.word,
                id=name,
                tooltip=self.sentence,
                show=False,  # the key line is ours: it drops what does not fit instead of cutting words
                priority=name == self.id,
            )


Commands: TypeAlias = Mapping[str, Command]
"""Commands by id, in the order of the table."""


def goes_first(key: str) -> bool:
    """Whether a key is asked before the focused widget: F, Ctrl and Alt keys are, for they are never typed."""
    return key.startswith(("ctrl+", "alt+", "shift+f")) or (key[0] == "f" and key[1:].isdigit())


def is_typed(key: str) -> bool:
    """Whether a key has a character that is typed where one types, or moves what is typed at."""
    character = key_to_character(REPLACED_KEYS.get(key, key))  # Textual does not know its own "slash" here
    return key in _MOVES or (character is not None and character.isprintable())


def key_name(key: str) -> str:
    """A Textual key name as a reader knows it."""
    if key in _SHOWN:
        return _SHOWN[key]
    for prefix, shown in (("ctrl+", "^"), ("alt+", "Alt+"), ("shift+", "Shift+")):
        if key.startswith(prefix):
            name = key_name(key.removeprefix(prefix))
            return shown + (name.upper() if len(name) == 1 else name)
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return _SHOWN.get(key, key if len(key) == 1 else key.replace("page", "Page ").title())


def acting(commands: Commands, place: Place) -> list[Command]:
    """What acts on a screen: its own commands, then those that act everywhere."""
    here = [command for command in commands.values() if place in command.where]
    return sorted(here, key=lambda command: command.where == EVERYWHERE)


def shown_key(commands: Commands, name: str) -> str:
    """The first key of a command as a reader knows it; its title where the user took every key away."""
    command = commands[name]
    return command.key_names[0] if command.keys else command.title

"""What can be seen of an event of a wire by whoever does not speak it: the inspector's nouns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from voice_tui.audio.stream.pcm import Pcm


class Glance(NamedTuple):
    """What one look at an event tells.

    Attributes:
        type: Its type, "" for none.
        note: A few words about what is in it, one clean line; "" for nothing.
        audio: Bytes of sound in it.
        trouble: It says that something went wrong.
        name: Its own id.
        about: Id of the event that it complains about.
        response, item: Ids of what it is about.
        mark: What tells a request and its answer from others, "" for nothing.
        formats: How the sound of the session is encoded from here on, the user's and the assistant's; "" unchanged.
    """

    type: str = ""
    note: str = ""
    audio: int = 0
    trouble: bool = False
    name: str = ""
    about: str = ""
    response: str = ""
    item: str = ""
    mark: str = ""
    formats: tuple[str, str] = ("", "")


class Pairing(Protocol):
    """Finds which event answers which; it is shown every event, in order."""

    def take(self, number: int, sent: bool, connection: int, glance: Glance) -> None:
        """Look at the next event."""
        ...

    def of(self, number: int) -> tuple[int, ...]:
        """The events that it answers, and those that answer it, in order."""
        ...

    def forget(self, first: int) -> None:
        """Events before this one are gone."""
        ...


@dataclass(frozen=True, slots=True)
class Inspection:
    """How the events of a wire are looked at.

    Attributes:
        glance: Looks at one; it never fails, whatever it is given.
        pairing: Makes what finds the answers.
        sound: The sound in an event, decoded as a format says (`Glance.formats`, "" for what is usual); None: there is
            none that can be decoded.
    """

    glance: Callable[[bytes], Glance]
    pairing: Callable[[], Pairing]
    sound: Callable[[bytes, str], Pcm | None]


class _Unpaired:
    """Nothing answers anything."""

    def take(self, number: int, sent: bool, connection: int, glance: Glance) -> None: ...

    def of(self, number: int) -> tuple[int, ...]:
        return ()

    def forget(self, first: int) -> None: ...


BLIND = Inspection(lambda raw: Glance(), _Unpaired, lambda raw, encoding: None)
"""Of a wire that nobody here can read: its events are shown as they are."""

"""Keys of a terminal are read as Textual reads them, but Esc acts sooner, and no byte ends the console.

A terminal sends Esc as the byte with which the names of arrows and Alt keys begin, too. One of this machine sends a
name in one piece, so a short wait tells which it is; over a network the pieces may come apart: Textual's wait stays.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from textual import constants
from textual.message import Message

ALONE_S = 0.025  # nothing more came within this: it was Esc
LOOK_S = 0.1  # how often it is looked whether the console ends
NETWORK = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")


class Parser(Protocol):
    """What makes keys of characters."""

    def feed(self, data: str) -> Iterable[Message]:
        """More characters."""

    def tick(self) -> Iterable[Message]:
        """Whether what has begun is over, because nothing more has come."""


def alone_s(environment: Mapping[str, str]) -> float:
    """How long the rest of a key's name is waited for, s; ``ESCDELAY`` says it in ms."""
    if any(name in environment for name in ("ESCDELAY", *NETWORK)):
        return constants.ESCAPE_DELAY
    return ALONE_S


def read_keys(
    parser: Parser, wait_s: float, read: Callable[[float], bytes | None], ended: Callable[[], bool]
) -> Iterator[Message]:
    """Keys as they come, until the console or its terminal ends.

    Args:
        parser: Makes them.
        wait_s: How long after input it is looked whether that was all.
        read: Waits at most so long, s; gives what has come: None for nothing yet, b"" for never again.
        ended: Whether the console ends.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    data = None
    while not ended():
        data = read(LOOK_S if data is None else wait_s)
        if data is None:  # what has come by now may be the rest, however late it is looked
            yield from parser.tick()
        elif not data:
            return
        elif text := decode(data):  # none yet of a letter of several bytes; no text at all would end the parser
            yield from parser.feed(text)

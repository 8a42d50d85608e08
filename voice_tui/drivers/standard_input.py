"""Standard input, read by a thread of its own: whoever writes it may take as long as they like."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable

AT_ONCE = 65_536  # bytes
LONGEST = 1_000_000  # bytes of a line; what is longer is cut there, and is no JSON any more


def descriptor() -> int:
    """Where it is read: where tools run, 0 leads nowhere and ours is a copy. -1: there is none."""
    try:
        return -1 if sys.__stdin__ is None else sys.__stdin__.fileno()
    except (OSError, ValueError):  # it was closed, or is no file
        return -1


def read_in_background(take: Callable[[bytes], None], source: int) -> None:
    """Read until the end.

    Args:
        take: Called on the thread with what has come, and at last with nothing. While it waits nothing is read.
        source: A file descriptor; what cannot be read is at its end.
    """

    def read() -> None:
        while True:
            try:
                piece = os.read(source, AT_ONCE)  # not the stream: the interpreter could not end while it is read
            except OSError:
                piece = b""
            take(piece)
            if not piece:
                return

    threading.Thread(target=read, name="standard input", daemon=True).start()


async def lines(source: int) -> AsyncIterator[bytes]:
    """Its lines as they come, without their ends."""
    loop, pieces = asyncio.get_running_loop(), asyncio.Queue[bytes]()

    def take(piece: bytes) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

    read_in_background(take, source)
    rest = b""
    while piece := await pieces.get():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line
        rest = rest[: LONGEST + 1]
    if rest:
        yield rest

"""How long the wire takes there and back, by pings of the connection: no program at the other end has to do anything.

What is asked of the session itself (settings, a commit) is answered later: the server works on it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from websockets.exceptions import ConnectionClosed

from voice_tui.drivers.keepalive import Peer

EVERY_S = 5.0


async def measure(peer: Peer, told: Callable[[float], None]) -> None:
    """Ask for as long as the connection lasts; one question at a time.

    Args:
        peer: The connection.
        told: Takes each round trip, s.
    """
    try:
        while True:
            told(await (await peer.ask()))
            await asyncio.sleep(EVERY_S)
    except ConnectionClosed:
        return  # whoever receives reports it

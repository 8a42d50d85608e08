"""Whether an endpoint lets us in: a connection is opened, its first word is waited for, and nothing is said or paid."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.entra import EntraTokens
from voice_tui.drivers.failures import LastError, explained
from voice_tui.drivers.line import Line
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.messages.remarks import Remark

FIRST_WORD_S = 3.0  # a server that does not speak first within that may wait for us


@dataclass(frozen=True, slots=True)
class Handshake:
    """How it went.

    Attributes:
        problem: Why we are not let in and what to do, one line; "" where we are.
        seconds: Until the connection was open.
        session: The server has begun a session by itself.
    """

    problem: str = ""
    seconds: float = 0.0
    session: bool = False


async def shake(
    endpoint: Endpoint, *, connect: Connect = websocket, tokens: EntraTokens | None = None, patience_s: float = 10.0
) -> Handshake:
    """Open a connection, hear the first event, and say goodbye.

    Args:
        endpoint: Where to.
        connect: Opens the transport.
        tokens: Where tokens of Entra ID come from.
        patience_s: It takes so long at most, s.
    """
    line: Line | None = None
    clock = asyncio.get_running_loop().time
    heard = asyncio.Event()
    created = False

    def take(event: object, remark: Remark) -> None:
        nonlocal created
        created |= remark.created
        if not remark.error:  # after an error the end is waited for: it says more
            heard.set()

    try:
        async with asyncio.timeout(patience_s):
            if endpoint.entra:
                endpoint = await (tokens or EntraTokens()).authorise(endpoint)
            begun = clock()
            family = FAMILIES[PROVIDERS[endpoint.provider].family]
            line = Line(endpoint, family, connect, take, lambda words: None, lambda: True, FIRST_WORD_S)
            await line.until_open()
            took = clock() - begun
            first = asyncio.create_task(heard.wait())
            try:
                await asyncio.wait([first, line.task], timeout=FIRST_WORD_S, return_when=asyncio.FIRST_COMPLETED)
            finally:
                first.cancel()
            if line.task.done() and not heard.is_set():
                await line.over()
            return Handshake(_said(line), took, created)
    except TimeoutError as error:
        return Handshake(str(error) or f"no answer within {patience_s:g} s: check the address and the network")
    except ConnectionFailed as error:
        return Handshake(str(error))
    except Exception as error:
        last = line.last_error if line is not None else LastError()
        return Handshake(explained(error, endpoint, last).words)
    finally:
        if line is not None:
            await line.close()


def _said(line: Line) -> str:
    """What a server said that lets us in, and says that it can't be used."""
    return "" if line.answered or not line.last_error.words else f'the server says: "{line.last_error.words}"'

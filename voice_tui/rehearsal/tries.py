"""A talk with an endpoint until nothing came between: what has nothing to do with the settings says nothing of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.rehearsal.call import Disturbed, Held

TRIES = 3
LEAST_REST_S = 1.0
PAUSE_S, LONGEST_S = 5.0, 60.0  # before the second; doubled before each other one


async def undisturbed(
    talk: Callable[[], Awaitable[Held]], tell: Callable[[str], None] = lambda words: None, rest_s: float = 0.0
) -> Held:
    """Hold it again after a pause that grows where the line was lost or an answer failed.

    An answer that fails each time is how the endpoint behaves, and belongs to the talk.

    Args:
        talk: Holds it.
        tell: Is told in one line what came between.
        rest_s: So long the endpoint is to be left alone first.

    Raises:
        ConnectionFailed: The line was lost each time, or the endpoint can't be used.
        Exception: What else the talk raises.
    """
    pause = PAUSE_S
    if rest_s >= LEAST_REST_S:
        tell(f"little is left of the endpoint's limits of rate: it is left alone for {rest_s:.0f} s")
        await asyncio.sleep(rest_s)
    for tries in range(1, TRIES + 1):
        try:
            held = await talk()
            if not held.remark or tries == TRIES:
                return held
            problem, pause = held.remark, max(pause, held.rest_s)
        except Disturbed as error:
            problem = str(error)
            if tries == TRIES:
                raise ConnectionFailed(f"{problem}, {TRIES} times") from error
        tell(f"{problem}: this talk is held again in {pause:g} s")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_S)
    raise AssertionError("it was returned or raised")


def heed_cancel() -> None:
    """To be called behind each talk: Ctrl-C that came while a line was taken down was lost there.

    Raises:
        CancelledError: It came.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError

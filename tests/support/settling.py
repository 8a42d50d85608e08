"""When an application under a pilot has come to rest, told by its event loop instead of by the clock.

Textual's pilot waits until the process has used little CPU for 20 ms: that is slow where the machine is idle, and too
early where it is not. Here the pilot goes on as soon as no callback is ready and the screen has nothing left to draw.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual._context import active_app
from textual.screen import Screen

MOST_TURNS = 20_000  # of the loop; the longest key press takes some hundred


async def settled(*_: Any) -> None:
    """Let the application work until nothing is left to do but to wait.

    It takes the place of Textual's `wait_for_idle`, whose arguments are seconds: there is nothing to do with them here.

    Raises:
        AssertionError: The application never comes to rest.
    """
    loop: Any = asyncio.get_running_loop()
    app = active_app.get(None)
    for _turn in range(MOST_TURNS):
        await asyncio.sleep(0)
        if loop._ready:
            continue
        if app is not None and app.screen_stack:
            Screen._on_timer_update(app.screen)  # draws now what a timer or the beat would draw a moment later
        if not loop._ready:
            return
    raise AssertionError("the application never comes to rest")


def pilots_wait_for_the_loop(patch: pytest.MonkeyPatch) -> None:
    """Make every pilot, and every key that it presses, wait like this."""
    patch.setattr("textual.pilot.wait_for_idle", settled)
    patch.setattr("textual.app.wait_for_idle", settled)

"""Being asked to end: by Ctrl+C, by kill, by the terminal that is closed, each as far as a platform knows it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

CLOSED = ("SIGHUP", "SIGBREAK")
"""The terminal is closed; Windows calls that SIGBREAK, and has no SIGHUP."""
ASKED = ("SIGINT", "SIGTERM", *CLOSED)


def on_signals(action: Callable[[], object], names: tuple[str, ...] = ASKED) -> None:
    """Call this on the running loop, instead of ending at once, when one of these comes.

    That the terminal is closed stays unheard where somebody wanted that (nohup). Windows has no signal handlers on the
    loop: there the interpreter's own one wakes it.
    """
    loop = asyncio.get_running_loop()
    for name in names:
        number = getattr(signal, name, None)
        if number is None or (name in CLOSED and signal.getsignal(number) == signal.SIG_IGN):
            continue
        try:
            loop.add_signal_handler(number, action)
        except NotImplementedError:
            with suppress(ValueError):  # this is not the main thread, where alone signals come
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(action))

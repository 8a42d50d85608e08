"""The voice side on a thread of its own, as the TUI uses it: it can freeze, the voice goes on."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.messages.intents import Request
from voice_tui.messages.link import Stopped
from voice_tui.messages.notices import Notice
from voice_tui.plain_text import one_line

if TYPE_CHECKING:
    from voice_tui.drivers.conversation import ConversationRunner
    from voice_tui.drivers.options import RunnerOptions

log = logging.getLogger(__name__)

LONGEST_REASON = 1_000  # characters: a failure with a server's words and its ids

SWITCH_INTERVAL_S = 0.0005  # halves the gaps between audio callbacks when another thread computes


def prepare_interpreter() -> None:
    """Make the interpreter fit for audio: short switch interval, and a start-up heap no collection walks again.

    A full collection of a screen's widgets takes 15-160 ms, which would starve a 40 ms output buffer.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()
    gc.enable()  # the console is loaded without


class VoiceThread:
    """Runs a `ConversationRunner`; every method is called from the UI's thread.

    Args:
        options: Makes what the conversation is held with, on the voice thread: a screen is not to wait for it.
        cleanup: Called on the voice thread after the conversation (ends the embedded server).
        first: Notices to be told before all others (problems of the configuration).
    """

    def __init__(
        self,
        options: Callable[[], RunnerOptions],
        cleanup: Callable[[], None] = lambda: None,
        first: tuple[Notice, ...] = (),
    ) -> None:
        self._first = first
        self._options = options
        self._cleanup = cleanup
        self._thread: threading.Thread | None = None
        self._asked: deque[Callable[[ConversationRunner], None]] = deque()  # appends and pops need no lock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._voice: ConversationRunner | None = None
        self._stopping = self._ended = False

    def start(self, sink: Callable[[Notice], None]) -> None:
        """Begin; ``sink`` is called on the voice thread."""
        prepare_interpreter()
        for notice in self._first:
            sink(notice)
        self._thread = threading.Thread(target=self._main, args=(sink,), name="voice", daemon=True)
        self._thread.start()

    def send(self, request: Request) -> None:
        """Pass on what the user wants, without ever waiting.

        Requests are carried out in their order: those that come before the voice side is there once it is, those that
        come after its end not at all.
        """
        self._ask(lambda voice: voice.request(request))

    def stop(self, timeout: float = 2.0) -> None:
        """End, and wait for it.

        Args:
            timeout: For so long at most, s; a thread that hangs is left behind.
        """
        self._stopping = True
        self._ask(lambda voice: voice.stop())
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.error("the voice thread did not end within %.1f s", timeout)

    def _ask(self, action: Callable[[ConversationRunner], None]) -> None:
        if self._ended:
            return
        self._asked.append(action)
        loop = self._loop  # None: it is not there yet, and will look for what was asked
        if loop is not None:
            with suppress(RuntimeError):  # it closed between the look and the call
                loop.call_soon_threadsafe(self._obey)

    def _obey(self) -> None:
        """On the voice thread: do what was asked so far."""
        while self._asked and self._voice is not None:
            action = self._asked.popleft()
            try:
                action(self._voice)
            except Exception:  # one request that fails must not take the others with it
                log.exception("a request failed")

    def _main(self, sink: Callable[[Notice], None]) -> None:
        from voice_tui.drivers.devices.portaudio import DeviceError

        error = ""
        try:
            asyncio.run(self._run(sink))
        except (ConnectionFailed, DeviceError) as failure:
            error = str(failure)
        except BaseException as failure:
            log.exception("the voice thread crashed")
            error = f"the voice side crashed ({type(failure).__name__}: {failure}), see the log file"
        finally:
            self._ended = True
            self._cleanup()
            sink(Stopped(one_line(error, LONGEST_REASON)))

    async def _run(self, sink: Callable[[Notice], None]) -> None:
        from voice_tui.drivers.conversation import (
            ConversationRunner,  # engine, sockets and devices: half of what there is
        )

        self._voice = ConversationRunner(self._options(), sink)
        loop = self._loop = asyncio.get_running_loop()
        loop.set_exception_handler(_log_loop_error)
        loop.call_soon(self._obey)
        try:
            if not self._stopping:  # else nothing needs to be opened
                await self._voice.run()
        finally:
            self._ended, self._voice = True, None


def _log_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    log.error("in the voice loop: %s", context.get("message"), exc_info=error if isinstance(error, Exception) else None)

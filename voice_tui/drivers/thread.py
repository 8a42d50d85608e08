"""The voice side on a thread of its own, as the TUI uses it: it can freeze, the voice goes on."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import Callable

from voice_tui.drivers.conversation import ConversationRunner, RunnerOptions
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.socket import ConnectionFailed
from voice_tui.messages.intents import Request
from voice_tui.messages.link import Stopped
from voice_tui.messages.notices import Notice

log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005  # halves the gaps between audio callbacks when another thread computes


def prepare_interpreter() -> None:
    """Make the interpreter fit for audio: short switch interval, and a start-up heap no collection walks again.

    A full collection of a screen's widgets takes 15-160 ms, which would starve a 40 ms output buffer.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()


class VoiceThread:
    """Runs a `ConversationRunner`; every method is called from the UI's thread.

    Args:
        options: See `RunnerOptions`.
        cleanup: Called on the voice thread after the conversation (ends the embedded server).
        first: Notices to be told before all others (problems of the configuration).
    """

    def __init__(
        self, options: RunnerOptions, cleanup: Callable[[], None] = lambda: None, first: tuple[Notice, ...] = ()
    ) -> None:
        self._first = first
        self._options = options
        self._cleanup = cleanup
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._voice: ConversationRunner | None = None
        self._ready = threading.Event()

    def start(self, sink: Callable[[Notice], None]) -> None:
        """Begin; ``sink`` is called on the voice thread."""
        prepare_interpreter()
        for notice in self._first:
            sink(notice)
        self._thread = threading.Thread(target=self._main, args=(sink,), name="voice", daemon=True)
        self._thread.start()

    def send(self, request: Request) -> None:
        """Pass on what the user wants; after the end it is ignored."""
        self._call(lambda voice: voice.request(request))

    def stop(self, timeout: float = 2.0) -> None:
        """End, and wait for it."""
        self._call(lambda voice: voice.stop())
        if self._thread is not None:
            self._thread.join(timeout)
            if self._thread.is_alive():
                log.error("the voice thread did not end within %.1f s", timeout)

    def _call(self, action: Callable[[ConversationRunner], None]) -> None:
        self._ready.wait(1.0)
        loop, voice = self._loop, self._voice
        if loop is None or voice is None:
            return
        try:
            loop.call_soon_threadsafe(action, voice)
        except RuntimeError:  # the loop closed between the look and the call
            log.debug("the voice side has ended")

    def _main(self, sink: Callable[[Notice], None]) -> None:
        error = ""
        try:
            asyncio.run(self._run(sink))
        except (ConnectionFailed, DeviceError) as failure:
            error = str(failure)
        except BaseException as failure:
            log.exception("the voice thread crashed")
            error = f"the voice side crashed ({type(failure).__name__}: {failure}), see the log file"
        finally:
            self._ready.set()
            self._cleanup()
            sink(Stopped(" ".join(error.split())))

    async def _run(self, sink: Callable[[Notice], None]) -> None:
        self._loop, self._voice = asyncio.get_running_loop(), ConversationRunner(self._options, sink)
        self._loop.set_exception_handler(_log_loop_error)
        self._ready.set()
        await self._voice.run()


def _log_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    log.error("in the voice loop: %s", context.get("message"), exc_info=error if isinstance(error, Exception) else None)

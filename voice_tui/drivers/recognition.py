"""Our own recogniser beside a conversation: on a thread of its own, loaded when the first words are missing."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

from voice_tui.drivers.wirelog import HERE, WireTap
from voice_tui.messages.inputs import Input, Reported
from voice_tui.messages.recognition import RecogniserReady, WriteDown, WrittenDown
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import one_line
from voice_tui.speech.recogniser import Recogniser

log = logging.getLogger(__name__)


def _thread() -> Executor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="recogniser")


@dataclass(frozen=True, slots=True)
class RecogniserOptions:
    """The recogniser that is installed.

    Attributes:
        load: Loads it; called on its thread, once, and only when a turn has no words.
        language: What it understands.
        executor: Makes what it runs on; a thread unless given.
    """

    load: Callable[[], Recogniser]
    language: str = "English"
    executor: Callable[[], Executor] = _thread


class RecogniserWorker:
    """Writes down what the engine asks for; every method is called on the voice loop and returns at once.

    Args:
        options: None: there is none.
        receive: Takes every answer and every notice: the engine's door.
        wirelog: Takes what was written down, beside the events of the wire.
    """

    def __init__(
        self, options: RecogniserOptions | None, receive: Callable[[Input], None], wirelog: WireTap | None = None
    ) -> None:
        self._options, self._receive, self._wirelog = options, receive, wirelog
        self._executor: Executor | None = None
        self._waiting: deque[tuple[str, Future[str]]] = deque()
        self._load = cache(options.load) if options is not None else None
        self._failed = False

    def begin(self) -> None:
        """Say that it is there."""
        if self._options is not None:
            self._receive(RecogniserReady(self._options.language))

    def write_down(self, wanted: WriteDown) -> None:
        """Take a turn."""
        if self._options is None or self._load is None:
            return
        if self._executor is None:
            self._executor = self._options.executor()
        load = self._load
        self._waiting.append((wanted.row_id, self._executor.submit(lambda: load().transcribe(wanted.pcm))))

    def poll(self) -> None:
        """Pass on what is done."""
        while self._waiting and self._waiting[0][1].done():
            row_id, done = self._waiting.popleft()
            text = self._words(done)
            if self._wirelog is not None and text:
                event = {"type": "written_here", "item_id": row_id, "transcript": text}
                self._wirelog.write(HERE, json.dumps(event).encode())
            self._receive(WrittenDown(row_id, text))

    def _words(self, done: Future[str]) -> str:
        """What came of it. A recogniser that fails must not end the conversation."""
        error = done.exception()
        if error is None:
            return done.result().strip()
        log.error("no words", exc_info=error)
        if not self._failed:
            self._failed = True
            words = one_line(f"voice-tui's own recogniser fails: {type(error).__name__}: {error}")
            self._receive(Reported(Announced(Severity.WARNING, words)))
        return ""

    def end(self) -> None:
        """It is over: what was said last is still written down."""
        if self._executor is not None:
            self._executor.shutdown()
        self.poll()

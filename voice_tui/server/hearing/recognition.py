"""Understanding what the user said: the recogniser at work beside everything else."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable
from concurrent.futures import Executor

import msgspec

from voice_tui.audio.stream.pcm import RATE, Pcm, to_pcm
from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.items import Failure
from voice_tui.server.answers.items import Emit
from voice_tui.server.history import History, HistoryItem
from voice_tui.server.sentences import words as split_words
from voice_tui.speech.recogniser import Recogniser

logger = logging.getLogger(__name__)


class Recognition:
    """Runs the recogniser for items with user audio.

    Args:
        tasks: The session's tasks.
        ears: The recogniser.
        executor: Where it runs.
        history: Items deleted meanwhile get no transcript.
        emit: Takes the transcription events.
    """

    def __init__(
        self, tasks: asyncio.TaskGroup, ears: Recogniser, executor: Executor, history: History, emit: Emit
    ) -> None:
        self._tasks, self._ears, self._executor, self._history, self._emit = tasks, ears, executor, history, emit
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, entry: HistoryItem, *, report: bool) -> None:
        """Understand an item's audio; the words land in ``entry.words``.

        Args:
            entry: An item of the user.
            report: Whether the client asked for transcription events.
        """
        task = self._tasks.create_task(self._understand(entry, report), name=f"hear {entry.id}")
        self._running[entry.id] = task
        task.add_done_callback(lambda _: self._running.pop(entry.id, None))

    async def finished(self, entries: Iterable[HistoryItem]) -> None:
        """Wait until these items are understood."""
        if running := [self._running[entry.id] for entry in entries if entry.id in self._running]:
            await asyncio.wait(running)

    async def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono)."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._ears.transcribe, pcm)

    async def words_so_far(self, pcm: Pcm) -> str:
        """What was said of a turn that may go on (24 kHz mono); "" where the recogniser fails."""
        try:
            return await self.transcribe(pcm)
        except Exception:  # as below; the whole turn will be asked for again
            logger.exception("speech recognition failed")
            return ""

    def stop(self) -> None:
        """The connection is gone."""
        for task in self._running.values():
            task.cancel()

    async def _understand(self, entry: HistoryItem, report: bool) -> None:
        try:
            entry.words = await self.transcribe(to_pcm(bytes(entry.audio)))
        except Exception as error:  # a model may fail in any way; the conversation goes on without these words
            logger.exception("speech recognition failed")
            entry.words = ""
            reason = f"Speech recognition failed: {type(error).__name__}."
            if report and self._history.get(entry.id):
                failure = Failure(reason, "server_error", "transcription_failed")
                self._emit(wire.InputTranscriptionFailed(item_id=entry.id, error=failure))
            return
        if report and self._history.get(entry.id):
            self._report(entry, entry.words)

    def _report(self, entry: HistoryItem, transcript: str) -> None:
        parts = [
            msgspec.structs.replace(part, transcript=transcript) if part.type == "input_audio" else part
            for part in entry.parts
        ]
        entry.item = msgspec.structs.replace(entry.item, content=parts)
        for word in split_words(transcript)[0]:
            self._emit(wire.InputTranscriptionDelta(item_id=entry.id, delta=word))
        usage = {"type": "duration", "seconds": math.ceil(entry.samples / RATE)}
        self._emit(wire.InputTranscriptionCompleted(item_id=entry.id, transcript=transcript, usage=usage))

"""Understanding what the user said: the recogniser at work beside everything else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

import msgspec

from voice_tui.audio.stream.pcm import Pcm, ms_to_samples, to_pcm
from voice_tui.endpoints.realtime.wire import server_events as wire
from voice_tui.endpoints.realtime.wire.items import Failure
from voice_tui.endpoints.realtime.wire.session import Transcription
from voice_tui.server.answers.items import Emit
from voice_tui.server.answers.usage import transcription_usage
from voice_tui.server.hearing.growing_words import GrowingWords
from voice_tui.server.history import History, HistoryItem
from voice_tui.server.inference import OVERLOADED, Overloaded
from voice_tui.server.models import ServerModels

AHEAD_FIRST_MS = 1_200  # of a turn: less than that is understood at its end as fast
AHEAD_EVERY_MS = 600
AHEAD_SHARE = 4.0  # listening ahead rests so many times as long as it took: it never takes more than a fifth of a core

logger = logging.getLogger(__name__)


class Recognition:
    """Runs the recogniser for items with user audio.

    Args:
        tasks: The session's tasks.
        models: The recogniser, and where it runs.
        history: Items deleted meanwhile get no transcript.
        emit: Takes the transcription events.
    """

    def __init__(self, tasks: asyncio.TaskGroup, models: ServerModels, history: History, emit: Emit) -> None:
        self._tasks, self._models, self._history, self._emit = tasks, models, history, emit
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ahead: asyncio.Task[None] | None = None
        self._growing: tuple[str, GrowingWords] = ("", GrowingWords())  # the turn being spoken, and what was told of it
        self._next_ahead = 0  # samples of the turn from which it is listened to again
        self._rests_until = 0.0
        self._refused: tuple[str, Overloaded | None] = ("", None)  # the newest turn that nobody had time for

    def start(self, entry: HistoryItem, *, report: Transcription | None) -> None:
        """Understand an item's audio; the words land in ``entry.words``.

        Args:
            entry: An item of the user.
            report: How the client wants to read it; None where it does not.
        """
        item_id, growing = self._growing
        growing = growing if item_id == entry.id else GrowingWords()
        self._growing = ("", GrowingWords())
        try:
            self._models.studio.inference.admit()
        except Overloaded as refusal:
            self._refuse(entry, refusal, report)
            return
        task = self._tasks.create_task(self._understand(entry, growing, report), name=f"hear {entry.id}")
        self._running[entry.id] = task
        task.add_done_callback(lambda _: self._running.pop(entry.id, None))

    def listen_ahead(self, item_id: str, so_far: Callable[[], Pcm], length: int) -> None:
        """Tell what can be told of a turn that is still being spoken, now and then.

        Args:
            item_id: What the turn will be.
            so_far: Gives its audio.
            length: Of that, samples.
        """
        if self._growing[0] != item_id:
            self._growing = (item_id, GrowingWords())
            self._next_ahead = ms_to_samples(AHEAD_FIRST_MS)
        now = asyncio.get_running_loop().time()
        busy = self._ahead is not None or self._models.ahead.locked() or now < self._rests_until
        if length < self._next_ahead or busy:
            return
        self._next_ahead = length + ms_to_samples(AHEAD_EVERY_MS)
        self._ahead = self._tasks.create_task(self._understand_ahead(item_id, so_far()), name=f"hear ahead {item_id}")

    async def _understand_ahead(self, item_id: str, pcm: Pcm) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with self._models.ahead:
                words = await self.words_so_far(pcm)
            if self._growing[0] == item_id:  # else it is over, and understood as a whole
                for word in self._growing[1].read(words):
                    self._emit(wire.InputTranscriptionDelta(item_id=item_id, delta=word))
        finally:
            self._ahead = None
            self._rests_until = clock() + (clock() - began) * AHEAD_SHARE

    def _refuse(self, entry: HistoryItem, refusal: Overloaded, report: Transcription | None) -> None:
        """Nobody has time to understand it; whoever wants an answer to it is told so, see `finished`."""
        entry.words = ""
        self._refused = (entry.id, refusal)
        if report:
            failure = Failure(str(refusal), "server_error", OVERLOADED)
            self._emit(wire.InputTranscriptionFailed(item_id=entry.id, error=failure))

    async def finished(self, entries: Iterable[HistoryItem]) -> None:
        """Wait until these items are understood.

        Raises:
            Overloaded: The newest of them was refused.
        """
        entries = list(entries)
        item_id, refusal = self._refused
        if refusal is not None and entries and entries[-1].id == item_id:
            raise refusal
        if running := [self._running[entry.id] for entry in entries if entry.id in self._running]:
            await asyncio.wait(running)

    async def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono)."""
        models = self._models
        return await models.studio.inference.run(self._history, models.ears.transcribe, pcm)

    async def words_so_far(self, pcm: Pcm) -> str:
        """What was said of a turn that may go on (24 kHz mono); "" where the recogniser fails."""
        try:
            return await self.transcribe(pcm)
        except Exception:  # as below; the whole turn will be asked for again
            logger.exception("speech recognition failed")
            return ""

    def stop(self) -> None:
        """The connection is gone."""
        for task in (*self._running.values(), self._ahead):
            if task is not None:
                task.cancel()

    async def _understand(self, entry: HistoryItem, growing: GrowingWords, report: Transcription | None) -> None:
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
            self._report(entry, growing, report)

    def _report(self, entry: HistoryItem, growing: GrowingWords, report: Transcription) -> None:
        for word in growing.finish(entry.words or ""):
            self._emit(wire.InputTranscriptionDelta(item_id=entry.id, delta=word))
        transcript = growing.text
        parts = [
            msgspec.structs.replace(part, transcript=transcript) if part.type == "input_audio" else part
            for part in entry.parts
        ]
        entry.item = msgspec.structs.replace(entry.item, content=parts)
        usage = transcription_usage(report, transcript, entry.samples)
        self._emit(wire.InputTranscriptionCompleted(item_id=entry.id, transcript=transcript, usage=usage))

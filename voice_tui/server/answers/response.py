"""Making one answer: the brain finds sentences and calls, the voice speaks the sentences, the pacer lets them go.

While one sentence leaves, the next is found and spoken. A cancellation closes the answer on the spot (the writer never
waits) and then stops the task.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, field

from voice_tui.audio.stream.pcm import RATE, SILENCE, Pcm
from voice_tui.server.answers.writer import ResponseWriter
from voice_tui.server.brains.brain import Brain, BrainError
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.server.inference import OVERLOADED, Inference, Overloaded
from voice_tui.server.sentences import breaths, words
from voice_tui.speech.synthesiser import Synthesiser, speakable

TIMES_REAL_TIME = 4.0

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Pacer:
    """The schedule of one answer.

    Args:
        ratio: How many times faster than real time.
        clock: Monotonic seconds; None: the loop's.
        sleep: Waits so many seconds; called before every delta, with 0 where it may leave at once, so that whatever
            else the loop has to do comes in between.
    """

    def __init__(
        self, ratio: float = TIMES_REAL_TIME, clock: Clock | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._ratio, self._clock, self._sleep = ratio, clock or asyncio.get_running_loop().time, sleep
        self._began: float | None = None

    async def wait(self, samples: int) -> None:
        """Wait until the delta that begins at sample ``samples`` of the answer may leave; the first one may at once."""
        now = self._clock()
        if self._began is None:
            self._began = now
        due = self._began + samples / RATE / self._ratio
        await self._sleep(max(due - now, 0.0))


DELTA = RATE // 10  # samples of an audio delta: 100 ms, 4,800 bytes
LEAD = RATE * 3 // 10  # the transcript runs 300 ms ahead of the sound, as on the wire
# Arguments leave in pieces of about a token, as on the wire: a word, or the signs between two.
ARGUMENTS = re.compile(r"\s*\w+|\s*[^\w\s]+|\s+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of the answer, ready to leave; ``pcm`` is empty where the answer is written."""

    text: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class AnswerModels:
    """What answers are made with; shared by all sessions.

    Attributes:
        brain: Finds the words.
        voice: Speaks them, in ``executor``.
        executor: Where models run: never on the event loop.
        pacer: Makes the schedule of one answer.
        inference: Whose turn it is there.
    """

    brain: Brain
    voice: Synthesiser
    executor: Executor
    pacer: Callable[[], Pacer] = Pacer
    inference: Inference = field(init=False)

    def __post_init__(self) -> None:
        """One queue for one executor."""
        object.__setattr__(self, "inference", Inference(self.executor))


class ResponseRunner:
    """One answer being made.

    Args:
        writer: Where it goes.
        studio: What it is made with.
        conversation: Gives what the answer is made from, once the user's words are understood.
        drained: Waits until the client has taken most of what was sent.
        owner: The session, which takes turns with the others.
    """

    def __init__(
        self,
        writer: ResponseWriter,
        studio: AnswerModels,
        conversation: Callable[[], Awaitable[Dialogue]],
        drained: Callable[[], Awaitable[None]],
        owner: object,
    ) -> None:
        self.writer, self._owner = writer, owner
        self._studio, self._conversation, self._drained = studio, conversation, drained
        self._pacer = studio.pacer()
        self._paced = 0  # samples of speech that have left
        self._space = ""  # white space that belongs before the next word
        self._task: asyncio.Task[None] | None = None

    @property
    def active(self) -> bool:
        """Whether it is still being made."""
        return not self.writer.closed

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Begin, as a task of the session."""
        self._task = tasks.create_task(self._run(), name=self.writer.id)

    def cancel(self, reason: str) -> None:
        """End it now, with its closing events (``turn_detected`` or ``client_cancelled``)."""
        self.writer.cancel(reason)
        self.stop()

    def stop(self) -> None:
        """End it without a word: the connection is gone."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._answer()
        except BrainError as error:
            self.writer.fail(error.code, error.message)
        except Overloaded as refusal:
            self.writer.fail(OVERLOADED, str(refusal))
        except Exception as error:  # whatever a model does, the client must see the response end
            logger.exception("the answer failed")
            self.writer.fail("server_error", f"The server failed while answering: {type(error).__name__}.")

    async def _answer(self) -> None:
        self._studio.inference.admit()
        conversation = await self._conversation()
        ready: asyncio.Queue[Spoken | Call | Exception | None] = asyncio.Queue(maxsize=1)
        async with asyncio.TaskGroup() as tasks:
            ahead = tasks.create_task(self._prepare(conversation, ready))
            while isinstance(piece := await ready.get(), Spoken | Call):
                whole = await (self._deliver(piece) if isinstance(piece, Spoken) else self._deliver_call(piece))
                if not whole:
                    ahead.cancel()
                    return self.writer.exhaust()
        if piece is not None:
            raise piece
        return self.writer.complete()

    async def _prepare(self, conversation: Dialogue, ready: asyncio.Queue[Spoken | Call | Exception | None]) -> None:
        """Find and speak pieces, one ahead of what leaves. A failure travels behind what was found before it."""
        try:
            async with aclosing(self._studio.brain.answer(conversation)) as pieces:
                async for piece in pieces:
                    for part in breaths(piece) if isinstance(piece, str) else (piece,):
                        await ready.put(part if isinstance(part, Call) else await self._spoken(part))
                    if isinstance(piece, Call) and not self.writer.plan.parallel:
                        break
        except Exception as error:  # raised again by `_answer`, in its turn
            await ready.put(error)
        else:
            await ready.put(None)

    async def _spoken(self, piece: str | Sound) -> Spoken:
        if isinstance(piece, str):
            return Spoken(piece, await self._speak(piece))
        return Spoken(piece.text, piece.pcm if self.writer.plan.audio else SILENCE[:0])

    async def _speak(self, text: str) -> Pcm:
        plan = self.writer.plan
        aloud = speakable(text) if plan.audio else ""
        if not aloud:
            return SILENCE[:0]
        speak = self._studio.voice.synthesise
        return await self._studio.inference.run(self._owner, speak, aloud, plan.voice, plan.speed)

    async def _deliver_call(self, call: Call) -> bool:
        """Let a call go, its arguments piece by piece. False when the token limit stopped it."""
        self._space = ""
        self.writer.call(call.name)
        for piece in ARGUMENTS.findall(call.arguments):
            await self._pacer.wait(self._paced)
            await self._drained()
            self.writer.argue(piece)
            if self.writer.over_limit:
                return False
        return True

    async def _deliver(self, piece: Spoken) -> bool:
        """Let a piece go, its words a little ahead of its sound. False when the token limit stopped it."""
        found, rest = words(self._space + piece.text)
        self._space = rest
        begin, length = self.writer.samples, len(piece.pcm)
        total = sum(map(len, found)) or 1
        ends: list[int] = []  # where each word's sound ends, by its share of the letters
        letters = 0
        for word in found:
            letters += len(word)
            ends.append(length * letters // total)
        said = 0
        for start in range(0, max(length, 1), DELTA):
            await self._pacer.wait(self._paced)
            await self._drained()
            chunk = piece.pcm[start : start + DELTA]
            last = start + DELTA >= length
            while said < len(found) and (last or said == 0 or ends[said - 1] <= start + len(chunk) + LEAD):
                self.writer.word(found[said], begin + ends[said])
                said += 1
                if self.writer.over_limit:
                    return False
            if len(chunk):
                self._paced += len(chunk)
                self.writer.sound(chunk.astype("<i2", copy=False).tobytes())
                if self.writer.over_limit:
                    return False
        return True

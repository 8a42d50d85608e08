"""A caller talks to the embedded server on virtual time, and the talk is kept as a recording."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.devices.loudspeakers import TimedSpeaker
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import CallDemo
from voice_tui.messages.notices import Notice
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import SwitchesChanged
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.kept import Kept
from voice_tui.rehearsal.line import MemoryLine
from voice_tui.rehearsal.virtual_time import InlineExecutor, VirtualLoop
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.brains.demo.brain import DemoBrain
from voice_tui.server.checks import ID_SOURCE
from voice_tui.server.models import SESSION_LIMIT_S, ServerModels
from voice_tui.server.serve import INFERENCE_THREADS
from voice_tui.server.server import Service
from voice_tui.speech.probability import Earshot, SpeechProbability
from voice_tui.speech.recogniser import LocalRecogniser, Recogniser
from voice_tui.speech.synthesiser import LocalSynthesiser, Synthesiser

HEARING_S, SPEAKING_S = 0.15, 0.03  # what a turn and a sentence take the models, measured on two cores
NOON = 1_780_000_000.0  # the time of day when a rehearsal begins: the same each time
LOOK_S = 0.1
QUIET_S = 1.5  # so long nothing has been under way: it is over
LATEST_S = 12.0  # behind the caller's last word: what never comes to rest is ended
LONGEST_S = 600.0  # of a caller who is never done
CALLER_VOICE = "echo"  # another one than the assistant's
SEED = 1


@dataclass(frozen=True, slots=True)
class Models:
    """What hears and speaks at the server.

    Attributes:
        ears: The recogniser.
        voice: The synthesiser, of the demo caller too.
        probability: Makes the judge of the microphone.
    """

    ears: Recogniser
    voice: Synthesiser
    probability: Callable[[], SpeechProbability] = Earshot


def local_models() -> Models:
    """Those that lie in the wheels.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """
    return Models(LocalRecogniser(), LocalSynthesiser())


def rehearse(preset: str, mic: Pcm | None, folder: Path, models: Models, latest_s: float = LATEST_S) -> Path:
    """Hold a talk, and give the folder of its recording.

    Args:
        preset: How turns are taken.
        mic: What the caller says, int16 at 24 kHz; None: the demo caller, who waits for the answers.
        folder: Where the recording is put.
        models: What hears and speaks.
        latest_s: So long behind the caller's last word the talk may still last.

    Raises:
        OSError: The recording can't be written.
        Exception: What went wrong in client or server.
    """
    kept = Kept(folder)

    def main(loop: VirtualLoop) -> Coroutine[Any, Any, None]:
        return _Talk(loop, preset, mic, folder, models, kept).hold(latest_s)

    virtual_time.run(main)
    return kept.path


class _Talk:
    def __init__(
        self, loop: VirtualLoop, preset: str, mic: Pcm | None, folder: Path, models: Models, kept: Kept
    ) -> None:
        self._loop, self._demo, self._kept = loop, mic is None, kept
        self._calls = False  # the demo caller is on the line
        self._busy_at = 0.0  # when something was last under way
        options = replace(
            in_memory(loop, models, preset),
            synthesise=lambda text: models.voice.synthesise(text, CALLER_VOICE),
            recording=RecordingOptions(folder, always=True, beside=False),
            open_microphone=lambda name: VirtualMicrophone(mic, "caller"),
            open_speaker=lambda name: TimedSpeaker("listener"),
        )
        self._runner = ConversationRunner(options, self._notice)

    async def hold(self, latest_s: float) -> None:
        """From the connection to the end of the last answer."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._runner.run(), name="conversation")
            try:
                await self._lead(latest_s)
            finally:
                self._runner.stop()

    async def _lead(self, latest_s: float) -> None:
        await self._until(lambda: self._runner.live, LONGEST_S)
        if self._demo:
            self._calls = True
            self._runner.request(CallDemo(True))
        await self._until(lambda: not self._speaks, LONGEST_S)
        self._busy_at = self._loop.time()
        await self._until(self._over, latest_s)

    async def _until(self, holds: Callable[[], bool], at_most_s: float) -> None:
        for _ in range(round(at_most_s / LOOK_S)):
            if holds():
                return
            await asyncio.sleep(LOOK_S)

    def _over(self) -> bool:
        """Nothing has been under way for a while."""
        if not self._runner.idle:
            self._busy_at = self._loop.time()
        return self._loop.time() - self._busy_at >= QUIET_S

    @property
    def _speaks(self) -> bool:
        """The caller has not said everything."""
        return self._calls if self._demo else not self._runner.input_over

    def _notice(self, notice: Notice) -> None:
        self._kept.observe(notice)
        if isinstance(notice, SwitchesChanged):
            self._calls = notice.demo


def in_memory(loop: VirtualLoop, models: Models, preset: str) -> RunnerOptions:
    """A talk with an embedded server in this process, over a line in memory, on the time of a loop; without devices."""
    ID_SOURCE.set(random.Random(SEED))

    def cost_s(call: Any, *_: object) -> float:
        return HEARING_S if call == models.ears.transcribe else SPEAKING_S

    def clock() -> float:
        return NOON + loop.time() - virtual_time.START_S

    studio = AnswerModels(
        DemoBrain(lambda: datetime.fromtimestamp(clock(), UTC)),
        models.voice,
        InlineExecutor(loop, cost_s, INFERENCE_THREADS),
    )
    service = Service(ServerModels(models.ears, studio, models.probability, SESSION_LIMIT_S, clock))
    return RunnerOptions(
        resolve=_resolve,
        profile=Profile(greeting=""),
        preset=preset,
        recording=RecordingOptions(Path(), beside=False),
        connect=MemoryLine(service).connect,
        clock=clock,
    )


async def _resolve() -> Endpoint:
    return Endpoint("embedded", "ws://rehearsal/v1/realtime", "demo")

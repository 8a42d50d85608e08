"""The demo caller: a second voice that asks for something long and then interrupts it.

It speaks into the microphone's stream, so everything that happens to a real voice happens to it: detection, barge-in,
cancel, truncate. Its sentences are synthesised when they are needed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, at_level
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Phase, PhaseChanged, PushToTalk, SettingsChanged, Severity

log = logging.getLogger(__name__)

Synthesise = Callable[[str], Pcm]

LEVEL_DBFS = -20.0  # as loud as somebody close to a headset
PATIENCE_S = 25.0  # a preset that never gives the floor back must not hang the demo


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A sentence and when to say it.

    Attributes:
        text: What is said.
        over_s: Seconds into the assistant's answer at which it is said; None: when the assistant has finished.
    """

    text: str
    over_s: float | None = None


SCRIPT = (
    ScriptLine("Please tell me a long story."),
    ScriptLine("Excuse me, how much is twelve times seven?", over_s=3.5),
    ScriptLine("And what did I ask you before?"),
)


class DemoCaller:
    """Says `SCRIPT` into the microphone.

    Args:
        synthesise: The local voice; None when it is not installed.
        announce: Says something to the user.
        changed: Told when the caller comes and goes.
        press: The talk key, for presets that want it.
        saying: Told which of its sentences it begins to say, from 1, and how many there are.
    """

    def __init__(
        self,
        synthesise: Synthesise | None,
        announce: Callable[[Severity, str], None],
        changed: Callable[[bool], None],
        press: Callable[[PushToTalk], None],
        saying: Callable[[int, int], None] = lambda turn, turns: None,
    ) -> None:
        self._synthesise = synthesise
        self._announce, self._changed, self._press, self._saying = announce, changed, press, saying
        self._speech = np.zeros(0, np.int16)
        self._at = 0
        self._phase = Phase.LISTENING
        self._phase_moved = asyncio.Event()
        self._said = asyncio.Event()
        self._preset = ""
        self._holds_key = False
        self._task: asyncio.Task[None] | None = None

    @property
    def active(self) -> bool:
        """The caller is on the line: the microphone's frames are its."""
        return self._task is not None

    def toggle(self, on: bool | None = None) -> None:
        """Put the caller on the line or take it off; on the voice loop's thread."""
        on = not self.active if on is None else on
        if on and self._synthesise is None:
            self._announce(Severity.ERROR, 'the demo caller needs the local voice: pip install "voice-tui[local]"')
        elif on and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(self._synthesise), name="demo-caller")
            self._changed(True)
        elif not on and self._task is not None:
            # Here and not in the task: one that is cancelled before its first step runs none of its code.
            self._task.cancel()
            self._leave()
            self._announce(Severity.INFORMATION, "the demo caller hung up")

    def next_frame(self) -> Pcm:
        """The caller's next 10 ms: speech, or silence while it listens."""
        frame = np.zeros(FRAME, np.int16)
        piece = self._speech[self._at : self._at + FRAME]
        frame[: len(piece)] = piece
        self._at += len(piece)
        if len(piece) and self._at >= len(self._speech):
            self._said.set()
        return frame

    def observe(self, notice: Notice) -> None:
        """Follow the conversation."""
        if isinstance(notice, PhaseChanged):
            self._phase = notice.phase
            self._phase_moved.set()
        elif isinstance(notice, SettingsChanged):
            self._preset = notice.preset

    async def _run(self, synthesise: Synthesise | None) -> None:
        assert synthesise is not None
        try:
            for turn, line in enumerate(SCRIPT, 1):
                pcm = _around(at_level(await asyncio.to_thread(synthesise, line.text), LEVEL_DBFS))
                if line.over_s is None:
                    await self._until(Phase.LISTENING, Phase.USER_SPEAKING)
                    await asyncio.sleep(0.4)
                else:
                    await self._until(Phase.ASSISTANT_SPEAKING)
                    await asyncio.sleep(line.over_s)
                self._saying(turn, len(SCRIPT))
                await self._say(pcm)
                await self._until(Phase.THINKING, Phase.ASSISTANT_SPEAKING)
            await self._until(Phase.LISTENING)
        except Exception:
            log.exception("the demo caller failed")
            self._announce(Severity.ERROR, "the demo caller failed, see the log file")
        self._leave()

    def _leave(self) -> None:
        """Off the line: nothing more is said, and the talk key is not held."""
        self._task = None
        self._speech, self._at = np.zeros(0, np.int16), 0
        self._release()
        self._changed(False)

    async def _say(self, pcm: Pcm) -> None:
        self._holds_key = self._preset == "push-to-talk"
        if self._holds_key:
            self._press(PushToTalk(True))
        self._said.clear()
        self._speech, self._at = pcm, 0
        await self._said.wait()
        self._release()

    def _release(self) -> None:
        if self._holds_key:
            self._holds_key = False
            self._press(PushToTalk(False))

    async def _until(self, *phases: Phase) -> None:
        """Wait for one of the phases, but not for ever."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._phase not in phases:
                    self._phase_moved.clear()
                    await self._phase_moved.wait()
        except TimeoutError:
            log.info("the demo caller waited %.0f s for %s, and goes on", PATIENCE_S, phases)


def _around(pcm: Pcm) -> Pcm:
    """A sentence with a little silence before it and behind it."""
    return np.pad(pcm, RATE // 10)

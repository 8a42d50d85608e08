"""What the user of a scenario is heard saying: spoken by the local voice, out of a recording, or made here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, at_level
from voice_tui.drivers.devices.recordings import RecordingError, read_recording
from voice_tui.replay.judge.timeline import Kind
from voice_tui.scenario.model import Background, Play, Say, Step
from voice_tui.scenario.noises import NOISES
from voice_tui.speech.synthesiser import WARM_UP

Synthesise: TypeAlias = Callable[[str], Pcm]

NO_VOICE = 'say: it needs the local voice: pip install "voice-tui[local]" (type needs nothing)'
NOISE_DBFS = -20.0


class SoundError(ValueError):
    """A step whose sound cannot be had; one line that says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Something to be heard in the microphone.

    Attributes:
        pcm: int16 at 24 kHz, shape (n,).
        begins_s, ends_s: When it can be heard, s from its first sample.
        kind: What it is for the measures, as far as it is known; None: a turn.
    """

    pcm: Pcm
    begins_s: float
    ends_s: float
    kind: str | None = None


class Sounds:
    """Makes the sound of each step once.

    Args:
        synthesise: The local voice; None where it is not installed.
        folder: Where recordings are looked for.
    """

    def __init__(self, synthesise: Synthesise | None, folder: Path) -> None:
        self._synthesise, self._folder = synthesise, folder
        self._made: dict[Say | Play, Sound] = {}

    async def prepare(self, steps: Iterable[Step]) -> None:
        """Make the sounds of these steps now, so that none is late.

        Raises:
            SoundError: One cannot be had.
        """
        for step in steps:
            if isinstance(step, Say | Play):
                await self.of(step)

    async def warm_up(self) -> None:
        """Load the local voice, where there is one, so that the first words are not late."""
        if self._synthesise is not None:
            await asyncio.to_thread(self._synthesise, WARM_UP)

    async def background(self, wanted: Background | None) -> Pcm | None:
        """What is heard all the time.

        Raises:
            SoundError: It cannot be had.
        """
        return None if wanted is None else (await self.of(Play(play=wanted.play, level=wanted.level))).pcm

    async def of(self, step: Say | Play) -> Sound:
        """The sound of a step.

        Raises:
            SoundError: It cannot be had.
        """
        key = _key(step)
        if key not in self._made:
            self._made[key] = await asyncio.to_thread(self._make, step)
        return self._made[key]

    def _make(self, step: Say | Play) -> Sound:
        return self._spoken(step) if isinstance(step, Say) else self._played(step)

    def _spoken(self, step: Say) -> Sound:
        if self._synthesise is None:
            raise SoundError(NO_VOICE)
        pcm = self._synthesise(step.say)
        if not len(pcm):
            raise SoundError(f"say: {step.say!r} has no words that can be spoken")
        return _sound(at_level(pcm, step.level))

    def _played(self, step: Play) -> Sound:
        if step.play in NOISES:
            noise = at_level(NOISES[step.play](), NOISE_DBFS if step.level is None else step.level)
            return replace(_sound(noise), kind=Kind.TIC)
        try:
            pcm = read_recording(self._folder / Path(step.play).expanduser()).pcm
        except RecordingError as error:
            raise SoundError(f"play: {error}") from None
        return _sound(pcm if step.level is None else at_level(pcm, step.level))


def _key(step: Say | Play) -> Say | Play:
    """The step without when it is to be done."""
    return Say(say=step.say, level=step.level) if isinstance(step, Say) else Play(play=step.play, level=step.level)


def _sound(pcm: Pcm) -> Sound:
    heard = np.flatnonzero(audible_frames(pcm))
    if not len(heard):
        return Sound(pcm, 0.0, len(pcm) / RATE)
    return Sound(pcm, int(heard[0]) * FRAME / RATE, (int(heard[-1]) + 1) * FRAME / RATE)

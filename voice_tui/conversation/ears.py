"""Our own ears: where the user's voice began and ended, told back from what was heard since.

One and the same measuring device whoever takes the turns: a voice detector says where there is a voice, and the sound
that hangs together with it says where that began and ended. Both are looked up afterwards, so that no detector's delay
is in them; what was louder than the noise of the room counts as sound.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.audible import AUDIBLE_LEVEL, USER_PAUSE_MS, frame_levels
from voice_tui.audio.stream.pcm import FRAME, FRAME_MS, Pcm
from voice_tui.conversation.kept import EARS

KEPT_FRAMES = 1_500  # 15 s: no detector waits longer for the end of a turn
START, STOP = 0.6, 0.4  # probability at which a voice begins and ends
OVER_NOISE = 3.0  # times the noise of the room, 10 dB: what is louder is a sound of its own
FAINT = AUDIBLE_LEVEL / 3  # below that nobody speaks, and the detector rests
REST_FRAMES = 30  # ... once it has heard so much of it
GAP_FRAMES = 15  # a sound that near to a voice belongs to it: a plosive, a breath between syllables
PAUSE_FRAMES = USER_PAUSE_MS // FRAME_MS  # voices that near to each other are one
NOISE_FRAMES, NOISE_BLOCKS = 50, 6  # the noise of a room is the least of half a second, over three
BACK_MS = 300  # a sound that began longer before the voice in it is none of its
LEAST_FRAMES = 8  # of voice: less is a click


class _Noise:
    """How loud the room is: the least of the last seconds in which nobody spoke."""

    def __init__(self) -> None:
        self._blocks: deque[float] = deque(maxlen=NOISE_BLOCKS)
        self._least, self._frames = 1.0, 0

    def feed(self, level: float) -> float:
        self._least = min(self._least, level)
        self._frames += 1
        if self._frames == NOISE_FRAMES:
            self._blocks.append(self._least)
            self._least, self._frames = 1.0, 0
        return min(self._blocks, default=0.0)


class Ears:
    """Hears every frame; asked when somebody has decided something."""

    def __init__(self) -> None:
        self._engine = EARS[-1]()
        self._noise = _Noise()
        self._floor = 0.0
        self._sounds: deque[bool] = deque(maxlen=KEPT_FRAMES)
        self._voices: deque[bool] = deque(maxlen=KEPT_FRAMES)
        self._rest = 0  # frames until the detector may rest
        self._end_ms = 0.0  # of the newest frame, on the microphone's clock
        self._began_ms: float | None = None  # the voice that is heard, or was within the last pause
        self._voiced_ms, self._voiced_frames = 0.0, 0  # of that: behind its last frame, and how many it has
        self._over: list[tuple[float, float]] = []

    @property
    def voiced(self) -> bool:
        """There was a voice in the newest frame."""
        return bool(self._voices) and self._voices[-1]

    def hear(self, pcm: Pcm, at_ms: float) -> None:
        """Take the next frames; what was left out before them was silence.

        Args:
            pcm: int16 at 24 kHz, shape (n · 240,).
            at_ms: Where its first sample was on the microphone's clock.
        """
        missed = min(KEPT_FRAMES, round((at_ms - self._end_ms) / FRAME_MS))
        self._voices.extend([False] * missed)
        self._sounds.extend([False] * missed)
        if missed > 0:
            self._end_ms = at_ms
            self._follow(voice=False)
        for frame, level in zip(pcm.reshape(-1, FRAME), frame_levels(pcm).tolist(), strict=True):
            self._rest = REST_FRAMES if level > FAINT else self._rest - 1
            p = self._engine.feed(frame) if self._rest > 0 else 0.0
            voice = p >= (STOP if self.voiced else START)
            if not voice:
                self._floor = self._noise.feed(level)
            self._voices.append(voice)
            self._sounds.append(level > max(AUDIBLE_LEVEL, OVER_NOISE * self._floor))
            at_ms += FRAME_MS
            self._end_ms = at_ms
            self._follow(voice)

    def _follow(self, voice: bool) -> None:
        """Put together what one says, frame by frame."""
        if voice:
            if self._began_ms is None:
                self._began_ms, self._voiced_frames = self.sound_of(self._end_ms - FRAME_MS), 0
            self._voiced_ms, self._voiced_frames = self._end_ms, self._voiced_frames + 1
        elif self._began_ms is not None and self._end_ms - self._voiced_ms > USER_PAUSE_MS:
            end = self.end(self._began_ms)
            if self._voiced_frames >= LEAST_FRAMES and end is not None:
                self._over.append((self._began_ms, end))
            self._began_ms = None

    def said(self) -> list[tuple[float, float]]:
        """What was said and is over since this was asked last: where each voice began and ended, pauses joined."""
        over, self._over = self._over, []
        return over

    # ---- what was heard, ms on the microphone's clock

    def onset(self, since_ms: float) -> float | None:
        """Where the voice began that is heard now, or was within the last pause; None where there is none.

        Args:
            since_ms: What was before it does not count.
        """
        sounds, voices = self._since(since_ms)
        spoken = np.flatnonzero(voices)
        if not len(spoken) or len(voices) - spoken[-1] > PAUSE_FRAMES:
            return None
        breaks = np.flatnonzero(np.diff(spoken) > PAUSE_FRAMES)
        first = int(spoken[breaks[-1] + 1]) if len(breaks) else int(spoken[0])
        return self._ms(self._begun(sounds, first), len(sounds))

    def sound_of(self, at_ms: float) -> float:
        """Where the sound began that somebody else found a voice in at ``at_ms``.

        What had been sounding for long by then is the noise of the room, or an echo: then it is ``at_ms`` itself.
        """
        sounds, _ = self._since(-np.inf)
        at = len(sounds) - 1 - round((self._end_ms - FRAME_MS - at_ms) / FRAME_MS)
        if not 0 <= at < len(sounds):
            return at_ms
        began = self._ms(self._begun(sounds, at), len(sounds))
        return began if at_ms - BACK_MS <= began else at_ms

    def end(self, since_ms: float) -> float | None:
        """Behind the last sound of the voice that was heard last; None: none was.

        Args:
            since_ms: What was before it does not count.
        """
        sounds, voices = self._since(since_ms)
        spoken = np.flatnonzero(voices)
        if not len(spoken):
            return None
        last = int(spoken[-1])
        heard = np.flatnonzero(sounds)
        for at in heard[heard > last].tolist():
            if at - last > GAP_FRAMES:
                break
            last = at
        heard = heard[heard <= last]
        return self._ms(int(heard[-1]) + 1 if len(heard) else last + 1, len(sounds))

    def _begun(self, sounds: NDArray[np.bool_], at: int) -> int:
        """The first frame of the sound that hangs together with the one at ``at``."""
        first = at
        heard = np.flatnonzero(sounds[: at + 1])
        for earlier in heard[::-1].tolist():
            if first - earlier > GAP_FRAMES:
                break
            first = earlier
        later = np.flatnonzero(sounds[first:])
        return first + int(later[0]) if len(later) else first

    def _since(self, since_ms: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Sounds and voices of the frames that end behind ``since_ms``."""
        count = len(self._sounds)
        if since_ms > -np.inf:
            count = min(count, max(0, int(-(-(self._end_ms - since_ms) // FRAME_MS))))
        sounds, voices = np.array(self._sounds, bool), np.array(self._voices, bool)
        return sounds[len(sounds) - count :], voices[len(voices) - count :]

    def _ms(self, frame: int, count: int) -> float:
        """Where a frame begins, of so many that end with the newest."""
        return self._end_ms - (count - frame) * FRAME_MS

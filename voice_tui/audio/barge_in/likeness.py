"""How much what the canceller leaves moves like what was played: near 1 where it is echo that was not cancelled.

Right after the echo path has changed (a device drops or repeats samples, somebody moves before the loudspeaker) the
canceller leaves all of the echo, and to every other number that is a voice. But its bands rise and fall with those of
the reference, and about as late as those of the microphone did before; a user's do not.
"""

from __future__ import annotations

import numpy as np

from voice_tui.audio.spectral.newest import Newest
from voice_tui.audio.spectral.spectrum import Levels
from voice_tui.audio.stream.pcm import energy

DELAYS = 28  # frames: what devices and rooms take at most
JUMP = 5  # frames that the delay may have changed by
MEMORY_FRAMES = 10  # time constant: an echo is known after a syllable, and a voice is no echo for longer than one
PATH_FRAMES = 300  # time constant of what tells the usual delay
USUAL_FRAMES = 100.0  # time constant of the mean from which levels move
RESTING_FRAMES = 20.0  # the same where nothing plays: of that time little is looked at
# Arrays of one number: of a number numpy makes one first, which takes as long as what is computed with it.
FAINTEST_DB = np.array(-75, np.float32)  # below that all is room
LEAST = np.array(1e3, np.float32)  # dB**4: what hardly moves is like nothing
FOLLOWED = {resting: np.array(1 / n, np.float32) for resting, n in ((False, USUAL_FRAMES), (True, RESTING_FRAMES))}
REMEMBERED = 1 - 1 / MEMORY_FRAMES
KEPT = np.array(((1 - 1 / PATH_FRAMES,), (REMEMBERED,)), np.float32)

# Chosen on the half `choice` of tests/benchmarks/interruptions.py. There a canceller that has just failed leaves a
# likeness of .88 to .97 (quartiles), users have .32 to .82.
DOUBTED, SURE = 0.75, 0.9
DOUBT = 6.0  # nats a frame


class EchoLikeness:
    """Feed levels of all three in bands, take the likeness."""

    def __init__(self, bands: int) -> None:
        self._usual: Levels | None = None
        self._played = Newest(DELAYS, bands)  # movement of the reference
        self._products = np.zeros((2, DELAYS), np.float32)  # of that with the microphone's, and with what is left
        self._kept = np.repeat(KEPT, DELAYS, axis=1)
        self._played_power = Newest(DELAYS, 1)
        self._newest_power = 0.0
        self._left_power = 0.0
        self.value = 0.0
        """Correlation of the movements at the delay that fits best, of those that there may be; -1 to 1."""

    def feed(self, levels_db: Levels, resting: bool = False) -> float:
        """Take the next frame.

        Args:
            levels_db: The microphone, what the canceller leaves of it, and what was played; shape (3, bands).
            resting: Nothing that was played can still be heard.
        """
        levels = np.maximum(levels_db, FAINTEST_DB)
        if self._usual is None:
            self._usual = levels.copy()
        moved = np.subtract(levels, self._usual, out=levels)
        self._usual += moved * FOLLOWED[resting]
        left, played = moved[1], moved[2]
        self._played.begin()[:] = played
        self._products *= self._kept
        self._products += moved[:2].dot(self._played.rows.T)
        # What it was for the newest a frame ago is what it is for the one before that now.
        self._newest_power = REMEMBERED * self._newest_power + energy(played)
        self._played_power.begin()[0] = self._newest_power
        self._left_power = REMEMBERED * self._left_power + energy(left)
        usual = int(self._products[0].argmax())
        some = slice(max(0, usual - JUMP), usual + JUMP + 1)
        scale = self._played_power.rows[some, 0] * self._left_power
        scale += LEAST
        np.sqrt(scale, out=scale)
        self.value = float(np.maximum.reduce(np.divide(self._products[1, some], scale, out=scale)))
        return self.value

    @property
    def doubt(self) -> float:
        """Nats by which a frame speaks less for a voice."""
        return DOUBT * min(max((self.value - DOUBTED) / (SURE - DOUBTED), 0.0), 1.0)

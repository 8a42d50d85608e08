"""How far the delay of an echo has jumped: what a device dropped or repeated, found within a syllable.

A canceller whose echo path has moved in time leaves all of the echo, and has to learn the path anew for half a second
or longer. But the path itself is as it was: the microphone hears what the canceller expects, only earlier or later. So
where it suddenly takes nothing away the microphone is held against what it would expect at every other delay.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.echo.awaited import COMPARED, LATER, Awaited
from voice_tui.audio.echo.kalman import Path, taps
from voice_tui.audio.spectral.newest import Line
from voice_tui.audio.stream.pcm import energy
from voice_tui.audio.stream.resample import MODEL_FRAME, Samples

LOUD = 1e-7  # mean square of a microphone in which there may be an echo, -70 dBFS
HEARD = 3  # frames over which it is said whether echo is taken away
CANCELLED = 0.3  # of the microphone's power is left at most where the canceller does its work, 5 dB
LOST = 0.4  # of it is left at least where it does not, 4 dB
EXPECTED = 0.1  # of the microphone's power the canceller must expect, now or not longer ago than an echo may come later
KNOWN_EVERY = 10  # frames; a path counts as known when it is one to two such steps old and has worked since
ALIKE, BETTER = 0.5, 0.25  # share of the power that another delay explains, and by how much more than none
SAME = 2  # samples within which looks name the same jump
AGREED = 3  # looks in a row that have to: of 60 ms each, 20 ms from the first to the last
ALONE = 0.1  # by how much it explains more than all delays that are not its neighbours: a tone fits at every period
NEIGHBOURS = 8  # samples on each side that are one and the same peak
LEAST = 8  # samples: less is no jump
SELDOM, PATIENT = 10, 50  # every frame is looked at, and one of so many after so many in vain: somebody talks


def _alone(share: NDArray[Any], best: int) -> bool:
    """Whether no other delay explains about as much: what is periodic tells that it is echo, but not how late."""
    others = share[: max(0, best - NEIGHBOURS)], share[best + NEIGHBOURS + 1 :]
    return all(float(share[best]) > float(other.max(initial=0.0)) + ALONE for other in others)


class JumpFinder:
    """Feed what the canceller heard and left and the path that it knows; take by how much the delay has jumped.

    Args:
        tail: Samples at 16 kHz of the longest echo path.
    """

    def __init__(self, tail: int) -> None:
        self._tail = tail
        self._awaited = Awaited(tail)
        self._far, self._mic = Line(self._awaited.history, MODEL_FRAME), Line(COMPARED, MODEL_FRAME)
        self._powers = deque([(0.0, 0.0, 0.0)] * HEARD, HEARD)  # of the newest frames: heard, left, expected
        self._expected = deque([0.0], LATER // MODEL_FRAME)  # over `HEARD` frames each
        self._frames = self._vain = 0
        self._looked = -1  # the frame of the last look for the path that is known
        self._known: list[Path] = []  # the newest last
        self._taps: Samples | None = None
        self._named: deque[int] = deque(maxlen=AGREED)  # by looks in a row, within `SAME` of each other
        self.suspected = False
        """What is left in this frame is echo at another delay."""

    def feed(self, mic: Samples, far: Samples, left: Samples, path: Path, played: NDArray[Any]) -> int | None:
        """Take the next 10 ms.

        Args:
            mic: The microphone, shape (160,).
            far: What was played, the same shape.
            left: What the canceller leaves of the microphone, the same shape.
            path: That of the canceller.
            played: Spectra of what was played, as the canceller keeps them: `KalmanCanceller.played`.

        Returns:
            Samples by which the echo comes later than `known` says (negative: earlier); None unless it is sure.
        """
        self._far.add(far)
        self._mic.add(mic)
        expected = mic - left
        self._powers.append((energy(mic), energy(left), energy(expected)))
        self._frames += 1
        heard, left_over, awaited = map(sum, zip(*self._powers, strict=True))
        self._expected.append(awaited)
        loud = heard > LOUD * HEARD * MODEL_FRAME
        if loud and left_over < CANCELLED * heard:
            self._works(path)
            return None
        lost = loud and left_over > LOST * heard and max(self._expected) > EXPECTED * heard
        if not lost or not self._known:
            self._doubt_nothing()
            return None
        self._vain += 1
        if self._vain > PATIENT and self._vain % SELDOM and not self._named:
            return None
        return self._agreed(self._best(played))

    @property
    def known(self) -> Samples:
        """The echo path from before the jump, taps at 16 kHz, shape (tail,)."""
        if self._taps is None:
            self._taps = taps(self._known[0])
        return self._taps

    def rest(self, mic: Samples) -> None:
        """Take frames of the microphone while nothing that was played can be heard: what is kept of that is silence."""
        for frame in mic.reshape(-1, MODEL_FRAME)[-(COMPARED // MODEL_FRAME) :]:
            power = energy(frame)
            self._powers.append((power, power, 0.0))
            self._mic.add(frame)
        self._expected.clear()
        self._looked = -1
        self._doubt_nothing()

    def _doubt_nothing(self) -> None:
        self._named.clear()
        self.suspected = False

    def _works(self, path: Path) -> None:
        self._vain = 0
        self._doubt_nothing()
        if not self._known or self._frames % KNOWN_EVERY == 0:
            self._known = [*self._known[-1:], path.copy()]
            self._taps, self._looked = None, -1

    def _best(self, played: NDArray[Any]) -> int | None:
        """The delay at which the known path explains the microphone, if it does and does not where it was."""
        if self._looked == self._frames - 1:
            self._awaited.add(played)
        else:
            self._awaited.begin(self.known, self._far.newest)
        self._looked = self._frames
        share, unmoved = self._awaited.explains(self._mic.newest), self._awaited.advance
        best = int(share.argmax())
        there = float(share[max(0, unmoved - SAME) : unmoved + SAME + 1].max())
        jump = best - unmoved
        self.suspected = abs(jump) > LEAST and float(share[best]) > max(ALIKE, there + BETTER)
        return jump if self.suspected and _alone(share, best) else None

    def _agreed(self, jump: int | None) -> int | None:
        """The jump, if enough looks in a row name it and the moved path is still inside the tail."""
        if jump is None or any(abs(jump - before) > SAME for before in self._named):
            self._named.clear()
        if jump is not None:
            self._named.append(jump)
        if jump is None or len(self._named) < AGREED:
            return None
        if int(np.abs(self.known).argmax()) + jump >= self._tail:
            return None
        self._known.clear()
        self._looked = -1
        self._vain = 0
        self._named.clear()
        return jump

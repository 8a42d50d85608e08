"""Whether one channel holds what another plays, and how late: over a whole recording, whoever talks in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.echo.powers import AUDIBLE_POWER, powers
from voice_tui.audio.stream.pcm import FULL_SCALE, RATE, Pcm

BLOCK = 1 << 16  # samples: 2.7 s, several times the longest delay
REACH_MS = 500
"""So late, or so early where the channels are not aligned, an echo is looked for."""
SURE = 16.0
"""Peak over median of the impulse response; voices and noises that have nothing to do with each other reach 9."""
LEAST_PLAYED = 1e-6  # mean square of a block, -60 dBFS: less says nothing
BEFORE_MS, BEHIND_MS = 1_000, 2_000  # so far it is looked which of two comes first
LEAST_LEAD_MS = 5  # a filter may put a sound that much before itself
PLAIN = (
    10.0  # over the 99th percentile of the response, which does not fall where there is little sound: chance reaches 6
)
HIGHER = 3.0  # than all behind its source: a tone or a beat fits before it and behind
LEAST_FRAMES = 100  # of sound in each: two knocks are as like as a sound and its echo
MOST_BLOCKS = 256  # six minutes are enough


@dataclass(frozen=True, slots=True)
class EchoPresence:
    """What was found.

    Attributes:
        certainty: Peak over median of the impulse response.
        delay_ms: Where the peak is; negative: the echo stands before its source, so the channels are not aligned.
    """

    certainty: float
    delay_ms: float

    @property
    def heard(self) -> bool:
        """Whether there is one."""
        return self.certainty >= SURE


def echo_presence(mic: Pcm, ref: Pcm) -> EchoPresence:
    """Look for an echo.

    The cross spectrum, whitened by that of the source and added up over blocks: what a user says adds up to little,
    what comes back of the source always at the same delay.

    Args:
        mic: What the microphone heard, int16 at 24 kHz.
        ref: What was played, the same length.
    """
    response = _response(mic, ref, BLOCK)
    if response is None:
        return EchoPresence(0.0, 0.0)
    reach = REACH_MS * RATE // 1000
    near = np.concatenate((response[-reach:], response[:reach]))
    peak, median = int(near.argmax()), float(np.median(near))
    return EchoPresence(float(near[peak]) / median if median > 0 else 0.0, (peak - reach) * 1000 / RATE)


def lead_ms(mic: Pcm, ref: Pcm) -> float | None:
    """By how much what the microphone heard comes before what was played, where the second holds a copy of the first.

    An echo can't: who finds it so was given the two in the wrong order, or they do not begin together. None where
    nothing is found, or an echo behind its source, too.

    Args:
        mic: What the microphone is said to have heard, int16 at 24 kHz.
        ref: What is said to have been played.
    """
    if not (_sounds(mic) and _sounds(ref)):
        return None
    # Twice the length: what is far behind would be taken for what is before.
    response = _response(mic, ref, 2 * BLOCK, MOST_BLOCKS)
    if response is None:
        return None
    before, least, behind = (ms * RATE // 1000 for ms in (BEFORE_MS, LEAST_LEAD_MS, BEHIND_MS))
    early, late = response[-before:-least], np.concatenate((response[-least:], response[:behind]))
    at, usual = int(early.argmax()), float(np.percentile(np.concatenate((early, late)), 99))
    height = float(early[at])
    plain = height > PLAIN * usual and height > HIGHER * float(late.max())
    return (before - at) * 1000 / RATE if plain else None


def _sounds(pcm: Pcm) -> bool:
    """Whether there is enough to hear in it."""
    heard = 0
    for start in range(0, len(pcm), RATE):
        heard += int((powers(pcm[start : start + RATE] / FULL_SCALE) > AUDIBLE_POWER).sum())
        if heard >= LEAST_FRAMES:
            return True
    return False


def _response(mic: Pcm, ref: Pcm, size: int, most: int | None = None) -> NDArray[np.float64] | None:
    """How high the response is at each delay, those before the source at the end, shape (size,); None: nothing played.

    Args:
        mic: What the microphone heard.
        ref: What was played.
        size: Of the transforms: delays that differ by it are one and the same.
        most: Blocks in which something was played that are looked at; None: all.
    """
    hann = np.hanning(BLOCK).astype(np.float32)
    cross = np.zeros(size // 2 + 1, np.complex128)
    power, looked = np.zeros(size // 2 + 1), 0
    for start in range(0, len(ref), BLOCK // 2):
        played, heard = (np.zeros(BLOCK, np.float32) for _ in range(2))
        part = ref[start : start + BLOCK]
        played[: len(part)] = part / np.float32(32768)
        if float(played @ played) / BLOCK < LEAST_PLAYED:
            continue
        part = mic[start : start + BLOCK]
        heard[: len(part)] = part / np.float32(32768)
        source = np.fft.rfft(played * hann, size)
        cross += np.fft.rfft(heard * hann, size) * source.conj()
        power += np.abs(source) ** 2
        looked += 1
        if looked == most:
            break
    if not looked:
        return None
    return np.abs(np.fft.irfft(cross / (power + power.mean())))

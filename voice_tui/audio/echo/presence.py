"""Whether one channel holds what another plays, and how late: over a whole recording, whoever talks in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm

BLOCK = 1 << 16  # samples: 2.7 s, several times the longest delay
REACH_MS = 500
"""So late, or so early where the channels are not aligned, an echo is looked for."""
SURE = 16.0
"""Peak over median of the impulse response; voices and noises that have nothing to do with each other reach 9."""
LEAST_PLAYED = 1e-6  # mean square of a block, -60 dBFS: less says nothing


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
    hann = np.hanning(BLOCK).astype(np.float32)
    cross = np.zeros(BLOCK // 2 + 1, np.complex128)
    power = np.zeros(BLOCK // 2 + 1)
    for start in range(0, len(ref), BLOCK // 2):
        played, heard = (np.zeros(BLOCK, np.float32) for _ in range(2))
        part = ref[start : start + BLOCK]
        played[: len(part)] = part / np.float32(32768)
        if float(played @ played) / BLOCK < LEAST_PLAYED:
            continue
        part = mic[start : start + BLOCK]
        heard[: len(part)] = part / np.float32(32768)
        source = np.fft.rfft(played * hann)
        cross += np.fft.rfft(heard * hann) * source.conj()
        power += np.abs(source) ** 2
    if not power.any():
        return EchoPresence(0.0, 0.0)
    response = np.abs(np.fft.irfft(cross / (power + power.mean())))
    reach = REACH_MS * RATE // 1000
    near = np.concatenate((response[-reach:], response[:reach]))
    peak, median = int(near.argmax()), float(np.median(near))
    return EchoPresence(float(near[peak]) / median if median > 0 else 0.0, (peak - reach) * 1000 / RATE)

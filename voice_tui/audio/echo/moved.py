"""Where the delay of an echo jumps in a recording: a device drops or repeats samples, or a file is not whole.

The responses of pieces of the recording are held against each other: the way through the room is the same, and only
stands at another delay. A piece in which it jumps may look like either, so each is compared with the two before it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.echo.outcome import Jump
from voice_tui.audio.echo.powers import AUDIBLE_POWER, powers
from voice_tui.audio.echo.response import Signal, deconvolved, highest
from voice_tui.audio.stream.pcm import RATE, ms_to_samples

PIECE, REACH = ms_to_samples(1500), ms_to_samples(750)  # samples: of what was played, and of delays looked at
LEAST_PLAYED = 50  # frames of sound in a piece
SURE = 24.0  # peak over median of a piece's response; voices and noises alone reach 18
LEAST = ms_to_samples(5)  # samples: reflections stand so close together
SAME = RATE // 1000  # samples around no shift that are no shift
AGREED = 2  # pieces that have to name the same delay where no echo can stand
ALIKE, BETTER = 0.4, 0.3  # of what responses have in common, and by how much more than unmoved

Spectrum = NDArray[np.complex128]


def jumps(mic: Signal, ref: Signal) -> tuple[Jump, ...]:
    """What the delay did, in order.

    Args:
        mic: What was heard.
        ref: What was played, as long.
    """
    found: list[Jump] = []
    before: list[Spectrum] = []  # of the newest pieces' responses, of length 1
    for start, response in _pieces(mic, ref):
        spectrum = np.fft.rfft(response / np.linalg.norm(response), 2 * REACH)
        shift = next((s for each in reversed(before) if (s := _shift(each, spectrum))), 0)
        if shift:
            found.append((start / RATE, shift * 1000 / RATE))
            before.clear()
        before = [*before[-1:], spectrum]
    return tuple(found)


def agreed(mic: Signal, ref: Signal, lag: int) -> bool:
    """Whether several pieces, each for itself, are heard that many samples later; negative: earlier."""
    margin = REACH // 2
    shift = lag - margin
    moved = mic[shift:] if shift > 0 else np.concatenate((np.zeros(-shift), mic))
    at = [highest(response).lag for _, response in _pieces(moved, ref)]
    return sum(abs(each - margin) <= LEAST for each in at) >= AGREED


def _pieces(mic: Signal, ref: Signal) -> Iterator[tuple[int, Signal]]:
    """Where a piece begins in which the echo is sure, and its response."""
    for start in range(0, len(ref) - PIECE // 2, PIECE):
        played = ref[start : start + PIECE]
        if int((powers(played) > AUDIBLE_POWER).sum()) < LEAST_PLAYED:
            continue
        response = deconvolved(mic[start : start + PIECE + REACH], played, 0, REACH)
        if highest(response).certainty >= SURE:
            yield start, response


def _shift(before: Spectrum, now: Spectrum) -> int:
    """Samples by which a response stands later than another, whose spectra these are; 0: it is no other, or unmoved."""
    common = np.abs(np.fft.irfft(now * before.conj(), 2 * REACH))
    best = int(common.argmax())
    unmoved = max(float(common[: SAME + 1].max()), float(common[-SAME:].max()))
    shift = best if best < REACH else best - 2 * REACH
    moved = abs(shift) > LEAST and float(common[best]) > max(ALIKE, unmoved + BETTER)
    return shift if moved else 0

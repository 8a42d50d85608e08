"""What the barge-in network learns from: extracted sessions, what counts how much in them, and in which pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.usage import numbers_in
from voice_tui.audio.barge_in.features import FEATURES

Array = np.ndarray[Any, Any]
BATCH = 32  # pieces that are learned from together
PIECE = 500  # frames that are learned from at a time
BEGINNING = 75  # the first of them: they only tell the network where it is
ONSET_S = 0.04  # nothing can be known of a voice sooner


class Session:
    """One extracted session: its frames, what they are, and how much each counts for the duck and for the cut."""

    def __init__(self, path: Path) -> None:
        z = numbers_in(path, "x", "playing", "played", "since", "skip", "distractor")
        self.fold, self.closed = int(path.name[0]), path.stem.endswith("c")
        self.label = json.loads(path.with_suffix(".json").read_text())
        self.x, self.playing, self.played, since = z["x"], z["playing"], z["played"], z["since"]
        self.user = since >= ONSET_S
        use = self.playing & ~z["skip"] & ((since < 0) | self.user)
        cut = np.where(self.user, np.where(since < 0.7, 1.5, 0.3), np.where(z["distractor"], 2.5, 1.0))
        duck = np.where(self.user & (since < 0.3), 3.0, cut)
        self.weight = (np.stack((duck, cut), 1) * use[:, None]).astype(np.float32)
        turned_down = self.x[:, FEATURES.index("gain")] < -0.3
        silent = self.x[:, FEATURES.index("reference")] < -1  # below -70 dBFS
        self.state = turned_down + 2 * silent.astype(int)


def balanced(sessions: Sequence[Session]) -> Array:
    """Factors of the weights, shape (states, others or users, judgements).

    A duck follows a suspicion and a stop follows an interruption, so most of what is heard ducked or in silence is the
    user; how often must not become evidence itself: users and others weigh alike in every state of the playback.
    """
    sums = np.zeros((4, 2, 2))
    for s in sessions:
        np.add.at(sums, (s.state, s.user.astype(int)), s.weight)
    factors = np.ones_like(sums)
    for state in range(1, 4):
        for judgement in range(2):
            others, users = sums[state, :, judgement]
            if others and users:
                odds = sums[0, 0, judgement] / sums[0, 1, judgement]
                scale = np.sqrt(odds * users / others)
                factors[state, :, judgement] = scale, 1 / scale
    return factors


def pieces_of(sessions: Sequence[Session]) -> list[tuple[int, int]]:
    """Which session, and from which frame on."""
    return [(k, at) for k, s in enumerate(sessions) for at in range(0, len(s.x) - PIECE, PIECE - 2 * BEGINNING)]


def batches(sessions: Sequence[Session], epochs: int, rng: np.random.Generator) -> Iterator[list[tuple[int, slice]]]:
    """Pieces that are learned from together, each somewhere about its place; all of them once an epoch."""
    pieces = pieces_of(sessions)
    for _ in range(epochs):
        order = rng.permutation(len(pieces))
        for first in range(0, len(pieces) // BATCH * BATCH, BATCH):
            chosen = []
            for k, at in (pieces[i] for i in order[first : first + BATCH]):
                start = int(np.clip(at + rng.integers(-BEGINNING, BEGINNING), 0, len(sessions[k].x) - PIECE))
                chosen.append((k, slice(start, start + PIECE)))
            yield chosen


def counted(sessions: Sequence[Session]) -> list[Array]:
    """How much each frame of each session counts, balanced, one on the mean: shape (frames, judgements)."""
    factors = balanced(sessions)
    weights = [s.weight * factors[s.state, s.user.astype(int)] for s in sessions]
    mean = np.concatenate(weights).mean(0)
    return [each / mean for each in weights]

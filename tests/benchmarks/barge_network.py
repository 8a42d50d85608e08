"""How the barge-in network learns from extracted sessions: what counts how much, in which pieces, step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import GRU, Linear
from torch.nn.functional import binary_cross_entropy_with_logits

from tests.benchmarks.usage import numbers_in
from voice_tui.audio.barge_in.features import FEATURES
from voice_tui.audio.barge_in.recurrent import FARTHEST, RecurrentWeights

Array = np.ndarray[Any, Any]
UNITS = 32
MEMBERS = 4  # networks that learn from other chances and are asked together: alone, each errs somewhere else
EPOCHS, BATCH = 10, 32
PIECE = 500  # frames that are learned from at a time
BEGINNING = 75  # the first of them: they only tell the network where it is
STEP, DECAY = 4e-3, 3e-2
ELSEWHERE = 0.5  # standard deviations by which each number of a piece is moved: levels differ from place to place
UNSTEADY = 0.3  # the same for each number of each frame
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


class Network:
    """What `voice_tui.audio.barge_in.recurrent` computes, as PyTorch learns it."""

    def __init__(self, x: Array) -> None:
        self.mean, self.spread = torch.tensor(x.mean(0)), torch.tensor(x.std(0) + 1e-3)
        self.gru, self.outer = GRU(x.shape[1], UNITS, batch_first=True), Linear(UNITS + x.shape[1], 2)
        with torch.no_grad():
            self.outer.weight[:, UNITS:] = 0

    def parameters(self) -> list[Any]:
        """All that is learned."""
        return [*self.gru.parameters(), *self.outer.parameters()]

    def __call__(self, x: Any) -> Any:
        """Log-odds of frames, shape (pieces, frames, 2)."""
        x = torch.clamp((x - self.mean) / self.spread, -float(FARTHEST), float(FARTHEST))
        return self.outer(torch.cat([self.gru(x)[0], x], -1))

    def weights(self) -> RecurrentWeights:
        """As the package has them."""
        with torch.no_grad():
            inner, state = (w.numpy().T for w in (self.gru.weight_ih_l0, self.gru.weight_hh_l0))
            inner_bias, state_bias = self.gru.bias_ih_l0.numpy(), self.gru.bias_hh_l0.numpy()
            outer, outer_bias = self.outer.weight.numpy().T, self.outer.bias.numpy()
        numbers, gates = len(inner), 2 * UNITS
        line = np.zeros((numbers + UNITS, 4 * UNITS + 2), np.float32)
        line[:numbers, : 3 * UNITS], line[:numbers, 4 * UNITS :] = inner, outer[UNITS:]
        line[numbers:, :gates], line[numbers:, 3 * UNITS : 4 * UNITS] = state[:, :gates], state[:, gates:]
        parts = (inner_bias[:gates] + state_bias[:gates], inner_bias[gates:], state_bias[gates:], outer_bias)
        bias = np.concatenate(parts)
        return RecurrentWeights(self.mean.numpy(), self.spread.numpy(), line, bias, outer[:UNITS])


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


def elsewhere(network: Network, sessions: Sequence[Session], chosen: list[tuple[int, slice]]) -> Any:
    """The numbers of these pieces, as they might be in another place: shape (pieces, `PIECE`, numbers)."""
    x = torch.tensor(np.stack([sessions[k].x[part] for k, part in chosen]))
    x += ELSEWHERE * network.spread * torch.randn(len(chosen), 1, x.shape[2])
    x += UNSTEADY * network.spread * torch.randn_like(x)
    return x


def counted(sessions: Sequence[Session]) -> list[Array]:
    """How much each frame of each session counts, balanced, one on the mean: shape (frames, judgements)."""
    factors = balanced(sessions)
    weights = [s.weight * factors[s.state, s.user.astype(int)] for s in sessions]
    mean = np.concatenate(weights).mean(0)
    return [each / mean for each in weights]


def wanted(sessions: Sequence[Session], weights: Sequence[Array], chosen: list[tuple[int, slice]]) -> tuple[Any, Any]:
    """Whether the user talks in the frames of these pieces, and how much each counts."""
    y = torch.tensor(np.stack([sessions[k].user[part] for k, part in chosen]).astype(np.float32))
    w = torch.tensor(np.stack([weights[k][part] for k, part in chosen]).astype(np.float32))
    w[:, :BEGINNING] = 0
    return y, w


def loss_of(odds: Any, y: Any, w: Any) -> Any:
    """What these log-odds cost."""
    return (binary_cross_entropy_with_logits(odds, y[..., None].expand_as(odds), reduction="none") * w).mean()


def step(network: Network, optimiser: Any, pace: Any, loss: Any) -> None:
    """Learn from it."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    pace.step()


def fit(sessions: Sequence[Session], seed: int = 0) -> Network:
    """The network that these sessions teach, from one beginning and in one order."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    weights = counted(sessions)
    network = Network(np.concatenate([s.x for s in sessions]))
    optimiser = torch.optim.AdamW(network.parameters(), STEP, weight_decay=DECAY)
    count = len(pieces_of(sessions)) // BATCH
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, STEP, total_steps=EPOCHS * count, pct_start=0.1)
    for chosen in batches(sessions, EPOCHS, rng):
        y, w = wanted(sessions, weights, chosen)
        odds = network(elsewhere(network, sessions, chosen))
        step(network, optimiser, pace, loss_of(odds, y, w))
    return network


def fit_together(sessions: Sequence[Session]) -> RecurrentWeights:
    """What these sessions teach all members, as the package has it."""
    return RecurrentWeights.side_by_side([fit(sessions, seed).weights() for seed in range(MEMBERS)])

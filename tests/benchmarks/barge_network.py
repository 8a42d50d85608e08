"""How the barge-in network learns from extracted sessions, step by step. Needs PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import GRU, Linear
from torch.nn.functional import binary_cross_entropy_with_logits

from tests.benchmarks.barge_sessions import BATCH, BEGINNING, Array, Session, batches, counted, pieces_of
from voice_tui.audio.barge_in.recurrent import FARTHEST, RecurrentWeights

UNITS = 32
MEMBERS = 4  # networks that learn from other chances and are asked together: alone, each errs somewhere else
EPOCHS = 10
STEP, DECAY = 4e-3, 3e-2
ELSEWHERE = 0.5  # standard deviations by which each number of a piece is moved: levels differ from place to place
UNSTEADY = 0.3  # the same for each number of each frame


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


def elsewhere(network: Network, sessions: Sequence[Session], chosen: list[tuple[int, slice]]) -> Any:
    """The numbers of these pieces, as they might be in another place: shape (pieces, frames, numbers)."""
    x = torch.tensor(np.stack([sessions[k].x[part] for k, part in chosen]))
    x += ELSEWHERE * network.spread * torch.randn(len(chosen), 1, x.shape[2])
    x += UNSTEADY * network.spread * torch.randn_like(x)
    return x


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

"""How a barge-in network learns something more and keeps what else it knows. Needs PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from tests.benchmarks.barge_network import MEMBERS, UNITS, Network, elsewhere, loss_of, step, wanted
from tests.benchmarks.barge_sessions import BATCH, Array, Session, batches, counted, pieces_of
from voice_tui.audio.barge_in.recurrent import RecurrentWeights

EPOCHS, STEP, DECAY = 3, 1e-3, 1e-3
HELD = 0.03  # what a nat squared of another judgement costs where no noise is, beside the loss
FAR = 6.0  # nats: a judgement that is farther off is held by no more


def member(weights: RecurrentWeights, number: int) -> Network:
    """One of the `MEMBERS` that stand side by side in it; the mean of what all say is what it says."""
    numbers, units = len(weights.mean), len(weights.outer)
    network = Network(np.zeros((2, numbers), np.float32))
    network.mean, network.spread = torch.tensor(weights.mean), torch.tensor(weights.spread)
    own = slice(UNITS * number, UNITS * (number + 1))
    parts = [slice(part * units + own.start, part * units + own.stop) for part in range(4)]
    reset, update, of_numbers, of_state = parts
    line, bias = weights.line, weights.bias
    state = line[numbers + own.start : numbers + own.stop]
    known = {
        network.gru.weight_ih_l0: np.hstack([line[:numbers, part] for part in (reset, update, of_numbers)]).T,
        network.gru.weight_hh_l0: np.hstack([state[:, part] for part in (reset, update, of_state)]).T,
        network.gru.bias_ih_l0: np.concatenate([bias[part] for part in (reset, update, of_numbers)]),
        network.gru.bias_hh_l0: np.concatenate([np.zeros(2 * UNITS, np.float32), bias[of_state]]),
        network.outer.weight: np.vstack([weights.outer[own] * MEMBERS, line[:numbers, 4 * units :]]).T,
        network.outer.bias: bias[4 * units :],
    }
    with torch.no_grad():
        for learned, values in known.items():
            learned.copy_(torch.tensor(values.copy()))
    return network


def tuned(weights: RecurrentWeights, number: int, sessions: Sequence[Session], noises: Sequence[Array]) -> Network:
    """A member of it after these sessions.

    Args:
        weights: What there is.
        number: Of the member; chance depends on it.
        sessions: What is learned from.
        noises: For each of them, in which frames there is one, shape (frames,).
    """
    network, before = member(weights, number), member(weights, number)
    torch.manual_seed(100 + number)
    rng, counts = np.random.default_rng(100 + number), counted(sessions)
    optimiser = torch.optim.AdamW(network.parameters(), STEP, weight_decay=DECAY)
    steps = EPOCHS * (len(pieces_of(sessions)) // BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, STEP, total_steps=steps, pct_start=0.1)
    for chosen in batches(sessions, EPOCHS, rng):
        x = elsewhere(network, sessions, chosen)
        y, w = wanted(sessions, counts, chosen)
        noise = torch.tensor(np.stack([noises[k][part] for k, part in chosen]))
        odds = network(x)
        with torch.no_grad():
            was = before(x)
        held = (~noise)[..., None] * (w > 0)
        moved = ((odds - was).clamp(-FAR, FAR) ** 2 * held).mean()
        step(network, optimiser, pace, loss_of(odds, y, w) + HELD * moved)
    return network


def tuned_together(weights: RecurrentWeights, sessions: Sequence[Session], noises: Sequence[Array]) -> RecurrentWeights:
    """All members of it after these sessions."""
    return RecurrentWeights.side_by_side(
        [tuned(weights, number, sessions, noises).weights() for number in range(MEMBERS)]
    )

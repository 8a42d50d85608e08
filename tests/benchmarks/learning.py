"""Learning the small networks: Adam on log loss, seeded; and writing them down as Python text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.vad.perceptron import Perceptron

Array = NDArray[Any]


def learn(
    x: Array,
    y: Array,
    weight: Array,
    hidden: int,
    *,
    epochs: int = 12,
    decay: float = 1e-4,
    rate: float = 0.01,
    seed: int = 0,
    known: Array | None = None,
) -> Perceptron:
    """A network of one hidden layer.

    Args:
        x: Inputs, shape (frames, inputs).
        y: What they are, 0 or 1, shape (frames,).
        weight: How much a frame counts, shape (frames,).
        hidden: Units.
        epochs: Passes over the data; the rate falls as a cosine to zero.
        decay: L2 on the weights (inputs brought to unit variance).
        rate: First step size.
        seed: Of start values and order.
        known: Log-odds that are known without it, shape (frames,): the network learns what to add.
    """
    rng = np.random.default_rng(seed)
    mean, spread = x.mean(0), x.std(0) + 1e-3
    x = ((x - mean) / spread).astype(np.float32)
    n, inputs = x.shape
    batch = 2048
    weight = (weight / weight.mean()).astype(np.float32)
    p: list[Array] = [
        rng.standard_normal((inputs, hidden)) / np.sqrt(inputs),
        np.zeros(hidden),
        rng.standard_normal(hidden) / np.sqrt(hidden),
        np.zeros(1),
    ]
    p = [a.astype(np.float32) for a in p]
    first, second = [np.zeros_like(a) for a in p], [np.zeros_like(a) for a in p]
    steps, total = 0, epochs * (n // batch)
    for _ in range(epochs):
        order = rng.permutation(n)
        for b in range(n // batch):
            i = order[b * batch : (b + 1) * batch]
            h = np.tanh(x[i] @ p[0] + p[1])
            z = h @ p[2] + p[3][0] + (0 if known is None else known[i])
            error = (1 / (1 + np.exp(-np.clip(z, -30, 30))) - y[i]) * weight[i] / batch
            back = np.outer(error, p[2]) * (1 - h * h)
            slopes = [x[i].T @ back + decay * p[0], back.sum(0), h.T @ error + decay * p[2], np.array([error.sum()])]
            steps += 1
            size = rate * 0.5 * (1 + np.cos(np.pi * steps / total)) + 1e-5
            for k, slope in enumerate(slopes):
                first[k] += 0.1 * (slope - first[k])
                second[k] += 0.001 * (slope**2 - second[k])
                scale = np.sqrt(second[k] / (1 - 0.999**steps)) + 1e-8
                p[k] = (p[k] - size * first[k] / (1 - 0.9**steps) / scale).astype(np.float32)
    inner = p[0] / spread[:, None]
    return Perceptron(inner.astype(float), (p[1] - mean @ inner).astype(float), p[2].astype(float), float(p[3][0]))


def judge(network: Perceptron, x: Array) -> Array:
    """Log-odds of many frames, shape (frames,)."""
    return np.asarray(np.tanh(x @ network.inner + network.inner_bias) @ network.outer + network.bias)


def as_text(network: Perceptron, width: int = 112) -> str:
    """The numbers in the order `voice_tui.audio.vad.perceptron.parse` reads, wrapped."""
    flat = [*network.inner.ravel(), *network.inner_bias, *network.outer, network.bias]
    lines, line = [], ""
    for number in (f"{v:.4g}" for v in flat):
        if len(line) + len(number) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {number}".strip()
    return "\n".join([*lines, line])

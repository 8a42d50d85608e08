"""The smallest network: one hidden layer of tanh, or none. Numbers in, log-odds out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Perceptron:
    """Weights of a learned judgement.

    Attributes:
        inner: Shape (inputs, hidden).
        inner_bias: Shape (hidden,).
        outer: Shape (hidden,).
        bias: Log-odds with nothing seen.
    """

    inner: NDArray[np.float64]
    inner_bias: NDArray[np.float64]
    outer: NDArray[np.float64]
    bias: float

    def log_odds(self, x: NDArray[np.float64]) -> float:
        """The judgement on one frame, ``x`` of shape (inputs,)."""
        return float(np.tanh(x @ self.inner + self.inner_bias) @ self.outer) + self.bias


def parse(text: str, inputs: int, hidden: int) -> Perceptron:
    """Weights from text: ``inner`` row by row, ``inner_bias``, ``outer``, ``bias``.

    Raises:
        ValueError: The text holds more or fewer numbers than that.
    """
    numbers = np.array(text.split(), np.float64)
    if len(numbers) != (inputs + 2) * hidden + 1:
        raise ValueError(f"{len(numbers)} weights, expected {(inputs + 2) * hidden + 1}")
    body = inputs * hidden
    return Perceptron(
        numbers[:body].reshape(inputs, hidden),
        numbers[body : body + hidden],
        numbers[body + hidden : -1],
        float(numbers[-1]),
    )

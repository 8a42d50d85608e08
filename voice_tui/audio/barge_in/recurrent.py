"""A small recurrent network (GRU) a frame at a time, with two judgements: log-odds for the duck and for the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
# Arrays of one number: of a number numpy makes one first, which takes as long as what is computed with it.
FARTHEST = np.array(6, np.float32)  # standard deviations: what is farther out was never learned from
NEAREST, HALF, ONE = -FARTHEST, np.array(0.5, np.float32), np.array(1, np.float32)


@dataclass(frozen=True, slots=True)
class RecurrentWeights:
    """What was learned, float32, for n numbers and h units; the equations are PyTorch's of a GRU (Cho et al. 2014).

    Attributes:
        mean, spread: Of the numbers, shape (n,).
        line: Shape (n + h, 4 h + 2), from numbers and state to reset gate, update gate, the candidate's part of the
            numbers, its part of the state, and the judgements' part of the numbers.
        bias: Of these, shape (4 h + 2,).
        outer: From the state to the judgements, shape (h, 2).
    """

    mean: Array
    spread: Array
    line: Array
    bias: Array
    outer: Array

    @classmethod
    def read(cls, path: Path) -> RecurrentWeights:
        """From a file as ``tests/benchmarks/train_barge.py`` writes it.

        Raises:
            OSError: It can't be read.
            KeyError: It lacks one of the attributes.
        """
        with np.load(path, allow_pickle=False) as file:
            return cls(*(file[name].astype(np.float32) for name in cls.__slots__))

    @classmethod
    def side_by_side(cls, members: Sequence[RecurrentWeights]) -> RecurrentWeights:
        """One network of all units that says the mean of what its ``members`` say.

        They judge the same numbers and know nothing of each other. A frame costs little more: what takes the time are
        the calls, not the products.

        Raises:
            ValueError: They were taught numbers in different scales.
        """
        first, numbers = members[0], len(members[0].mean)
        if any(not np.array_equal((each.mean, each.spread), (first.mean, first.spread)) for each in members):
            raise ValueError("members: they must have the same mean and spread")
        ends = np.cumsum([len(each.outer) for each in members])
        units = int(ends[-1])
        line, bias = np.zeros((numbers + units, 4 * units + 2), np.float32), np.zeros(4 * units + 2, np.float32)
        for each, end in zip(members, ends.tolist(), strict=True):
            own = len(each.outer)
            rows = np.r_[:numbers, numbers + end - own : numbers + end]
            for part in range(4):
                columns = slice(part * units + end - own, part * units + end)
                line[rows, columns] = each.line[:, part * own : (part + 1) * own]
                bias[columns] = each.bias[part * own : (part + 1) * own]
            line[:numbers, 4 * units :] += each.line[:numbers, 4 * own :] / len(members)
            bias[4 * units :] += each.bias[4 * own :] / len(members)
        outer = (np.concatenate([each.outer for each in members]) / len(members)).astype(np.float32)
        return cls(first.mean, first.spread, line, bias, outer)

    def write(self, path: Path) -> None:
        """Into a file."""
        np.savez_compressed(path, **{name: getattr(self, name).astype(np.float32) for name in self.__slots__})


class Recurrent:
    """The network on one stream."""

    def __init__(self, weights: RecurrentWeights) -> None:
        numbers, units = len(weights.mean), len(weights.outer)
        self._mean, self._spread, self._outer = weights.mean, weights.spread, weights.outer
        # Twice the logistic of x is one more than the hyperbolic tangent of half of it, and what is kept is what is not
        # updated. So halves and signs are put into the weights once, in which a half changes no digit.
        scale = np.ones(4 * units + 2, np.float32)
        scale[:units], scale[units : 2 * units], scale[3 * units : 4 * units] = 0.5, -0.5, 0.5
        self._weights, self._bias = weights.line * scale, weights.bias * scale
        self._line = np.zeros(numbers + units, np.float32)  # numbers, then state
        self._numbers, self._state = self._line[:numbers], self._line[numbers:]
        self._sums = sums = np.empty(4 * units + 2, np.float32)
        self._gates, self._reset, self._update = sums[: 2 * units], sums[:units], sums[units : 2 * units]
        self._of_numbers, self._candidate = sums[2 * units : 3 * units], sums[3 * units : 4 * units]
        self._judged = sums[4 * units :]

    def feed(self, numbers: NDArray[np.floating]) -> tuple[float, float]:
        """Take the numbers of the next frame, shape (n,), give log-odds: (duck, cut)."""
        known = self._numbers
        np.subtract(numbers, self._mean, out=known, dtype=np.float32)
        known /= self._spread
        np.maximum(known, NEAREST, out=known)
        np.minimum(known, FARTHEST, out=known)
        self._line.dot(self._weights, out=self._sums)
        self._sums += self._bias
        np.tanh(self._gates, out=self._gates)
        self._gates += ONE
        step = self._candidate
        step *= self._reset
        step += self._of_numbers
        np.tanh(step, out=step)
        step -= self._state
        step *= self._update
        step *= HALF
        self._state += step
        duck, cut = (self._state.dot(self._outer) + self._judged).tolist()
        return duck, cut

"""The newest of a stream, as an array that is hardly ever moved: rows, newest first, and numbers, newest last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Newest:
    """The last rows, as they were written.

    Args:
        rows, columns: How many are kept, and of what length.
        dtype: Of what; 0 at first.
    """

    def __init__(self, rows: int, columns: int, dtype: type[np.generic] = np.float32) -> None:
        self._all = np.zeros((2 * rows, columns), dtype)
        self._count, self._at = rows, rows
        self.rows: NDArray[Any] = self._all[rows:]
        """Shape (rows, columns), the newest first; another view with every `begin`."""

    def begin(self) -> NDArray[Any]:
        """A new first row, to be written before anything is read; the last one is gone."""
        if self._at == 0:
            self._all[self._count + 1 :] = self._all[: self._count - 1]
            self._at = self._count + 1
        self._at -= 1
        self.rows = self._all[self._at : self._at + self._count]
        row: NDArray[Any] = self._all[self._at]
        return row


class Line:
    """The last numbers of a stream that comes in pieces, newest last.

    Args:
        size: How many are kept.
        piece: How many come at once.
        dtype: Of what; 0 at first.
    """

    PIECES = 32  # that are added before memory is moved

    def __init__(self, size: int, piece: int, dtype: type[np.generic] = np.float32) -> None:
        self._all = np.zeros(size + self.PIECES * piece, dtype)
        self._size, self._piece, self._end = size, piece, size

    def add(self, numbers: NDArray[Any]) -> None:
        """Take the next piece."""
        if self._end == len(self._all):
            self._all[: self._size] = self._all[-self._size :]
            self._end = self._size
        self._all[self._end : self._end + self._piece] = numbers
        self._end += self._piece

    @property
    def newest(self) -> NDArray[Any]:
        """All that are kept, shape (size,): a view, which the next piece may overwrite."""
        return self._all[self._end - self._size : self._end]

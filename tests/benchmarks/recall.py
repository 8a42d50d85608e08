"""How well and how fast the memory recalls: ``python -m tests.benchmarks.recall``.

The labelled facts of `tests.support.remembered`, alone and among others up to 10,000; with the sentence
encoder, if it is installed, and without.
Questions with an even index chose the constants, the odd ones did not; the later and the last
ones are explained there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from tests.support.distractors import distractors
from tests.support.remembered import ASKED, FACTS, LAST, LATER, NEVER_TOLD, UNRELATED, Asked, Told
from voice_tui.memory.embedding import Embedder, WordParts, best_embedder
from voice_tui.memory.recall import Recall
from voice_tui.memory.store import Store

MANY = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """Share of questions whose answer stood first, or among the first three."""

    first: float
    three: float


class Memory:
    """A store in memory with the labelled facts, and others up to ``count``."""

    def __init__(self, embedder: Embedder, count: int = 0, *, now: Callable[[], float] = lambda: 0.0) -> None:
        told: list[Told] = [*FACTS, *distractors(max(0, count - len(FACTS)))]
        random.Random(1).shuffle(told)
        self.store = Store(None, now)
        self.key = {self.store.facts.add(t.subject, t.text, speaker=t.speaker).id: t.key for t in told}
        self.recall = Recall(self.store.facts, embedder)
        while self.recall.catch_up(512):
            pass

    def found(self, questions: Iterable[Asked]) -> Found:
        """Ask, and look where the answers stand."""
        hits = []
        for asked in questions:
            keys = [self.key[one.fact.id] for one in self.recall.recall(asked.text, 3, speaker=asked.speaker)]
            hits.append((bool(asked.keys & set(keys[:1])), bool(asked.keys & set(keys))))
        first, three = np.mean(hits, axis=0)
        return Found(float(first), float(three))

    def false_recall(self, questions: Iterable[str]) -> float:
        """Share of questions nothing should answer for which something came back."""
        return float(np.mean([bool(self.recall.recall(text, 3, speaker="Ada")) for text in questions]))

    def milliseconds(self) -> tuple[float, float]:
        """Median and 95th percentile of a recall."""
        took = []
        for asked in ASKED:
            start = time.perf_counter()
            self.recall.recall(asked.text, 3, speaker=asked.speaker)
            took.append(1000 * (time.perf_counter() - start))
        p50, p95 = np.percentile(took, [50, 95])
        return float(p50), float(p95)


def report(embedder: Embedder, count: int) -> None:
    """Print the figures of one embedder and number of facts."""
    start = time.perf_counter()
    memory = Memory(embedder, count)
    built = time.perf_counter() - start
    print(f"\n{embedder.name}, {len(memory.key)} facts (filled in {built:.1f} s)")
    for name, questions in (("even", ASKED[::2]), ("odd", ASKED[1::2]), ("later", LATER), ("last", LAST)):
        found = memory.found(questions)
        print(f"  {name:6} n={len(questions):2}  recall@1 {found.first:.2f}  recall@3 {found.three:.2f}")
    for name, texts in (("unrelated", UNRELATED), ("never told", NEVER_TOLD)):
        print(f"  false recall, {name:10} n={len(texts)}  {memory.false_recall(texts):.2f}")
    p50, p95 = memory.milliseconds()
    print(f"  a recall takes p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    best = best_embedder()
    for used in (best, WordParts()) if not isinstance(best, WordParts) else (best,):
        for facts in (0, MANY):
            report(used, facts)

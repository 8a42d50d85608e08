"""Finding the facts that answer a question: by words and by meaning, fused by rank.

The figures behind the constants are printed by ``python -m tests.benchmarks.recall``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voice_tui.memory.embedding import Embedder, Vectors
from voice_tui.memory.facts import Facts
from voice_tui.memory.records import Fact
from voice_tui.memory.synonyms import RELATED, search_terms
from voice_tui.memory.vector_index import VectorIndex
from voice_tui.memory.words import matches, words

CANDIDATES = 50  # of each kind; what is further back never wins
RANK_OFFSET = 10  # reciprocal rank fusion: smaller trusts the first ranks more
OWN_SUBJECT = 0.5  # more for facts about whom the question is about: recall@1 .69 → .75 among 10,000 facts
SHARED_WORDS = 0.5  # closeness of a question all of whose terms are in the fact, beside the cosine
RELATED_WORD = 0.7  # a related word counts this much of the word itself
AT_ONCE = 8  # new facts that a recall embeds before it looks: below 20 ms
FIRST_PERSON = frozenset({"i", "me", "my", "mine", "myself"})


@dataclass(frozen=True, slots=True)
class Recalled:
    """A fact that answers a question.

    ``word_rank`` and ``meaning_rank`` count from 0 and are None where it was not among the candidates. ``score`` is the
    fused one, which sorts. ``closeness`` decides whether it is an answer at all: the cosine, plus `SHARED_WORDS` times
    the share of the question's terms that the fact holds.
    """

    fact: Fact
    word_rank: int | None
    meaning_rank: int | None
    score: float
    closeness: float


class Recall:
    """Recall over the facts of a store; it keeps their vectors in memory and follows every change of the file.

    Args:
        facts: Of the store; used on its thread.
        embedder: Whose vectors are compared. Facts that have none of its model get theirs by and by, see `catch_up`.
    """

    def __init__(self, facts: Facts, embedder: Embedder) -> None:
        self._facts = facts
        self._embedder = embedder
        self._index = VectorIndex()
        self._revisions: dict[int, int] = {}
        self._stamp: tuple[int, int] | None = None

    def recall(self, query: str, k: int = 3, *, speaker: str | None = None) -> list[Recalled]:
        """The facts that answer a question, best first; none if none is close enough.

        Args:
            query: The question, or whatever was said.
            k: At most so many.
            speaker: Who asks: "I" is about them.
        """
        self.catch_up(AT_ONCE)
        own, related = search_terms(query)
        vector = self._question(query, speaker)
        by_words = _ranks(self._facts.matching([*own, *related], CANDIDATES))
        by_meaning = _ranks((fact, product) for fact, product in self._index.nearest(vector, CANDIDATES) if product > 0)
        about = _about(query, speaker)
        found = []
        for fact in self._facts.get(list(by_words | by_meaning)):
            ranks = by_words.get(fact.id), by_meaning.get(fact.id)
            score = _fused(*ranks) * (1 + OWN_SUBJECT * _is_of(fact.subject, about))
            closeness = self._index.product(fact.id, vector) + SHARED_WORDS * _shared(own, fact)
            found.append(Recalled(fact, *ranks, score, closeness))
        close = [one for one in found if one.closeness >= self._embedder.near]
        return sorted(close, key=lambda one: -one.score)[:k]

    def warm_up(self) -> None:
        """Load the model now, so that the first question need not wait for it."""
        self._embedder.embed(["hello"])

    def catch_up(self, limit: int) -> int:
        """Follow the file, and embed up to ``limit`` facts that have no vector yet, newest first (1 ms each).

        Returns:
            How many were embedded; fewer than the limit when all have one.
        """
        self._follow()
        if len(self._index) == len(self._revisions):
            return 0
        facts = self._facts.without_vector(self._embedder.name, limit)
        vectors = self._embedder.embed([f"{fact.subject}: {fact.text}" for fact in facts])
        self._facts.keep_vectors(self._embedder.name, zip(facts, vectors, strict=True))
        self._follow()
        return len(facts)

    def _follow(self) -> None:
        stamp = self._facts.stamp()
        if stamp == self._stamp:
            return
        self._revisions = self._facts.revisions()
        self._index.drop_outdated(self._revisions)
        missing = [fact for fact in self._revisions if fact not in self._index]
        for fact, vector in self._facts.vectors(self._embedder.name, missing).items():
            self._index.put(fact, self._revisions[fact], vector)
        self._stamp = stamp

    def _question(self, query: str, speaker: str | None) -> Vectors:
        """The mean of the question as asked and as the speaker's: the one misses whom it is about, the other what."""
        forms = [query, f"{speaker}: {query}"] if speaker else [query]
        mean: Vectors = self._embedder.embed(forms).mean(axis=0)
        return mean


def _ranks(found: Iterable[tuple[int, float]]) -> dict[int, int]:
    return {fact: rank for rank, (fact, _) in enumerate(found)}


def _fused(*ranks: int | None) -> float:
    return sum(1 / (RANK_OFFSET + rank) for rank in ranks if rank is not None)


def _about(query: str, speaker: str | None) -> frozenset[str]:
    """Words that name whom or what a question is about, in lower case."""
    asked = frozenset(words(query))
    return asked | frozenset(words(speaker)) if speaker and asked & FIRST_PERSON else asked


def _is_of(subject: str, about: frozenset[str]) -> bool:
    return about.issuperset(words(subject))


def _shared(own: list[str], fact: Fact) -> float:
    """Share of a question's terms that a fact holds, 0 to 1; the name of its subject alone says nothing."""
    name, text = words(fact.subject), words(f"{fact.subject} {fact.text}")
    asked = [term for term in own if not matches(term, name)]
    held = (
        1.0 if matches(term, text) else RELATED_WORD * any(matches(other, text) for other in RELATED.get(term, ()))
        for term in asked
    )
    return sum(held) / max(1, len(asked))

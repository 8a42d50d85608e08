"""Recall: the right facts for a question, none for another, and vectors that follow the facts."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.recall import Memory
from tests.support.distractors import distractors
from tests.support.remembered import ASKED, FACTS, LAST, LATER, NEVER_TOLD, UNRELATED
from voice_tui.memory.embedding import ENCODER_PACKAGE, SentenceEncoder, Vectors, WordParts, best_embedder
from voice_tui.memory.recall import Recall
from voice_tui.memory.store import Store
from voice_tui.memory.vector_index import VectorIndex

needs_encoder = pytest.mark.skipif(
    importlib.util.find_spec(ENCODER_PACKAGE) is None, reason='needs pip install "voice-tui[memory]"'
)


class Counting(WordParts):
    """Counts the facts it embeds."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += [text for text in texts if ": " in text]
        return super().embed(texts)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(None, lambda: 0.0) as store:
        yield store


@needs_encoder
def test_recall_with_the_sentence_encoder() -> None:
    memory = Memory(SentenceEncoder(), 1000)
    assert memory.found(ASKED).three >= 0.9
    assert memory.found(LAST).three >= 0.8
    assert memory.found(LATER).three >= 0.7
    assert memory.false_recall(UNRELATED) <= 0.2
    assert memory.false_recall(NEVER_TOLD) <= 0.34


def test_recall_without_the_extra() -> None:
    memory = Memory(WordParts(), 1000)
    assert memory.found(ASKED).three >= 0.8
    assert memory.found(LAST).three >= 0.7
    assert memory.found(LATER).three >= 0.55
    assert memory.false_recall(UNRELATED) <= 0.45


def test_the_labelled_set_is_what_it_says() -> None:
    keys = {fact.key for fact in FACTS}
    assert len(keys) == len(FACTS) >= 60
    assert set().union(*(asked.keys for asked in (*ASKED, *LATER, *LAST))) == keys
    assert len({told.text for told in distractors(2000)} | {fact.text for fact in FACTS}) == 2000 + len(FACTS)


def test_it_knows_who_asks(store: Store) -> None:
    ada = store.facts.add("Ada", "I was born in March", speaker="Ada")
    ben = store.facts.add("Ben", "I was born in November", speaker="Ben")
    recall = Recall(store.facts, WordParts())
    asked = "In which month was I born?"
    assert recall.recall(asked, 1, speaker="Ada")[0].fact == ada
    assert recall.recall(asked, 1, speaker="Ben")[0].fact == ben
    assert recall.recall("When was Ben born?", 1, speaker="Ada")[0].fact == ben


def test_a_found_fact_says_how_it_was_found(store: Store) -> None:
    store.facts.add("Ada", "Lives in Lisbon")
    store.facts.add("Ada", "Plays the cello in Lisbon")
    recall = Recall(store.facts, WordParts())
    first, *_ = recall.recall("Who plays the cello?")
    assert (first.fact.text, first.word_rank, first.meaning_rank) == ("Plays the cello in Lisbon", 0, 0)
    assert first.closeness >= WordParts.near
    assert recall.recall("How far away is the moon?") == []
    assert recall.recall("") == []


def test_vectors_follow_what_is_added_edited_and_forgotten(store: Store) -> None:
    embedder = Counting()
    recall = Recall(store.facts, embedder)
    cello = store.facts.add("Ada", "Plays the cello")
    store.facts.add("Ada", "Lives in Lisbon")
    assert recall.recall("cello")[0].fact == cello
    assert recall.recall("cello")[0].fact == cello
    assert sorted(embedder.embedded) == ["Ada: Lives in Lisbon", "Ada: Plays the cello"]
    store.facts.edit(cello.id, text="Plays the tuba")
    assert recall.recall("cello") == []
    assert [found.fact.text for found in recall.recall("tuba")] == ["Plays the tuba"]
    assert embedder.embedded[2:] == ["Ada: Plays the tuba"]
    store.facts.forget(cello.id)
    assert recall.recall("tuba") == []


def test_vectors_are_kept_by_model_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    embedders = Counting("a"), Counting("a"), Counting("b")
    for embedder in embedders:
        with Store(path, lambda: 0.0) as store:
            store.facts.add("Ada", "Plays the cello") if not store.facts.page() else None
            assert Recall(store.facts, embedder).recall("cello")
    assert [len(embedder.embedded) for embedder in embedders] == [1, 0, 1]


def test_what_another_process_writes_is_recalled(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with Store(path, lambda: 0.0) as here, Store(path, lambda: 0.0) as there:
        recall = Recall(here.facts, WordParts())
        assert recall.recall("cello") == []
        fact = there.facts.add("Ada", "Plays the cello")
        assert [found.fact for found in recall.recall("cello")] == [fact]
        there.facts.forget(fact.id)
        assert recall.recall("cello") == []


def test_many_new_facts_are_embedded_a_few_at_a_time(store: Store) -> None:
    for told in distractors(20):
        store.facts.add(told.subject, told.text)
    recall = Recall(store.facts, WordParts())
    assert [recall.catch_up(8) for _ in range(4)] == [8, 8, 4, 0]


@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=40))
def test_the_index_holds_exactly_the_newest_vectors(steps: list[tuple[int, bool]]) -> None:
    index, known = VectorIndex(), dict[int, tuple[int, Vectors]]()
    for revision, (fact, put) in enumerate(steps):
        if put:
            vector = np.eye(64, dtype=np.float32)[revision]
            known[fact] = revision, vector
            index.put(fact, revision, vector)
        else:
            known.pop(fact, None)
            index.drop_outdated({f: r for f, (r, _) in known.items()})
        assert len(index) == len(known)
    for fact, (_, vector) in known.items():
        assert index.nearest(vector, 1) == [(fact, 1.0)]
        assert index.product(fact, vector) == 1.0
    assert index.product(99, np.ones(64, np.float32)) == 0.0


@pytest.mark.parametrize("embedder", [WordParts(), pytest.param(SentenceEncoder(), marks=needs_encoder)])
def test_vectors_have_length_one_and_like_is_near_like(embedder: WordParts | SentenceEncoder) -> None:
    ours, same, other = embedder.embed(["Ada likes dogs", "Ada is fond of a dog", "The invoice is overdue"])
    assert np.linalg.norm(ours) == pytest.approx(1, abs=1e-3)
    assert ours @ same > ours @ other + 0.2
    assert embedder.embed([]).shape[0] == 0
    assert np.array_equal(embedder.embed(["Ada likes dogs"])[0], embedder.embed(["Ada likes dogs"])[0])


def test_without_the_extra_the_words_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert isinstance(best_embedder(), WordParts)

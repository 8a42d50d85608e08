"""The memory's thread: in order, off the caller's thread, and complete at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.distractors import distractors
from tests.support.remembered import Told
from voice_tui.drivers.memory.thread import Memory, MemoryThread
from voice_tui.memory.embedding import Vectors, WordParts
from voice_tui.memory.records import Fact
from voice_tui.memory.schema import MemoryFileError
from voice_tui.memory.store import Store


def memory_at(path: Path | None) -> MemoryThread:
    return MemoryThread(path, lambda: 0.0, WordParts)


def adding(told: Told) -> Callable[[Memory], Fact]:
    return lambda memory: memory.store.facts.add(told.subject, told.text)


def test_requests_run_in_order_on_a_thread_of_their_own() -> None:
    thread = memory_at(None)
    done = [thread.submit(adding(told)) for told in distractors(20)]
    where = thread.submit(lambda memory: threading.current_thread().name)
    assert where.result(5).startswith("memory")
    assert all(one.done() for one in done)
    assert [one.result().id for one in done] == list(range(1, 21))
    thread.close()


def test_a_caller_does_not_wait_while_the_memory_is_busy() -> None:
    thread = memory_at(None)
    go = threading.Event()
    busy = thread.submit(lambda memory: go.wait(5))
    fact = thread.submit(lambda memory: memory.store.facts.add("Ada", "Plays the cello"))
    assert not busy.done()
    assert not fact.done()
    go.set()
    assert fact.result(5).text == "Plays the cello"
    thread.close()


def test_what_was_submitted_before_the_end_is_in_the_file(tmp_path: Path) -> None:
    thread = memory_at(tmp_path / "memory.db")
    for told in distractors(60):
        thread.submit(adding(told))
    thread.close()
    thread.close()
    with Store(tmp_path / "memory.db", lambda: 0.0) as store:
        assert len(store.facts.page(limit=-1)) == 60
    with pytest.raises(RuntimeError):
        thread.submit(lambda memory: None)


def test_facts_of_an_older_model_are_embedded_between_requests(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with Store(path, lambda: 0.0) as store:
        for told in distractors(40):
            store.facts.add(told.subject, told.text)
    thread = memory_at(path)

    def missing(memory: Memory) -> int:
        return len(memory.store.facts.without_vector(WordParts.name, 100))

    left = [thread.submit(missing).result(5)]
    while left[-1]:
        left.append(thread.submit(missing).result(5))
        assert len(left) < 20
    assert left[0] == 40
    thread.close()


def test_a_file_that_cannot_be_opened_is_told_to_who_asks(tmp_path: Path) -> None:
    thread = memory_at(tmp_path)
    with pytest.raises(MemoryFileError, match="Is a directory"):
        thread.submit(lambda memory: memory.store.facts.page()).result(5)
    thread.close()


def test_a_failed_request_does_not_end_the_thread() -> None:
    thread = memory_at(None)
    with pytest.raises(ZeroDivisionError):
        thread.submit(lambda memory: 1 / 0).result(5)
    assert thread.submit(lambda memory: memory.store.facts.page()).result(5) == []
    thread.close()


def test_what_fails_between_requests_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(WordParts):
        def embed(self, texts: Sequence[str]) -> Vectors:
            raise ValueError("no weights")

    thread = MemoryThread(None, lambda: 0.0, Broken)
    assert thread.submit(adding(distractors(1)[0])).result(5).id == 1
    thread.submit(lambda memory: None).result(5)  # behind the embedding
    thread.close()
    assert caplog.messages
    assert set(caplog.messages) == {"memory: ValueError: no weights"}
